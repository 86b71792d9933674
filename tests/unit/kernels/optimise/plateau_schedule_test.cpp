#include "kernels/optimise/plateau_schedule.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace reprise::nn {
namespace {

const std::vector<double> kLosses{1.,  .9,  .95, .9, .91,    .92, .93, .94, .95, .96, .97, .98,
                                  .99, 1.0, 1.1, .8, .79999, .81, .82, .83, .84, .85, .86};

// Rates of the reference implementation of such a schedule, exactly.
TEST(PlateauSchedule, HalvesAfterItsPatience) {
  std::vector<double> expected(7, 0.1);
  expected.insert(expected.end(), 6, 0.05);
  expected.insert(expected.end(), 8, 0.025);
  expected.insert(expected.end(), 2, 0.0125);
  PlateauSchedule schedule(PlateauRule{});
  std::vector<double> rates;
  for (const double loss : kLosses) {
    rates.push_back(schedule.step(loss));
  }
  EXPECT_EQ(rates, expected);
}

TEST(PlateauSchedule, GoesOnFromItsState) {
  for (std::size_t cut = 0; cut <= kLosses.size(); ++cut) {
    PlateauSchedule whole(PlateauRule{});
    PlateauSchedule part(PlateauRule{});
    for (std::size_t e = 0; e < kLosses.size(); ++e) {
      whole.step(kLosses[e]);
      if (e == cut) {
        part = PlateauSchedule(PlateauRule{}, part.state());
      }
      part.step(kLosses[e]);
    }
    EXPECT_EQ(part.state(), whole.state());
  }
}

TEST(PlateauSchedule, NeverFallsBelowItsLeastRate) {
  PlateauSchedule schedule({.rate = 3e-6, .patience = 0});
  EXPECT_EQ(schedule.step(1.0), 3e-6);
  EXPECT_EQ(schedule.step(1.0), 1.5e-6);
  EXPECT_EQ(schedule.step(1.0), 1e-6);
  EXPECT_EQ(schedule.step(1.0), 1e-6);
}

TEST(PlateauSchedule, TakesSmallImprovementsAndNoNumbersForNone) {
  PlateauSchedule schedule({.patience = 1});
  schedule.step(1.0);
  EXPECT_EQ(schedule.step(0.99995), 0.1);
  EXPECT_EQ(schedule.step(std::nan("")), 0.05);
  EXPECT_EQ(schedule.state().best, 1.0);
}

TEST(PlateauSchedule, RefusesNonsense) {
  EXPECT_THROW(PlateauSchedule({.rate = 0.0}), std::invalid_argument);
  EXPECT_THROW(PlateauSchedule({.factor = 1.0}), std::invalid_argument);
  EXPECT_THROW(PlateauSchedule({.patience = -1}), std::invalid_argument);
}

}  // namespace
}  // namespace reprise::nn
