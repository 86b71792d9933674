#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>

#include "kernels/data/bytes.hpp"
#include "kernels/data/cifar.hpp"
#include "kernels/data/csv.hpp"
#include "kernels/data/idx.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace reprise {
namespace {

namespace fs = std::filesystem;

class Readers : public testing::Test {
 protected:
  fs::path write(const std::string& name, const std::string& bytes) const {
    return folder_.write(name, bytes);
  }

  fs::path write_gzip(const std::string& name, const std::string& bytes) const {
    const gzFile file = gzopen((folder_ / name).c_str(), "wb");
    gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
    gzclose(file);
    return folder_ / name;
  }

  static std::string message(const std::function<void()>& read) {
    try {
      read();
    } catch (const DataError& error) {
      return error.what();
    }
    return "no error";
  }

  samples::TemporaryFolder folder_;
};

using testing::AllOf;
using testing::HasSubstr;

std::string idx_bytes(std::size_t values) {
  std::string bytes("\0\0\x08\x03\0\0\0\x02\0\0\0\x02\0\0\0\x03", 16);
  for (std::size_t i = 0; i < values; ++i) {
    bytes += static_cast<char>(i);
  }
  return bytes;
}

TEST_F(Readers, ReadIdxPlainAndGzip) {
  for (const fs::path& file : {write("a", idx_bytes(12)), write_gzip("b.gz", idx_bytes(12))}) {
    const IdxArray array = read_idx(file);
    EXPECT_EQ(array.shape, (std::vector<std::size_t>{2, 2, 3}));
    ASSERT_EQ(array.values.size(), 12U);
    EXPECT_EQ(array.values[11], 11);
  }
}

TEST_F(Readers, RefuseIdxThatIsNotWhatItSays) {
  const fs::path shorter = write("short", idx_bytes(11));
  EXPECT_THAT(message([&] { (void)read_idx(shorter); }),
              AllOf(HasSubstr("short"), HasSubstr("11 values"), HasSubstr("12")));
  const fs::path other = write("magic", "\x89PNG......");
  EXPECT_THAT(message([&] { (void)read_idx(other); }),
              AllOf(HasSubstr("magic"), HasSubstr("89504e47"), HasSubstr("00000803")));
  const fs::path huge =
      write("huge", std::string("\0\0\x08\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 16));
  EXPECT_THAT(message([&] { (void)read_idx(huge); }), HasSubstr("cut short"));
  EXPECT_THAT(message([&] { (void)read_idx(write("tiny", "ab")); }), HasSubstr("2 bytes"));
  EXPECT_THAT(message([&] { (void)read_idx(folder_ / "absent"); }), HasSubstr("cannot be opened"));
}

TEST_F(Readers, RefuseGzipCutShort) {
  const fs::path whole = write_gzip("whole.gz", idx_bytes(12) + std::string(100000, 'x'));
  std::ifstream in(whole, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(in)), {});
  const fs::path cut = write("cut.gz", bytes.substr(0, bytes.size() - 12));
  EXPECT_THAT(message([&] { (void)read_bytes(cut); }), AllOf(HasSubstr("cut.gz"), HasSubstr("cut short")));
  bytes[bytes.size() - 6] = static_cast<char>(bytes[bytes.size() - 6] ^ 0x55);  // its checksum
  const fs::path damaged = write("damaged.gz", bytes);
  EXPECT_NE(message([&] { (void)read_bytes(damaged); }), "no error");
}

TEST_F(Readers, RefuseGzipCutShortAtAnyByte) {
  const std::string record(3073, '\x03');
  const fs::path whole = write_gzip("whole.bin.gz", record + record);
  EXPECT_EQ(read_cifar10(whole).labels.size(), 2U);
  std::ifstream in(whole, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), {});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const fs::path cut = write("cut.bin.gz", bytes.substr(0, size));
    ASSERT_THAT(message([&] { (void)read_cifar10(cut); }), HasSubstr("cut.bin.gz: ")) << size;
    ASSERT_THAT(message([&] { (void)read_idx(cut); }), HasSubstr("cut.bin.gz: ")) << size;
    ASSERT_THAT(message([&] { (void)read_csv(cut); }), HasSubstr("cut.bin.gz: ")) << size;
  }
  EXPECT_THAT(message([&] { (void)read_bytes(folder_.path()); }), HasSubstr("Is a directory"));
}

TEST_F(Readers, ReadCsvAndNameTheLineThatIsWrong) {
  const NumberTable table = read_csv(write_gzip("t.csv.gz", "1, 2.5,-3\r\n\n4,5e1,6\n"));
  EXPECT_EQ(table.rows, 2U);
  EXPECT_EQ(table.columns, 3U);
  EXPECT_EQ(table.values, (std::vector<double>{1, 2.5, -3, 4, 50, 6}));
  const fs::path words = write("w.csv", "1,2\n3,four\n");
  EXPECT_THAT(message([&] { (void)read_csv(words); }),
              AllOf(HasSubstr("line 2"), HasSubstr("'four'"), HasSubstr("column 2")));
  const fs::path ragged = write("r.csv", "1,2\n3\n");
  EXPECT_THAT(message([&] { (void)read_csv(ragged); }), AllOf(HasSubstr("line 2"), HasSubstr("1 columns")));
  const fs::path empty = write("e.csv", "");
  EXPECT_THAT(message([&] { (void)read_csv(empty); }), HasSubstr("no rows"));
}

TEST_F(Readers, ReadCifarAndRefuseOtherSizesAndLabels) {
  std::string record(3073, '\x07');
  const CifarBatch batch = read_cifar10(write("c.bin", record + record));
  EXPECT_EQ(batch.labels, (std::vector<std::uint8_t>{7, 7}));
  EXPECT_EQ(batch.pixels.size(), 6144U);
  const fs::path cut = write("cut.bin", record.substr(1));
  EXPECT_THAT(message([&] { (void)read_cifar10(cut); }), AllOf(HasSubstr("3072 bytes"), HasSubstr("3073")));
  record[0] = 10;
  const fs::path label = write("label.bin", record);
  EXPECT_THAT(message([&] { (void)read_cifar10(label); }), HasSubstr("label 10"));
}

TEST_F(Readers, FindDataWhereTheEnvironmentSays) {
  write("here.csv", "1\n");
  setenv("REPRISE_DATA", ("/nowhere:" + folder_.path().string()).c_str(), 1);
  EXPECT_EQ(find_data("here.csv"), folder_ / "here.csv");
  EXPECT_THAT(message([] { (void)require_data("no-such.csv"); }),
              AllOf(HasSubstr("no-such.csv"), HasSubstr("REPRISE_DATA")));
  unsetenv("REPRISE_DATA");
}

TEST(FashionMnist, HasItsPublishedShape) {
  const auto file = find_data("fashion-mnist/t10k-images-idx3-ubyte.gz");
  if (!file) {
    GTEST_SKIP() << "Fashion-MNIST is not there: install dataset-fashion-mnist or set REPRISE_DATA";
  }
  EXPECT_EQ(read_idx(*file).shape, (std::vector<std::size_t>{10000, 28, 28}));
}

}  // namespace
}  // namespace reprise
