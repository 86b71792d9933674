// Intervals of simulated paths against exact laws: paths, crossings and statistics together.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "covariances.hpp"
#include "kernels/gaussian/circulant.hpp"
#include "kernels/gaussian/interval_statistics.hpp"
#include "kernels/gaussian/state_space.hpp"
#include "kernels/statistics/moments.hpp"

namespace reprise {
namespace {

// Four standard errors over independent paths or blocks of them: each wrong once in 16,000 seeds.
void expect_mean(const RunningMoments& moments, double expected, double allowed = 0.0) {
  EXPECT_LT(std::abs(moments.mean() - expected), 4 * moments.standard_error() + allowed)
      << moments.mean() << " +- " << moments.standard_error() << ", expected " << expected;
}

TEST(Simulation, DiffusionsIntervals) {
  constexpr double kStep = 0.25;
  const IntervalQuestions questions{
      .mean = 2 * std::numbers::pi, .survival_time = {1, 2, 5, 10}, .threshold = {15}, .lag = {1, 2, 4, 8}};
  const CirculantEmbedding embedding(Diffusion2::r, kStep, (std::size_t{1} << 15U) - 400,
                                     {.wrapping = 1e-15});
  ASSERT_EQ(embedding.period(), std::size_t{1} << 15U);
  std::array<RunningMoments, 4> survival;
  std::array<RunningMoments, 4> persistence;
  RunningMoments rate_of_changes;
  IntervalStatistics all(questions);
  std::vector<double> first(embedding.period());
  std::vector<double> second(embedding.period());
  CrossingScan scan(1, kStep);
  for (std::uint64_t number = 0; number < 40; ++number) {
    embedding.draw(random_key(31), number, first, second);
    for (const auto* path : {&first, &second}) {
      scan.clear();
      scan.scan(std::span(*path).first(embedding.points()));
      IntervalStatistics statistics(questions);
      statistics.add(questions, scan);
      for (std::size_t i = 0; i < 4; ++i) {
        survival.at(i).add(statistics.survival(i));
        persistence.at(i).add(statistics.persistence(i));
      }
      rate_of_changes.add(static_cast<double>(statistics.sign_changes) /
                          static_cast<double>(statistics.steps));
      all.merge(statistics);
    }
  }
  expect_mean(rate_of_changes, kStep / 6.299527, 1e-8);  // h pi / arccos r(h) is their mean distance
  // Exact by Fredholm's determinant; the grid misses few crossings (it adds 4e-4 to P0(8)).
  const std::array exact_survival{.943126817, .818038736, .472848587, .185186955};
  const std::array exact_persistence{.843975303282, .703417710124, .484159419671, .228712378288};
  for (std::size_t i = 0; i < 4; ++i) {
    expect_mean(survival.at(i), exact_survival.at(i), 2.5e-3);
    expect_mean(persistence.at(i), exact_persistence.at(i), 1e-3);
  }
  const auto& tail = all.tails[0];
  EXPECT_LT(std::abs(tail_rate(tail) - 0.1875),
            4 * 0.1875 / std::sqrt(static_cast<double>(tail.count)) + 1e-3);
}

// Early returns between grid points are missed: S(1) = 0.7195848 is 0.7400 on a grid of 0.1, 0.7282 on one of
// 0.05, 0.7230 on one of 0.025, by order 5/4.
TEST(Simulation, RandomAccelerationsIntervals) {
  const IntervalQuestions questions{
      .mean = 2 * std::numbers::pi / std::sqrt(3.0), .survival_time = {1}, .threshold = {}, .lag = {}};
  struct Estimates {
    RunningMoments survival;
    RunningMoments changes;
  };
  const auto simulate = [&](double step) {
    constexpr std::size_t kPaths = 128;
    std::vector<double> values((static_cast<std::size_t>(400.0 / step) + 1) * kPaths);
    Estimates result;
    for (std::uint64_t block = 0; block < 12; ++block) {
      StateSpacePaths paths(random_acceleration(step), random_key(32, block), kPaths);
      paths.advance(values);
      CrossingScan scan(kPaths, step);
      scan.scan(values);
      IntervalStatistics statistics(questions);
      statistics.add(questions, scan);
      result.survival.add(statistics.survival(0));
      result.changes.add(static_cast<double>(statistics.sign_changes) /
                         static_cast<double>(statistics.steps));
    }
    return result;
  };
  const auto [coarse, coarse_changes] = simulate(0.1);
  const auto [fine, fine_changes] = simulate(0.05);
  expect_mean(coarse_changes, 0.1 / 3.748551, 1e-8);
  expect_mean(fine_changes, 0.05 / 3.688063, 1e-8);
  expect_mean(coarse, 0.7400, 1e-3);
  expect_mean(fine, 0.7282, 1e-3);
  const double gain = std::exp2(1.25);
  const double limit = (gain * fine.mean() - coarse.mean()) / (gain - 1);
  const double error = std::hypot(gain * fine.standard_error(), coarse.standard_error()) / (gain - 1);
  EXPECT_LT(std::abs(limit - 0.719585), 4 * error + 1e-3) << limit << " +- " << error;
}

}  // namespace
}  // namespace reprise
