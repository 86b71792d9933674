#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

#include "kernels/numerics/exponential_sums.hpp"
#include "kernels/numerics/gauss_laguerre.hpp"
#include "kernels/numerics/roots.hpp"

namespace reprise {
namespace {

TEST(Roots, AreFoundToTheLastBits) {
  EXPECT_NEAR(find_root([](double x) { return x * x - 2.0; }, 0.0, 2.0), std::sqrt(2.0), 1e-14);
  EXPECT_THROW((void)find_root([](double x) { return x * x + 1.0; }, 0.0, 2.0), std::invalid_argument);
}

TEST(Minimum, IsFound) {
  const auto [x, y] = find_minimum([](double t) { return (t - 0.3) * (t - 0.3) + 2.0; }, -1.0, 4.0);
  EXPECT_NEAR(x, 0.3, 1e-7);
  EXPECT_DOUBLE_EQ(y, 2.0);
}

TEST(GaussLaguerre, IntegratesPolynomialsExactly) {
  const double shape = 7.5;
  const QuadratureRule rule = gauss_laguerre(12, shape);
  double moment = 1.0;
  for (int power = 0; power < 24; ++power) {
    double sum = 0.0;
    for (std::size_t i = 0; i < rule.node.size(); ++i) {
      sum += rule.weight[i] * std::pow(rule.node[i], power);
    }
    EXPECT_NEAR(sum / moment, 1.0, 1e-11) << power;
    moment *= shape + power;
  }
}

// Lanes beyond the last value must not overflow into the sum.
TEST(ExponentialSums, StayFiniteForLargeShifts) {
  const std::vector<double> exponent(3, -800.0);
  const DepletionSums sums = depletion_sums(exponent, std::vector(3, 2.0), 801.0);
  EXPECT_NEAR(sums.pairs, 6.0 * std::exp(2.0 - std::exp(1.0)), 1e-12);
}

TEST(ExponentialSums, MatchPlainLoops) {
  for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{7}, std::size_t{100}}) {
    std::vector<double> x;
    std::vector<double> weight;
    DepletionSums depletion;
    WeightSums sums;
    for (std::size_t i = 0; i < count; ++i) {
      x.push_back(3.0 * std::sin(static_cast<double>(i)));
      weight.push_back(1.0 + 0.5 * std::cos(static_cast<double>(i)));
      const double e = std::exp(0.3 + x.back());
      depletion.depletion += weight.back() * -std::expm1(-e);
      depletion.pairs += weight.back() * e * e * std::exp(-e);
      const double w = std::exp(-2.0 * (x.back() + 3.0));
      sums.sum += w;
      sums.sum_of_squares += w * w;
      sums.excess += w * (x.back() + 3.0);
    }
    const DepletionSums d = depletion_sums(x, weight, 0.3);
    EXPECT_NEAR(d.depletion, depletion.depletion, 1e-13 * (1.0 + depletion.depletion));
    EXPECT_NEAR(d.pairs, depletion.pairs, 1e-13 * (1.0 + depletion.pairs));
    const WeightSums s = weight_sums(x, -3.0, 2.0);
    EXPECT_NEAR(s.sum, sums.sum, 1e-13 * (1.0 + sums.sum));
    EXPECT_NEAR(s.sum_of_squares, sums.sum_of_squares, 1e-13 * (1.0 + sums.sum_of_squares));
    EXPECT_NEAR(s.excess, sums.excess, 1e-13 * (1.0 + sums.excess));
  }
}

}  // namespace
}  // namespace reprise
