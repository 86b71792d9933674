#include "workers/deep_probability/face_archives.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/unit/workers/deep_probability/written_data.hpp"

namespace reprise::deep_probability {
namespace {

using samples::refusal;
using samples::Written;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

/// Faces of 4 x 5, three for training and two for each of the others, of which each test changes something.
class FaceArchives : public testing::Test {
 protected:
  FaceArchives() {
    for (const char* mode : {"train", "val", "test"}) {
      write_images(mode, 4, 5);
      write_ages(mode, 30);
    }
  }

  static std::vector<std::string> names(const std::string& mode) {
    std::vector<std::string> all{"b", "a"};  // not in order
    if (mode == "train") all.emplace_back("10");
    return all;
  }
  void write_images(const std::string& mode, unsigned height, unsigned width, unsigned channels = 3) {
    const Written file(folder_, mode + "_im.h5");
    for (const auto& name : names(mode)) {
      std::vector<std::uint8_t> pixels(height * width * channels);
      for (std::size_t k = 0; k < pixels.size(); ++k)
        pixels[k] = static_cast<std::uint8_t>(k + static_cast<std::uint8_t>(name[0]));
      file.add(name, pixels, {height, width, channels});
    }
  }
  void write_ages(const std::string& mode, float age) {
    const Written file(folder_, mode + "_label.h5");
    for (const auto& name : names(mode)) file.add<float>(name, {name == "a" ? age : 80, 1, 2}, {1, 3});
  }
  void write_outcomes(const std::string& mode, int outcome) {
    const Written file(folder_, fmt::format("labels_unif_{}.h5", mode));
    for (const auto& name : names(mode)) file.add<std::int32_t>(name, {name == "a" ? outcome : 0}, {});
  }
  LabelledSamples load(Scenario scenario = Scenario::linear, std::uint64_t seed = 0) const {
    return load_face_archives(folder_.path(), scenario, seed);
  }
  std::string refused() const {
    return refusal([this] { return load(); });
  }

