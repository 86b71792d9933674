#include "workers/deep_probability/radar_maps.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>

#include "tests/unit/workers/deep_probability/written_data.hpp"

namespace reprise::deep_probability {
namespace {

using samples::refusal;
using samples::Written;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

/// Maps of 6 x 6, crops of 2 x 2; a sample is the maps i, i + 1 and i + 2, its outcome compares i + 4 with i
/// + 2.
constexpr RadarSampling kSampling{6, 2, 5, 3, 1, 2};
constexpr Proportions kProportions{2, 1, 1};
constexpr std::int64_t kDay = 24 * 60;

std::vector<std::int64_t> even_times(std::size_t count) {
  std::vector<std::int64_t> times;
  for (std::size_t i = 0; i < count; ++i) times.push_back(1000 + 5 * static_cast<std::int64_t>(i));
  return times;
}

class RadarMaps : public testing::Test {
 protected:
  /// Maps whose middle cells are `of(i)` and all others 9.
  template <class Of>
  void write(int count, const Of& of, unsigned side = 6) const {
    const Written file(folder_, "radar.h5");
    for (int i = 0; i < count; ++i) {
      std::vector<float> cells(side * side, 9);
      for (const unsigned cell : {14U, 15U, 20U, 21U}) cells[cell] = static_cast<float>(of(i));
      file.add(fmt::format("20160529{:02}{:02}", 18 + i / 12, i % 12 * 5), cells, {side, side});
    }
  }
  std::filesystem::path file() const { return folder_.path() / "radar.h5"; }
  LabelledSamples load(const RadarSampling& sampling = kSampling) const {
    const auto count = map_times(file()).size();
    return load_radar_maps(file(), sampling, crop_means(file(), sampling, 0, count), kProportions);
  }

