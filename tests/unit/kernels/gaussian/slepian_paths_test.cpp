#include "kernels/gaussian/slepian_paths.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "kernels/gaussian/interval_statistics.hpp"
#include "kernels/random/blocks.hpp"
#include "slepian_factor.hpp"

namespace reprise {
namespace {

// Exact survival by Fredholm's determinant; four standard errors, wrong once in 3,000 seeds for the five.
TEST(SlepianPaths, SurviveAsDiffusionDoes) {
  constexpr double kStep = 0.1;
  constexpr std::size_t kSamples = 100'000;
  const DiffusionSlepian slepian(300, kStep);
  const SlepianPaths paths(slepian.drift, slepian.factor, kStep);
  EXPECT_LT(paths.rank(), 130U);
  std::vector<double> intervals(kSamples);
  paths.sample(random_key(21), 0, intervals);
  const IntervalQuestions questions{
      .mean = 6.283185307, .survival_time = {1, 2, 5, 10, 20}, .threshold = {12}};
  IntervalStatistics statistics(questions);
  statistics.add_first_intervals(questions, intervals, paths.end());
  const std::array exact{.943126817, .818038736, .472848587, .185186955, .028399340};
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const double error = std::sqrt(exact.at(i) * (1 - exact.at(i)) / static_cast<double>(kSamples));
    EXPECT_LT(std::abs(statistics.survival(i) - exact.at(i)), 4 * error) << questions.survival_time[i];
  }
  const auto& tail = statistics.tails[0];
  EXPECT_GT(tail.censored, 100U);
  EXPECT_LT(std::abs(tail_rate(tail) - 3.0 / 16.0), 4 * 0.1875 / std::sqrt(static_cast<double>(tail.count)));
}

TEST(SlepianPaths, AreTheWholePathsUntilTheyCross) {
  constexpr double kStep = 0.5;
  constexpr std::size_t kCount = 1000;
  for (const int points : {1, 3, 4, 21}) {
    const DiffusionSlepian slepian(points, kStep);
    const SlepianPaths paths(slepian.drift, slepian.factor, kStep);
    std::vector<double> intervals(kCount);
    paths.sample(random_key(22), 5, intervals);
    const auto columns = paths.rank() + 2;
    std::vector<float> normals(kCount * columns);
    fill_normal({random_key(22), 0, 5, kCount, columns}, std::span(normals));
    for (std::size_t i = 0; i < kCount; ++i) {
      const Eigen::VectorXd z =
          Eigen::Map<const Eigen::VectorXf>(normals.data() + i * columns, static_cast<long>(columns))
              .cast<double>();
      const Eigen::VectorXd x =
          z.head(2).norm() * slepian.drift + slepian.factor * z.tail(static_cast<long>(paths.rank()));
      const auto* const end = x.data() + points;
      const auto* const over = std::find_if(x.data(), end, [](double v) { return !(v > 0); });
      if (over == end) {
        ASSERT_EQ(intervals[i], INFINITY);
      } else if (over == x.data()) {
        ASSERT_EQ(intervals[i], 0.5 * kStep);
      } else {
        const double expected =
            (static_cast<double>(over - x.data()) + over[-1] / (over[-1] - *over)) * kStep;
        ASSERT_NEAR(intervals[i], expected, 1e-9);
      }
    }
  }
}

TEST(SlepianPaths, CutsOfSamplesChangeNothing) {
  const DiffusionSlepian slepian(60, 0.25);
  const SlepianPaths paths(slepian.drift, slepian.factor, 0.25);
  std::vector<double> whole(1000);
  paths.sample(random_key(23), 10, whole);
  std::vector<double> pieces;
  while (pieces.size() < whole.size()) {
    std::vector<double> piece(std::min<std::size_t>(pieces.size() % 230 + 1, whole.size() - pieces.size()));
    paths.sample(random_key(23), 10 + pieces.size(), piece);
    pieces.insert(pieces.end(), piece.begin(), piece.end());
  }
  EXPECT_EQ(pieces, whole);
}

TEST(SlepianPaths, RefuseShapesThatDoNotMatch) {
  const Eigen::VectorXd drift = Eigen::VectorXd::Ones(3);
  EXPECT_THROW(SlepianPaths(drift, Eigen::MatrixXd::Ones(4, 2), 0.1), std::invalid_argument);
  EXPECT_THROW(SlepianPaths(drift, Eigen::MatrixXd::Ones(3, 2), 0.0), std::invalid_argument);
  EXPECT_THROW(SlepianPaths(drift, Eigen::MatrixXd::Constant(3, 2, NAN), 0.1), std::invalid_argument);
}

}  // namespace
}  // namespace reprise
