#include "workers/deep_probability/packed_images.hpp"

#include <gmock/gmock.h>

#include <set>

#include "tests/unit/workers/deep_probability/written_data.hpp"

namespace reprise::deep_probability {
namespace {

using samples::refusal;
using samples::Written;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::size_t kCount = 40;
constexpr Proportions kProportions{2, 1, 1};

class PackedImages : public testing::Test {
 protected:
  /// Images of nine channels, 2 x 3, with outcomes; a test adds or leaves out.
  struct Parts {
    std::size_t outcomes = kCount;
    std::vector<float> ages = {};
    std::vector<double> probabilities = {};
    std::vector<std::int64_t> groups = {};
    std::vector<std::uint8_t> parts = {};
    int largest_outcome = 1;
  };
  void write(const Parts& parts) const {
    const Written file(folder_, "packed.h5");
    std::vector<std::uint8_t> pixels(kCount * 54);
    for (std::size_t k = 0; k < pixels.size(); ++k) pixels[k] = static_cast<std::uint8_t>(k % 251);
    file.add(std::string("images"), pixels, {kCount, 9, 2, 3});
    std::vector<std::uint8_t> outcomes(parts.outcomes);
    for (std::size_t i = 0; i < outcomes.size(); ++i)
      outcomes[i] = static_cast<std::uint8_t>(i % 2 == 0 ? 0 : parts.largest_outcome);
    if (!outcomes.empty()) file.add(std::string("y"), outcomes, {outcomes.size()});
    if (!parts.ages.empty()) file.add(std::string("age"), parts.ages, {parts.ages.size()});
    if (!parts.probabilities.empty())
      file.add(std::string("p"), parts.probabilities, {parts.probabilities.size()});
    if (!parts.groups.empty()) file.add(std::string("group"), parts.groups, {parts.groups.size()});
    if (!parts.parts.empty()) file.add(std::string("part"), parts.parts, {parts.parts.size()});
  }
  LabelledSamples load(std::optional<Scenario> scenario = std::nullopt, std::uint64_t seed = 0) const {
    return load_packed_images(folder_.path() / "packed.h5", scenario, seed, kProportions);
  }
  std::string refused(std::optional<Scenario> scenario = std::nullopt) const {
    return refusal([&] { return load(scenario); });
  }

