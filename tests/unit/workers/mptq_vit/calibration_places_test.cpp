#include <gtest/gtest.h>

#include <set>

#include "workers/mptq_vit/images.hpp"

namespace reprise::mptq_vit {
namespace {

TEST(CalibrationPlaces, AreDifferentAndDependOnTheSeedAlone) {
  const auto places = calibration_places(3, 60000, 128);
  EXPECT_EQ(std::set(places.begin(), places.end()).size(), 128U);
  EXPECT_EQ(places, calibration_places(3, 60000, 128));
  EXPECT_NE(places, calibration_places(4, 60000, 128));
  const auto fewer = calibration_places(3, 60000, 32);
  EXPECT_TRUE(std::ranges::equal(fewer, std::span(places).first(32)));
}

TEST(CalibrationPlaces, AreUniform) {
  double sum = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed)
    for (const auto place : calibration_places(seed, 1000, 50)) sum += place;
  EXPECT_NEAR(sum / 1e4, 499.5, 5 * 288.7 / 100);  // five standard errors
}

TEST(CalibrationPlaces, MayBeAllAndNoMore) {
  EXPECT_EQ(calibration_places(3, 10, 10).size(), 10U);
  EXPECT_THROW((void)calibration_places(3, 10, 11), std::invalid_argument);
}

}  // namespace
}  // namespace reprise::mptq_vit
