#include "kernels/gaussian/crossings.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <vector>

#include "covariances.hpp"
#include "kernels/gaussian/circulant.hpp"
#include "kernels/gaussian/hermite_cubic.hpp"
#include "kernels/random/hash_rng.hpp"
#include "kernels/statistics/moments.hpp"

namespace reprise {
namespace {

std::vector<double> naive(const std::vector<double>& rows, std::size_t paths, std::size_t path, double step) {
  std::vector<double> times;
  for (std::size_t i = 0; (i + 1) * paths + path < rows.size(); ++i) {
    const double a = rows[i * paths + path];
    const double b = rows[(i + 1) * paths + path];
    if ((a > 0) != (b > 0)) times.push_back((static_cast<double>(i) + a / (a - b)) * step);
  }
  return times;
}

/// Noise that often changes sign, with zeros of both signs and denormal numbers in it.
std::vector<double> awkward(std::size_t size, bool often) {
  const HashRng random(2, size);
  std::vector<double> values(size);
  for (std::size_t i = 0; i < size; ++i) {
    values[i] = often ? random.normal(i) : 3.0 + random.normal(i);
    const double kind = random.uniform(3 * size + i);
    if (kind < 0.05) values[i] = 0.0;
    if (kind > 0.95) values[i] = -0.0;
    if (kind > 0.45 && kind < 0.5) values[i] = std::numeric_limits<double>::denorm_min();
    if (kind > 0.5 && kind < 0.55) values[i] = -std::numeric_limits<double>::denorm_min();
  }
  return values;
}

TEST(Crossings, AreThoseOfAPlainLoop) {
  for (const bool often : {false, true}) {
    for (const std::size_t paths : {1U, 2U, 3U, 16U, 37U}) {
      for (const std::size_t steps : {1U, 5U, 16U, 100U, 5000U}) {
        const auto rows = awkward((steps + 1) * paths, often);
        CrossingScan scan(paths, 0.3);
        scan.scan(rows);
        std::uint64_t changes = 0;
        for (std::size_t path = 0; path < paths; ++path) {
          const auto expected = naive(rows, paths, path, 0.3);
          const auto found = scan.crossings(path);
          ASSERT_EQ(std::vector<double>(found.begin(), found.end()), expected) << paths << ", " << steps;
          changes += expected.size();
        }
        EXPECT_EQ(scan.sign_changes(), changes);
        EXPECT_EQ(scan.steps(), steps);
      }
    }
  }
}

TEST(Crossings, CutsOfRowsChangeNothing) {
  constexpr std::size_t kPaths = 3;
  constexpr std::size_t kSteps = 1000;
  const auto rows = awkward((kSteps + 1) * kPaths, true);
  CrossingScan whole(kPaths, 0.1);
  whole.scan(rows);
  CrossingScan pieces(kPaths, 0.1);
  pieces.scan(std::span(rows).first(2 * kPaths));  // other paths first, to be forgotten
  pieces.clear();
  for (std::size_t at = 0; at < kSteps;) {
    const std::size_t steps = std::min<std::size_t>(at % 7 + 1, kSteps - at);
    pieces.scan(std::span(rows).subspan(at * kPaths, (steps + 1) * kPaths));
    at += steps;
  }
  for (std::size_t path = 0; path < kPaths; ++path) {
    EXPECT_TRUE(std::ranges::equal(whole.crossings(path), pieces.crossings(path)));
  }
  EXPECT_EQ(whole.sign_changes(), pieces.sign_changes());
}

TEST(Crossings, LieWhereTheLineMeetsZero) {
  CrossingScan scan(1, 2.0);
  scan.scan(std::vector{1.0, -3.0, 0.0, 4.0, 0.0, -1.0});
  // Zero is not positive: the path comes from below at row 2, and leaves again at row 4.
  const std::vector<double> expected{0.5, 4.0, 8.0};
  EXPECT_TRUE(std::ranges::equal(scan.crossings(0), expected));
}

TEST(Crossings, CubicsFindWhatLinesMiss) {
  // cos 2 t - 0.8 at steps of 1, from t = 0.6: two crossings of four lie within one step.
  const double step = 1.0;
  std::vector<double> values;
  std::vector<double> slopes;
  for (int i = 0; i < 8; ++i) {
    values.push_back(std::cos(2 * (0.6 + i * step)) - 0.8);
    slopes.push_back(-2 * std::sin(2 * (0.6 + i * step)));
  }
  CrossingScan lines(1, step);
  lines.scan(values);
  CrossingScan cubics(1, step);
  cubics.scan(values, slopes);
  std::vector<double> expected;  // 2 t = 2 pi k -+ acos 0.8
  for (int k = 1; k <= 2; ++k) {
    for (const double sign : {-1.0, 1.0}) {
      const double t = std::numbers::pi * k + sign * 0.5 * std::acos(0.8) - 0.6;
      if (t < 7.0) expected.push_back(t);
    }
  }
  ASSERT_EQ(cubics.crossings(0).size(), expected.size());
  EXPECT_LT(lines.crossings(0).size(), expected.size());
  EXPECT_EQ(lines.sign_changes(), cubics.sign_changes());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(cubics.crossings(0)[i], expected[i], 0.05);
  }
}

TEST(Crossings, CubicsKeepBothSignsAlike) {
  const HashRng random(5, 1);
  std::vector<double> values;
  std::vector<double> slopes;
  for (std::uint64_t i = 0; i < 2003; ++i) {
    values.push_back(random.normal(2 * i));
    slopes.push_back(5 * random.normal(2 * i + 1));
  }
  CrossingScan up(1, 1.0);
  up.scan(values, slopes);
  for (double& x : values) x = -x;
  for (double& x : slopes) x = -x;
  CrossingScan down(1, 1.0);
  down.scan(values, slopes);
  EXPECT_GT(up.crossings(0).size(), up.sign_changes() + 100);
  EXPECT_TRUE(std::ranges::equal(up.crossings(0), down.crossings(0)));
  EXPECT_TRUE(std::ranges::is_sorted(up.crossings(0)));
}

TEST(HermiteCubic, MeetsACubic) {
  const auto cubic = [](double x) { return 0.3 - 2.5 * x + 2 * x * x + 0.7 * x * x * x; };
  const HermiteCubic same(cubic(0), -2.5, cubic(1), -2.5 + 4 + 2.1);
  for (const double x : {0.0, 0.2, 0.5, 1.0}) EXPECT_NEAR(same(x), cubic(x), 1e-15);
  const auto turn = same.turn(true);
  ASSERT_TRUE(turn.has_value());
  EXPECT_NEAR(-2.5 + 4 * *turn + 2.1 * *turn * *turn, 0.0, 1e-14);
  EXPECT_NEAR(cubic(same.root(0.0, *turn)), 0.0, 1e-8);
  EXPECT_NEAR(cubic(same.root(*turn, 1.0)), 0.0, 1e-8);
  EXPECT_FALSE(HermiteCubic(1.0, -0.1, 1.0, 0.1).turn(true).has_value());  // turns before zero
}

// Four standard errors: wrong once in 16,000 seeds. The exact share is arccos(r(h)) / pi.
TEST(Crossings, SignsChangeAsOftenAsTheArcCosineSays) {
  const auto expect = [](double (*covariance)(double), double step, const CirculantOptions& options) {
    const CirculantEmbedding embedding(covariance, step, 2000, options);
    std::vector<double> first(embedding.period());
    std::vector<double> second(embedding.period());
    RunningMoments share;
    CrossingScan scan(1, step);
    for (std::uint64_t number = 0; number < 200; ++number) {
      embedding.draw(random_key(6), number, first, second);
      for (const auto& path : {first, second}) {
        scan.clear();
        scan.scan(std::span(path).first(embedding.points()));
        share.add(static_cast<double>(scan.sign_changes()) / static_cast<double>(scan.steps()));
      }
    }
    EXPECT_LT(std::abs(share.mean() - std::acos(covariance(step)) / std::numbers::pi),
              4 * share.standard_error());
  };
  expect(Diffusion2::r, 0.25, {});
  expect(Diffusion2::r, 1.0, {});
  expect(random_acceleration_covariance, 0.1, {});
  expect(band_limited, 0.25, {.largest_clipped = 2e-3, .longest = 8});
}

// DIFF(2) on a grid of 1: mean intervals of 6.540 by lines, within 1% of 2 pi by cubics.
TEST(Crossings, DerivativesMendTheMeanInterval) {
  const CirculantEmbedding embedding(Diffusion2::r, 1.0, 8000, {.derivatives = true});
  std::vector<double> first(embedding.period());
  std::vector<double> second(embedding.period());
  std::vector<double> first_slope(embedding.period());
  std::vector<double> second_slope(embedding.period());
  double time = 0;
  std::size_t by_lines = 0;
  std::size_t by_cubics = 0;
  for (std::uint64_t number = 0; number < 100; ++number) {
    embedding.draw(random_key(7), number, first, second, first_slope, second_slope);
    const auto path = std::span(first).first(embedding.points());
    CrossingScan lines(1, 1.0);
    lines.scan(path);
    CrossingScan cubics(1, 1.0);
    cubics.scan(path, std::span(first_slope).first(embedding.points()));
    time += static_cast<double>(lines.steps());
    by_lines += lines.crossings(0).size();
    by_cubics += cubics.crossings(0).size();
  }
  EXPECT_NEAR(time / static_cast<double>(by_lines), 6.539793, 0.05);
  EXPECT_NEAR(time / static_cast<double>(by_cubics), 2 * std::numbers::pi, 0.01 * 2 * std::numbers::pi);
}

TEST(Crossings, RefuseTornRows) {
  CrossingScan scan(3, 1.0);
  EXPECT_THROW(scan.scan(std::vector<double>(7)), std::invalid_argument);
  EXPECT_THROW(scan.scan(std::vector<double>(6), std::vector<double>(3)), std::invalid_argument);
  EXPECT_THROW(CrossingScan(0, 1.0), std::invalid_argument);
}

}  // namespace
}  // namespace reprise
