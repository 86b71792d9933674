#include "workers/deep_probability/dashcam_frames.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/unit/kernels/data/sample_images.hpp"
#include "tests/unit/workers/deep_probability/written_data.hpp"

namespace reprise::deep_probability {
namespace {

using samples::refusal;
using testing::AllOf;
using testing::HasSubstr;

constexpr FrameWindows kWindows{4, 3, 8};

/// Frames of 8 x 8 in one shade each, scenes of four, of which each test changes something.
class DashcamFrames : public testing::Test {
 protected:
  DashcamFrames() {
    for (int frame = 0; frame < 16; ++frame) write("accident", 3 + frame, 40 + frame);
    for (int frame = 0; frame < 32; ++frame) write("nonaccident", 100 + frame, 100 + frame);
  }
  void write(const std::string& folder, int number, int shade) const {
    const samples::Pixels pixels(8 * 8 * 3, static_cast<std::uint8_t>(shade));
    folder_.write(fmt::format("{}/{}.jpg", folder, number),
                  samples::bytes_of(samples::encode_jpeg(pixels, 8, 8)));
    folder_.write(fmt::format("{}/{}.json", folder, number), std::string("{}"));
  }
  LabelledSamples load(const FrameWindows& windows = kWindows) const {
    return load_dashcam_frames(folder_.path(), windows, 0, {1, 1, 1});
  }
  std::string refused() const {
    return refusal([this] { return load(); });
  }

  samples::TemporaryFolder folder_;
};

TEST_F(DashcamFrames, AreStackedInTheOrderOfTheirNumbers) {
  const auto scenes = load();
  EXPECT_EQ(scenes.reader->shape(), (nn::Shape{9, 8, 8}));
  // Four scenes of accidents with two windows each; frame 10 comes after frame 9, not before 3.
  for (const auto& [sample, first] :
       {std::pair{0U, 40}, {1U, 41}, {2U, 44}, {3U, 45}, {8U, 100}, {23U, 129}}) {
    const auto values = scenes.reader->read(std::vector<std::uint32_t>{sample}).values<float>();
    ASSERT_EQ(values.size(), 9 * 64U);
    for (std::size_t channel = 0; channel < 9; ++channel)
      EXPECT_NEAR(values[channel * 64] * 255, static_cast<double>(first) + static_cast<double>(channel / 3),
                  1.01)
          << sample;
  }
}

TEST_F(DashcamFrames, OfAccidentsAreEventsAndScenesStayTogether) {
  const auto scenes = load();
  const auto look = [](const ImagePart& part) {
    for (std::size_t k = 0; k < part.count(); ++k) {
      EXPECT_EQ(part.label[k], part.image[k] < 8 ? 1 : 0);
      EXPECT_EQ(part.image[k] / 2, part.image[k ^ 1] / 2);
    }
  };
  look(scenes.training);
  look(scenes.validation);
  look(scenes.test);
  EXPECT_EQ(scenes.training.count() + scenes.validation.count() + scenes.test.count(), 24U);
}

TEST_F(DashcamFrames, AreResized) {
  const auto scenes = load({4, 3, 16});
  EXPECT_EQ(scenes.reader->read(std::vector<std::uint32_t>{0, 1}).shape(), (nn::Shape{2, 9, 16, 16}));
}

TEST_F(DashcamFrames, RefusePartsOfScenes) {
  write("accident", 60, 1);
  EXPECT_THAT(refused(), AllOf(HasSubstr("accident holds 17 frames"), HasSubstr("a scene has 4")));
}

TEST_F(DashcamFrames, RefuseOtherNames) {
  folder_.write("nonaccident/first.jpg", std::string("x"));
  EXPECT_THAT(refused(),
              AllOf(HasSubstr("nonaccident/first.jpg is no frame"), HasSubstr("<whole number>.jpg")));
  std::filesystem::remove(folder_.path() / "nonaccident/first.jpg");
  folder_.write("nonaccident/7.png", std::string("x"));
  EXPECT_THAT(refused(), HasSubstr("nonaccident/7.png is no frame"));
  std::filesystem::remove(folder_.path() / "nonaccident/7.png");
  write("accident", 3, 1);
  std::filesystem::rename(folder_.path() / "accident/4.jpg", folder_.path() / "accident/03.jpg");
  EXPECT_THAT(refused(), HasSubstr("have the same number"));
}

TEST_F(DashcamFrames, RefuseTornAndForeignFrames) {
  samples::tear(folder_.path() / "accident/3.jpg", 0.3);
  EXPECT_THAT(refused(), HasSubstr("accident/3.jpg"));
  folder_.write("accident/3.jpg", std::string("no image"));
  EXPECT_THAT(refused(), HasSubstr("accident/3.jpg"));
  // Later frames of a scene are found when they are used.
  write("accident", 3, 40);
  samples::tear(folder_.path() / "accident/5.jpg", 0.3);
  const auto scenes = load();
  EXPECT_THAT(refusal([&] { return scenes.reader->read(std::vector<std::uint32_t>{0}); }),
              HasSubstr("accident/5.jpg"));
}

TEST_F(DashcamFrames, RefuseMissingFoldersAndTooFewScenes) {
  EXPECT_THAT(refusal([this] {
                return load_dashcam_frames(folder_.path(), kWindows, 0, {1000, 1, 1});
              }),
              HasSubstr("are too few for a split"));
  std::filesystem::remove_all(folder_.path() / "accident");
  EXPECT_THAT(refused(), HasSubstr("accident can't be listed"));
  std::filesystem::create_directory(folder_.path() / "accident");
  EXPECT_THAT(refused(), HasSubstr("accident holds 0 frames"));
}

}  // namespace
}  // namespace reprise::deep_probability