  samples::TemporaryFolder folder_;
};

TEST_F(PackedImages, AreReadByMembers) {
  write({});
  const auto images = load();
  EXPECT_EQ(images.reader->shape(), (nn::Shape{9, 2, 3}));
  const auto values = images.reader->read(std::vector<std::uint32_t>{7, 0}).values<float>();
  ASSERT_EQ(values.size(), 108U);
  for (std::size_t k = 0; k < 54; ++k) {
    EXPECT_EQ(values[k], static_cast<float>((7 * 54 + k) % 251) / 255);
    EXPECT_EQ(values[54 + k], static_cast<float>(k) / 255);
  }
  EXPECT_TRUE(images.training.probability.empty());
}

TEST_F(PackedImages, AreSplitByTheSeedInTheProportions) {
  write({});
  const auto images = load();
  EXPECT_EQ(images.training.count(), 20U);
  EXPECT_EQ(images.validation.count(), 10U);
  EXPECT_EQ(images.test.count(), 10U);
  std::set<std::uint32_t> all(images.training.image.begin(), images.training.image.end());
  all.insert(images.validation.image.begin(), images.validation.image.end());
  all.insert(images.test.image.begin(), images.test.image.end());
  EXPECT_EQ(all.size(), kCount);
  EXPECT_EQ(load().test.image, images.test.image);
  EXPECT_NE(load(std::nullopt, 1).test.image, images.test.image);
  for (std::size_t k = 0; k < 10; ++k) EXPECT_EQ(images.test.label[k], images.test.image[k] % 2);
}

TEST_F(PackedImages, OfOneGroupStayTogether) {
  std::vector<std::int64_t> groups;
  for (std::size_t i = 0; i < kCount; ++i) groups.push_back(static_cast<std::int64_t>(i / 5));
  write({.groups = groups});
  const auto images = load();
  const auto groups_of = [&](const ImagePart& part) {
    std::set<std::int64_t> found;
    for (const auto image : part.image) found.insert(groups[image]);
    return found;
  };
  EXPECT_EQ(groups_of(images.training).size(), 4U);
  EXPECT_EQ(images.training.count(), 20U);
  for (const auto group : groups_of(images.test)) {
    EXPECT_FALSE(groups_of(images.training).contains(group));
    EXPECT_FALSE(groups_of(images.validation).contains(group));
  }
}

TEST_F(PackedImages, FollowAGivenSplit) {
  std::vector<std::uint8_t> parts(kCount, 0);
  parts[3] = parts[4] = 1;
  parts[8] = parts[9] = 2;
  write({.parts = parts});
  EXPECT_THAT(load().validation.image, ElementsAre(3, 4));
  EXPECT_THAT(load().test.image, ElementsAre(8, 9));
  parts.assign(kCount, 1);
  write({.parts = parts});
  EXPECT_THAT(refused(), AllOf(HasSubstr("data set part"), HasSubstr("0, 40 and 0 images")));
}

TEST_F(PackedImages, HaveOutcomesDrawnFromAges) {
  write({.outcomes = 0, .ages = std::vector<float>(kCount, 50)});
  const auto aged = load(Scenario::linear, 2);
  EXPECT_EQ(aged.probability, std::vector(kCount, 0.5));
  const auto drawn = draw_labels(2, Scenario::linear, aged.probability);
  for (std::size_t k = 0; k < 10; ++k) EXPECT_EQ(aged.test.label[k], drawn[aged.test.image[k]]);
}

TEST_F(PackedImages, HaveTheirOwnProbabilitiesBeforeThoseOfAges) {
  write({.outcomes = 0, .ages = std::vector<float>(kCount, 50), .probabilities = std::vector(kCount, 0.25)});
  EXPECT_EQ(load(Scenario::linear).probability, std::vector(kCount, 0.25));
}

TEST_F(PackedImages, RefuseWhatDoesNotFit) {
  write({.outcomes = 39});
  EXPECT_THAT(refused(),
              HasSubstr("packed.h5: data set y is uint8 [39]; it must be uint8 or int64 or int32 [40]"));
  write({.largest_outcome = 2});
  EXPECT_THAT(refused(), HasSubstr("data set y has 2 at 1; values from 0 to 1 belong there"));
  write({.outcomes = 0});
  EXPECT_THAT(refused(), HasSubstr("data set y is missing; it would be uint8 [40], outcomes 0 or 1"));
  EXPECT_THAT(refused(Scenario::linear), HasSubstr("or /age or /p of the same length"));
  write({.ages = std::vector<float>(kCount, -1)});
  EXPECT_THAT(refused(Scenario::linear), HasSubstr("data set age has -1 at 0"));
  write({.probabilities = std::vector(kCount, 1.5)});
  EXPECT_THAT(refused(), HasSubstr("data set p has 1.5 at 0"));
  write({.groups = std::vector<std::int64_t>(kCount, 7)});
  EXPECT_THAT(refused(), HasSubstr("are too few for a split of 2 : 1 : 1"));
  write({.largest_outcome = 0});
  EXPECT_THAT(refused(), HasSubstr("of the 20 training samples 0 are events; both outcomes must be there"));
}

TEST_F(PackedImages, RefuseOtherTypesAndShapes) {
  Written(folder_, "packed.h5").add<float>("images", std::vector<float>(54), {1, 9, 2, 3});
  EXPECT_THAT(refused(),
              HasSubstr("data set images is float32 [1, 9, 2, 3]; it must be uint8 [any, any, any, any]"));
  Written(folder_, "packed.h5").add<std::uint8_t>("images", std::vector<std::uint8_t>(54), {9, 2, 3});
  EXPECT_THAT(refused(), HasSubstr("data set images is uint8 [9, 2, 3]"));
  Written(folder_, "packed.h5").root().create_group("images");
  EXPECT_THAT(refused(), HasSubstr("data set images is a group"));
}

TEST_F(PackedImages, RefuseTornFilesAndDamagedBlocks) {
  write({});
  const auto file = folder_.path() / "packed.h5";
  samples::tear(file);
  EXPECT_THAT(refused(), HasSubstr("packed.h5 is no whole HDF5 file"));
  // A flipped byte among the pixels is found when they are read: the file keeps checksums.
  {
    const Written written(folder_, "packed.h5");
    written.root().write<std::uint8_t>("images", std::vector<std::uint8_t>(kCount * 54, 77),
                                       {kCount, 9, 2, 3}, {.deflate = 0});
    written.add<std::uint8_t>("y",
                              [] {
                                std::vector<std::uint8_t> outcomes(kCount);
                                for (std::size_t i = 0; i < kCount; i += 2) outcomes[i] = 1;
                                return outcomes;
                              }(),
                              {kCount});
  }
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(bytes)), {});
  const auto at = text.find(std::string(100, 77));
  ASSERT_NE(at, std::string::npos);
  bytes.clear();
  bytes.seekp(static_cast<std::streamoff>(at + 50));
  bytes.put(0);
  bytes.close();
  const auto images = load();
  EXPECT_THAT(refusal([&] { return images.reader->read(std::vector<std::uint32_t>{0}); }),
              AllOf(HasSubstr("data set images can't be read, so the file is damaged")));
}

}  // namespace
}  // namespace reprise::deep_probability
