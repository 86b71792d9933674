#include "workers/mptq_vit/greedy.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace reprise::mptq_vit {
namespace {

/// Losses that add up: sum of c 4^-b.
class AdditiveGreedy : public testing::Test {
 protected:
  AdditiveGreedy() {
    problem.least = 2;
    problem.weight_budget = 4;
    for (const double elements : {10, 40, 20, 10, 80, 40}) problem.units.push_back({false, elements});
  }

  [[nodiscard]] double loss(const Allocation& bits) const {
    double sum = 0;
    for (std::size_t u = 0; u < bits.size(); ++u) sum += weight[u] * std::pow(4.0, -bits[u]);
    return sum;
  }
  [[nodiscard]] MeasureLosses measure() {
    return [this](const Allocation& bits, const std::vector<std::size_t>& lowered) {
      asked += lowered.size();
      if (lowered.empty()) return std::vector{loss(bits)};
      std::vector<double> values;
      for (const auto u : lowered) {
        auto changed = bits;
        --changed[u];
        values.push_back(loss(changed));
      }
      return values;
    };
  }

  std::vector<double> weight{1, 4, 16, 64, 2, 8};
  GreedyProblem problem;
  std::size_t asked = 0;
};

// The specification's walk.
TEST_F(AdditiveGreedy, FullSearchTakesTheWalkThatWasWorkedOut) {
  const auto path = greedy_full(problem, measure());
  EXPECT_EQ(path.bits, (Allocation{4, 4, 5, 7, 3, 4}));
  EXPECT_NEAR(mean_bits(problem, path.bits, false), 3.85, 1e-12);
  EXPECT_NEAR(loss(path.bits), 0.1015625, 1e-12);
  EXPECT_NEAR(loss(Allocation(6, 4)), 0.37109375, 1e-12);
  std::vector<std::size_t> first;
  for (std::size_t i = 0; i < 10; ++i) first.push_back(path.steps[i].unit);
  EXPECT_EQ(first, (std::vector<std::size_t>{4, 0, 1, 4, 5, 0, 1, 4, 2, 5}));
}

// Where losses add up and are convex in the bits, no order of asking changes what is best.
TEST_F(AdditiveGreedy, OneshotAndLazyTakeTheSameWalkWhereLossesAddUp) {
  const auto full = greedy_full(problem, measure());
  for (const std::size_t together : {1U, 3U, 100U}) {
    const auto lazy = greedy_lazy(problem, measure(), together);
    EXPECT_EQ(lazy.bits, full.bits);
  }
  std::vector<std::vector<double>> table;
  for (std::size_t u = 0; u < 6; ++u) {
    table.emplace_back();
    for (std::uint8_t b = 2; b <= 8; ++b) {
      Allocation bits(6, 8);
      bits[u] = b;
      table.back().push_back(loss(bits));
    }
  }
  EXPECT_EQ(greedy_oneshot(problem, table).bits, full.bits);
}

TEST_F(AdditiveGreedy, LazySearchMeasuresLess) {
  (void)greedy_full(problem, measure());
  const auto by_full = asked;
  asked = 0;
  (void)greedy_lazy(problem, measure(), 1);
  EXPECT_LT(asked, by_full / 2);
}

TEST_F(AdditiveGreedy, EachClassHasItsOwnBudget) {
  problem.units[1].activation = problem.units[4].activation = true;
  problem.activation_budget = 6;
  const auto path = greedy_full(problem, measure());
  EXPECT_LE(mean_bits(problem, path.bits, false), 4);
  EXPECT_LE(mean_bits(problem, path.bits, true), 6);
  // One step less and it would be above: no class is lowered further than it has to be.
  EXPECT_GT(mean_bits(problem, path.bits, true) + 80.0 / 120, 6);
}

TEST_F(AdditiveGreedy, TiesGoToTheFirstUnitAndNegativeMetricsComeFirst) {
  weight.assign(6, 1);
  problem.units.assign(6, {false, 10});
  auto path = greedy_full(problem, measure());
  EXPECT_EQ(path.steps[0].unit, 0U);
  weight[5] = -1;
  path = greedy_full(problem, measure());
  EXPECT_EQ(path.steps[0].unit, 5U);
  EXPECT_LT(path.steps[0].metric, 0);
}

TEST_F(AdditiveGreedy, RandomDescentMeetsTheBudgetsAndDependsOnTheSeedAlone) {
  const auto path = random_descent(problem, 3);
  EXPECT_LE(mean_bits(problem, path.bits, false), 4);
  EXPECT_EQ(path.bits, random_descent(problem, 3).bits);
  EXPECT_NE(path.bits, random_descent(problem, 4).bits);
}

TEST_F(AdditiveGreedy, ImpossibleBudgetsAreRefused) {
  problem.weight_budget = 1.5;
  EXPECT_THROW((void)random_descent(problem, 0), std::invalid_argument);
}

}  // namespace
}  // namespace reprise::mptq_vit
