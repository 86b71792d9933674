#include "pipeline/store/h5.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <thread>

#include "pipeline/store/file_system.hpp"
#include "pipeline/store/h5_file.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace reprise {
namespace {

using samples::TemporaryFolder;

TEST(H5, TheLibraryMayBeUsedFromSeveralThreads) {
  hbool_t safe = 0;
  H5is_library_threadsafe(&safe);
  EXPECT_TRUE(safe);
}

TEST(H5, ValuesAndAttributesSurviveARoundTripThroughMemory) {
  h5::Image image;
  std::vector<double> values(1000);
  std::iota(values.begin(), values.end(), 0.5);
  const auto dataset = image.root().write("a/b/values", values);
  dataset.set_attribute("unit", "m");
  dataset.set_number<std::int64_t>("count", -5);
  image.root().set_attribute("empty", "");
  image.root().set_number("half", 0.5);
  const auto bytes = image.finish();
  const auto file = h5::File::from_image(bytes, "image");
  EXPECT_EQ(file.root().open_dataset("a/b/values").read<double>(), values);
  EXPECT_EQ(file.root().open_group("a").open_group("b").open_dataset("values").attribute("unit"), "m");
  EXPECT_EQ(file.root().open_dataset("a/b/values").number<std::int64_t>("count"), -5);
  EXPECT_EQ(file.root().attribute("empty"), "");
  EXPECT_EQ(file.root().number<double>("half"), 0.5);
  EXPECT_TRUE(file.root().has("a"));
  EXPECT_FALSE(file.root().has("c"));
  EXPECT_TRUE(file.root().is_group("a"));
  EXPECT_EQ(file.root().attribute_or("none", "other"), "other");
  EXPECT_FALSE(file.root().has_attribute("none"));
}

TEST(H5, BlocksAreReadWhereTheyLie) {
  h5::Image image;
  std::vector<std::int32_t> values(4 * 5);
  std::iota(values.begin(), values.end(), 0);
  image.root().write<std::int32_t>("table", values, {4, 5});
  const auto bytes = image.finish();
  const auto file = h5::File::from_image(bytes, "image");
  const auto table = file.root().open_dataset("table");
  std::vector<float> block(6);
  table.read_block({1, 2}, {2, 3}, h5::native_type<float>(), block.data());
  EXPECT_THAT(block, testing::ElementsAre(7, 8, 9, 12, 13, 14));
  EXPECT_THROW(table.read_block({3, 0}, {2, 5}, h5::native_type<float>(), block.data()), DamagedFile);
  EXPECT_THROW(table.read_block({1}, {1}, h5::native_type<float>(), block.data()), std::logic_error);
}

TEST(H5, ElementsAreNamedAsNumPyDoes) {
  h5::Image image;
  image.root().write<std::uint8_t>("a", {}, {0});
  image.root().write<std::int64_t>("b", {}, {0});
  image.root().write<float>("c", {}, {0});
  image.root().write<double>("d", {}, {0});
  image.root().write_strings("e", std::vector<std::string>{"x"});
  image.root().write<bool>("f", {}, {0});
  const auto bytes = image.finish();
  const auto file = h5::File::from_image(bytes, "image");
  std::vector<std::string> elements;
  for (const auto& name : file.root().members()) elements.push_back(file.root().open_dataset(name).element());
  EXPECT_THAT(elements,
              testing::ElementsAre("uint8", "int64", "float32", "float64", "text", "something else"));
}

TEST(H5, ZeroSizedDataSetsAreKept) {
  h5::Image image;
  image.root().write("none", std::vector<float>{});
  image.root().write<float>("rows", {}, {3, 0});
  image.root().write_strings("texts", {});
  const auto bytes = image.finish();
  const auto file = h5::File::from_image(bytes, "image");
  EXPECT_EQ(file.root().open_dataset("none").dims(), h5::Dims{0});
  EXPECT_EQ(file.root().open_dataset("rows").dims(), (h5::Dims{3, 0}));
  EXPECT_TRUE(file.root().open_dataset("texts").read_strings().empty());
}

TEST(H5, TextsOfDifferentLengthsAreKept) {
  h5::Image image;
  const std::vector<std::string> texts{"", "a", "\u00e9\u4e2d\u6587", std::string(300, 'x')};
  image.root().write_strings("texts", texts);
  const auto bytes = image.finish();
  EXPECT_EQ(h5::File::from_image(bytes, "image").root().open_dataset("texts").read_strings(), texts);
}

TEST(H5, RowsAreReadFromTheMiddle) {
  h5::Image image;
  std::vector<std::int32_t> values(60);
  std::iota(values.begin(), values.end(), 0);
  image.root().write<std::int32_t>("values", values, {20, 3});
  const auto bytes = image.finish();
  const auto file = h5::File::from_image(bytes, "image");
  std::vector<std::int32_t> rows(6);
  file.root().open_dataset("values").read_rows(7, 2, h5::native_type<std::int32_t>(), rows.data());
  EXPECT_THAT(rows, testing::ElementsAre(21, 22, 23, 24, 25, 26));
  EXPECT_THROW(
      file.root().open_dataset("values").read_rows(19, 2, h5::native_type<std::int32_t>(), rows.data()),
      DamagedFile);
}

TEST(H5, MembersAreNamedInAlphabeticalOrder) {
  h5::Image image;
  for (const auto* name : {"b", "c", "a"}) image.root().create_group(name);
  EXPECT_THAT(image.root().members(), testing::ElementsAre("a", "b", "c"));
}

TEST(H5, TwoFilesInMemoryAreTwo) {
  h5::Image first;
  h5::Image second;
  first.root().set_attribute("which", "first");
  second.root().set_attribute("which", "second");
  const auto a = first.finish();
  const auto b = second.finish();
  const auto one = h5::File::from_image(a, "same name");
  const auto other = h5::File::from_image(b, "same name");
  EXPECT_EQ(one.root().attribute("which"), "first");
  EXPECT_EQ(other.root().attribute("which"), "second");
}

TEST(H5, ThreadsMakeAndReadFilesAtTheSameTime) {
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t, &wrong] {
      for (int round = 0; round < 25; ++round) {
        try {
          h5::Image image;
          image.root().write("values", std::vector<std::int32_t>(100, t));
          const auto bytes = image.finish();
          if (h5::File::from_image(bytes, "image").root().open_dataset("values").read<std::int32_t>()[99] !=
              t)
            ++wrong;
          EXPECT_THROW(h5::File::from_image(ByteView(bytes).first(100), "cut"), DamagedFile);
        } catch (const std::exception&) {
          ++wrong;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong.load(), 0);
}

TEST(H5, ErrorsCarryTheReasonAndPrintNothing) {
  testing::internal::CaptureStderr();
  const TemporaryFolder folder;
  try {
    h5::File::open(folder / "missing.h5");
    ADD_FAILURE();
  } catch (const DamagedFile& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("missing.h5"));
    EXPECT_THAT(error.what(), testing::HasSubstr("No such file"));
  }
  local_file_system().write(folder / "text.h5", bytes_of("no HDF5 at all"));
  EXPECT_THROW(h5::File::open(folder / "text.h5"), DamagedFile);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(H5, AUserBlockStandsBeforeTheFile) {
  h5::Image image;
  image.root().set_attribute("x", "y");
  Bytes prefix(512, std::byte{'\n'});
  prefix[0] = std::byte{'#'};
  const auto bytes = image.finish(prefix);
  const TemporaryFolder folder;
  local_file_system().write(folder / "with.h5", bytes);
  EXPECT_EQ(h5::File::open(folder / "with.h5").root().attribute("x"), "y");
  h5::Image other;
  EXPECT_THROW(other.finish(Bytes(100)), std::logic_error);
}

TEST(H5, AnAttributeThatIsAListOfStringsIsDamageNotAnOverflow) {
  const auto type = h5::string_type(8);
  const h5::Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "access");
  H5Pset_fapl_core(access.get(), 4096, 0);
  const h5::Handle file(H5Fcreate("list", H5F_ACC_TRUNC, H5P_DEFAULT, access.get()), H5Fclose, "file");
  const h5::Group root({H5Gopen2(file.get(), "/", H5P_DEFAULT), H5Gclose, "root"});
  const hsize_t many = 1000;
  const h5::Handle space(H5Screate_simple(1, &many, nullptr), H5Sclose, "space");
  const h5::Handle attribute(H5Acreate2(root.id(), "x", type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT),
                             H5Aclose, "attribute");
  EXPECT_THROW(root.attribute("x"), DamagedFile);
}

}  // namespace
}  // namespace reprise