  samples::TemporaryFolder folder_;
};

TEST_F(RadarMaps, HaveTheTimesOfTheirNames) {
  write(14, [](int) { return 1; });
  const auto times = map_times(file());
  ASSERT_EQ(times.size(), 14U);
  // 17 May 2016 was day 16938 since 1970: 29 May is 12 days later.
  EXPECT_EQ(times[0], (16938 + 12) * kDay + 18 * 60);
  EXPECT_EQ(times[13] - times[0], 65);
}

TEST_F(RadarMaps, AreCroppedToTheirMiddle) {
  write(40, [](int i) { return i % 3; });
  EXPECT_THAT(crop_means(file(), kSampling, 4, 3), ElementsAre(1, 2, 0));
  const auto maps = load();
  EXPECT_EQ(maps.reader->shape(), (nn::Shape{3, 2, 2}));
  EXPECT_THAT(maps.reader->read(std::vector<std::uint32_t>{1}).values<float>(),
              ElementsAre(1, 1, 1, 1, 2, 2, 2, 2, 0, 0, 0, 0));
  auto logarithmic = kSampling;
  logarithmic.transform = RadarTransform::log;
  EXPECT_FLOAT_EQ(load(logarithmic).reader->read(std::vector<std::uint32_t>{1}).values<float>()[0],
                  static_cast<float>(std::log(1.01)));
}

TEST(RadarSamples, CompareTheMeanLaterWithTheLastOne) {
  std::vector<double> means;
  for (int i = 0; i < 60; ++i) means.push_back(i * i % 7);  // with ties
  const auto found = radar_samples(even_times(means.size()), means, kSampling, kProportions);
  ASSERT_EQ(found.first.size(), 56U);
  for (std::size_t i = 0; i < 56; ++i) EXPECT_EQ(found.outcome[i], means[i + 4] > means[i + 2] ? 1 : 0) << i;
}

TEST(RadarSamples, AreSeparatedInTime) {
  const std::vector<double> means(60, 1);
  const auto found = radar_samples(even_times(60), means, kSampling, kProportions);
  EXPECT_EQ(found.first.size(), 56U);
  // Each part begins after the last map that the part before has seen: four samples are lost at both borders.
  EXPECT_EQ(found.overlapping, 8U);
  EXPECT_EQ(found.parts.train.size(), 28U);
  EXPECT_EQ(found.parts.validation.size(), 10U);
  EXPECT_EQ(found.first[found.parts.validation.front()], found.first[found.parts.train.back()] + 5);
  EXPECT_EQ(found.first[found.parts.test.front()], found.first[found.parts.validation.back()] + 5);
}

TEST(RadarSamples, AreSpreadEvenlyWhereFewerAreWanted) {
  auto sampling = kSampling;
  sampling.most = 8;
  const auto found = radar_samples(even_times(60), std::vector<double>(60, 1), sampling, kProportions);
  EXPECT_THAT(found.parts.train, ElementsAre(0, 7, 14, 21));
  EXPECT_EQ(found.parts.validation.size(), 2U);
  EXPECT_EQ(found.parts.test.size(), 2U);
}

TEST(RadarSamples, AreLeftOutAndCountedWhereMapsAreMissingOrNotSeen) {
  auto times = even_times(60);
  for (std::size_t i = 30; i < 60; ++i) times[i] += 5;  // a map is missing before map 30
  std::vector<double> means(60, 1);
  means[10] = std::nan("");
  const auto found = radar_samples(times, means, kSampling, kProportions);
  EXPECT_EQ(found.uneven, 4U);  // 26 to 29
  EXPECT_EQ(found.unseen,
            4U);  // 6, 8, 9 and 10: map 10 is the label, then third, second and first; not map 3
  EXPECT_EQ(found.first.size(), 48U);
}

TEST_F(RadarMaps, HaveNoMeanWhereCellsWereNotSeen) {
  write(3, [](int i) { return i == 0 ? std::nan("") : i == 1 ? -1.0 : 2.0; });
  const auto means = crop_means(file(), kSampling, 0, 3);
  EXPECT_TRUE(std::isnan(means[0]));
  EXPECT_TRUE(std::isnan(means[1]));
  EXPECT_EQ(means[2], 2);
}

TEST_F(RadarMaps, SayWhatWasLeftOut) {
  write(40, [](int i) { return i == 7 ? -1 : i % 3; });
  EXPECT_THAT(load().remarks,
              ElementsAre(AllOf(HasSubstr("Of 36 places in 40 maps"), HasSubstr("4 as cells were not seen"),
                                HasSubstr("8 as they share time"))));
}

TEST_F(RadarMaps, RefuseOtherShapesTypesAndTimes) {
  const auto refused = [this] { return refusal([this] { return load(); }); };
  write(
      20, [](int i) { return i % 3; }, 5);
  EXPECT_THAT(refused(), HasSubstr("data set 201605291800 is float32 [5, 5]; it must be numbers [6, 6]"));
  {
    const Written file(folder_, "radar.h5");
    file.root().write_strings("201605291800", std::vector<std::string>{"a", "b"});
  }
  EXPECT_THAT(refused(), HasSubstr("data set 201605291800 is text [2]; it must be numbers [6, 6]"));
  Written(folder_, "radar.h5").add<float>("201613291800", std::vector<float>(36), {6, 6});
  EXPECT_THAT(refused(), AllOf(HasSubstr("data set 201613291800 has no time in its name"),
                               HasSubstr("as 201605291805")));
  {
    const Written file(folder_, "radar.h5");
    file.add<float>("a201605291805", std::vector<float>(36), {6, 6});
    file.add<float>("b201605291800", std::vector<float>(36), {6, 6});
  }
  EXPECT_THAT(refused(), HasSubstr("data set b201605291800 comes after a later map"));
}

TEST_F(RadarMaps, RefuseTornFilesAndTooFewMaps) {
  const auto refused = [this] { return refusal([this] { return load(); }); };
  write(7, [](int i) { return i % 3; });
  EXPECT_THAT(refused(), HasSubstr("are too few for a split of 2 : 1 : 1 in time"));
  write(40, [](int) { return 1; });
  EXPECT_THAT(refused(), HasSubstr("0 are events; both outcomes must be there"));
  samples::tear(file());
  EXPECT_THAT(refused(), HasSubstr("radar.h5 is no whole HDF5 file"));
  { const Written nothing(folder_, "radar.h5"); }
  EXPECT_THAT(refused(), HasSubstr("radar.h5 holds no maps"));
}

}  // namespace
}  // namespace reprise::deep_probability