  samples::TemporaryFolder folder_;
};

TEST_F(FaceArchives, AreReadInTheOrderOfTheirNames) {
  const auto faces = load();
  EXPECT_EQ(faces.reader->shape(), (nn::Shape{3, 4, 5}));
  EXPECT_THAT(faces.training.image, ElementsAre(0, 1, 2));
  EXPECT_THAT(faces.test.image, ElementsAre(5, 6));
  EXPECT_THAT(faces.training.probability, ElementsAre(0.8, 0.3, 0.8));  // 10, a, b
  const auto batch = faces.reader->read(std::vector<std::uint32_t>{1, 0, 6});
  EXPECT_EQ(batch.shape(), (nn::Shape{3, 3, 4, 5}));
  const auto values = batch.values<float>();
  EXPECT_EQ(values[0], static_cast<float>('a') / 255);             // red of the first pixel
  EXPECT_EQ(values[1], static_cast<float>('a' + 3) / 255);         // of its neighbour
  EXPECT_EQ(values[20], static_cast<float>('a' + 1) / 255);        // green
  EXPECT_EQ(values[60], static_cast<float>('1') / 255);            // "10" is before "a"
  EXPECT_EQ(values[120 + 5], static_cast<float>('b' + 15) / 255);  // second row
}

TEST_F(FaceArchives, HaveOutcomesDrawnAsEverywhereWhereNoFileGivesThem) {
  const auto faces = load(Scenario::linear, 3);
  const auto drawn = draw_labels(3, Scenario::linear, faces.probability);
  EXPECT_EQ(std::vector(drawn.begin(), drawn.begin() + 3), faces.training.label);
  EXPECT_EQ(faces.probability.size(), 7U);
  EXPECT_THAT(faces.remarks, ElementsAre(HasSubstr("were drawn")));
  for (const char* mode : {"train", "val", "test"}) write_outcomes(mode, 1);
  EXPECT_THAT(load().training.label, ElementsAre(0, 1, 0));
  EXPECT_THAT(load().remarks, ElementsAre());
  EXPECT_EQ(load(Scenario::discrete).remarks.size(), 1U);  // these have none
}

TEST_F(FaceArchives, AreDeclaredWithTheirFiles) {
  EXPECT_EQ(face_archives().files.size(), 21U);
  EXPECT_EQ(face_archives().check(folder_.path()), "");
  samples::tear(folder_.path() / "val_im.h5");
  EXPECT_THAT(face_archives().check(folder_.path()), HasSubstr("val_im.h5"));
}

TEST_F(FaceArchives, RefuseOtherShapes) {
  write_images("val", 4, 6);
  EXPECT_THAT(refused(), AllOf(HasSubstr("val_im.h5: data set a is uint8 [4, 6, 3]"),
                               HasSubstr("must be uint8 [4, 5, 3]")));
  write_images("train", 4, 5, 1);
  EXPECT_THAT(refused(), AllOf(HasSubstr("train_im.h5"), HasSubstr("must be uint8 [any, any, 3]")));
}

TEST_F(FaceArchives, RefuseOtherTypes) {
  Written(folder_, "val_im.h5").add<float>("a", std::vector<float>(60), {4, 5, 3});
  EXPECT_THAT(refused(), HasSubstr("data set a is float32 [4, 5, 3]; it must be uint8 [4, 5, 3]"));
}

TEST_F(FaceArchives, RefuseNamesWithoutCounterpart) {
  Written(folder_, "test_label.h5").add<float>("a", {1}, {1, 1});
  EXPECT_THAT(refused(), AllOf(HasSubstr("test_label.h5 holds 1 data sets"), HasSubstr("2 images"),
                               HasSubstr("lacks b")));
}

TEST_F(FaceArchives, RefuseImpossibleAgesAndOutcomes) {
  write_ages("val", -3);
  EXPECT_THAT(refused(), AllOf(HasSubstr("val_label.h5: data set a has age -3"), HasSubstr("from 0 to 150")));
  write_ages("val", std::nanf(""));
  EXPECT_THAT(refused(), HasSubstr("has age nan"));
  write_ages("val", 30);
  for (const char* mode : {"train", "val", "test"}) write_outcomes(mode, 2);
  EXPECT_THAT(refused(), HasSubstr("labels_unif_train.h5: data set a is 2; outcomes are 0 or 1"));
}

TEST_F(FaceArchives, RefuseAgesThatAreNoTable) {
  Written(folder_, "val_label.h5").root();
  {
    const Written file(folder_, "val_label.h5");
    for (const auto& name : names("val")) file.add<float>(name, {30}, {1});
  }
  EXPECT_THAT(refused(), HasSubstr("data set a is float32 [1]; it must be numbers [any, any]"));
}

TEST_F(FaceArchives, RefuseOutcomesThatAreAllTheSame) {
  for (const char* mode : {"train", "val", "test"}) write_outcomes(mode, 0);
  EXPECT_THAT(refused(), HasSubstr("of the 3 training samples 0 are events; both outcomes must be there"));
}

TEST_F(FaceArchives, RefuseOutcomesOfSomeModesOnly) {
  write_outcomes("train", 1);
  EXPECT_THAT(refused(), AllOf(HasSubstr("labels_unif_test.h5 is missing"), HasSubstr("1 of 3")));
}

TEST_F(FaceArchives, RefuseTornAndForeignFiles) {
  samples::tear(folder_.path() / "test_im.h5");
  EXPECT_THAT(refused(),
              AllOf(HasSubstr("test_im.h5 is no whole HDF5 file"), HasSubstr("write or fetch it again")));
  folder_.write("test_im.h5", std::string("not HDF5 at all"));
  EXPECT_THAT(refused(), HasSubstr("test_im.h5 is no whole HDF5 file"));
  { const Written nothing(folder_, "test_im.h5"); }
  EXPECT_THAT(refused(), HasSubstr("test_im.h5 holds no images"));
}

}  // namespace
}  // namespace reprise::deep_probability
