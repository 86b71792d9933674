#include "workers/slepian/divisor.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "kernels/random/distributions.hpp"
#include "kernels/statistics/moments.hpp"
#include "workers/slepian/exponent.hpp"
#include "workers/slepian/renewal.hpp"

namespace reprise::slepian {
namespace {

void expect_quantiles(const Model& model, const std::vector<double>& expected) {
  const auto covariance = covariance_of(model);
  const Divisor divisor(*covariance);
  const std::vector<double> levels{.9, .5, .1, .001};
  for (std::size_t i = 0; i < levels.size(); ++i)
    EXPECT_NEAR(divisor.quantile(levels[i]), expected[i], 1e-9) << title(model);
}

// Acceptance value A14.
TEST(Divisor, HasItsQuantiles) {
  expect_quantiles(random_acceleration(), {.162055859334, 1.178654996342, 4.320815903629, 13.527828818846});
  expect_quantiles(diffusion(1), {1.09188505653, 3.325771782117, 9.248998650695, 27.631025115915});
  expect_quantiles(matern(1.5), {.093484458273, .658303057106, 2.071764073586, 5.264283889414});
}

TEST(Divisor, InvertsTheExpectedSignEverywhere) {
  for (const Model& model : {diffusion(2), diffusion(3), gaussian(), matern(2.5), cauchy(1.0), wendland()}) {
    const auto covariance = covariance_of(model);
    const Divisor divisor(*covariance);
    for (const double v : {1.0 - 1e-12, 1.0 - 1e-5, .999, .75, .3, 1e-3, 1e-8, 1e-15}) {
      const double t = divisor.quantile(v);
      EXPECT_NEAR(covariance->expected_sign(t), v, 2e-9 * v) << title(model) << " at " << v;
    }
  }
}

TEST(Divisor, DrawsAreQuantilesOfUniforms) {
  for (const Model& model : {diffusion(3), gaussian(), matern(1.25), matern(2.5), cauchy(1.0), wendland()}) {
    const auto covariance = covariance_of(model);
    const Divisor divisor(*covariance);
    Philox random(random_key(3), 0), same(random_key(3), 0);
    for (int i = 0; i < 2000; ++i) {
      const double expected = divisor.quantile(uniform(same));
      EXPECT_NEAR(divisor.sample(random), expected, 1e-8 * expected + 1e-10 * covariance->mean_interval())
          << title(model);
    }
  }
}

TEST(Divisor, ClosedFormsAgreeWithTheTable) {
  const auto closed = covariance_of(diffusion(2));
  const auto open = covariance_of(diffusion(2.0 + 1e-12));
  const Divisor first(*closed), second(*open);
  for (const double v : {.99, .5, .01, 1e-9}) EXPECT_NEAR(first.quantile(v), second.quantile(v), 1e-8);
}

// Acceptance value A34, and claim C3 at five points: each within 4 standard errors, wrong by chance once in
// 1500.
TEST(Divisor, SumsOfItAreIntervals) {
  constexpr int kDraws = 400'000;
  const auto covariance = covariance_of(diffusion(2));
  const Divisor divisor(*covariance);
  Philox random(random_key(20250127), 0);
  const std::vector<double> times{1, 2, 5, 10, 20};
  const std::vector<double> expected{.9428067616, .8162197506, .4711901796, .1857033409, .0288480771};
  std::vector<int> longer(times.size());
  RunningMoments moments;
  int tail = 0;
  double excess = 0.0;
  for (int i = 0; i < kDraws; ++i) {
    const double interval = divisor.sample_interval(random);
    moments.add(interval);
    for (std::size_t k = 0; k < times.size(); ++k) longer[k] += interval > times[k] ? 1 : 0;
    if (interval > 10.0) {
      ++tail;
      excess += interval - 10.0;
    }
  }
  for (std::size_t k = 0; k < times.size(); ++k) {
    const double error = std::sqrt(expected[k] * (1.0 - expected[k]) / kDraws);
    EXPECT_NEAR(static_cast<double>(longer[k]) / kDraws, expected[k], 4.0 * error) << times[k];
  }
  EXPECT_NEAR(moments.mean(), covariance->mean_interval(), 4.0 * moments.standard_error());
  EXPECT_NEAR(moments.variance(), 2.0 * 14.6554495068, 1.0);
  EXPECT_NEAR(tail / excess, .1862, 4.0 * .1862 / std::sqrt(tail));
}

}  // namespace
}  // namespace reprise::slepian
