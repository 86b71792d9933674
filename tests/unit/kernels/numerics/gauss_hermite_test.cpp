#include "kernels/numerics/gauss_hermite.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace reprise {
namespace {

template <class Function>
double expectation(const QuadratureRule& rule, const Function& f) {
  double sum = 0.0;
  for (std::size_t i = 0; i < rule.node.size(); ++i) {
    sum += rule.weight[i] * f(rule.node[i]);
  }
  return sum;
}

TEST(GaussHermite, IsExactForPolynomials) {
  const QuadratureRule rule = gauss_hermite(5);
  const double moments[] = {1, 0, 1, 0, 3, 0, 15, 0, 105, 0};  // (k - 1)!!
  for (int k = 0; k < 10; ++k) {
    EXPECT_NEAR(expectation(rule, [k](double z) { return std::pow(z, k); }), moments[k], 1e-12 * 105);
  }
}

TEST(GaussHermite, TakesTheCharacteristicFunction) {
  const QuadratureRule rule = gauss_hermite(200);
  for (const double t : {0.0, 1.0, 3.0, 6.0}) {
    EXPECT_NEAR(expectation(rule, [t](double z) { return std::cos(t * z); }), std::exp(-0.5 * t * t), 1e-13);
  }
}

TEST(GaussHermite, OfOneNodeIsTheMean) {
  const QuadratureRule rule = gauss_hermite(1);
  EXPECT_NEAR(rule.node[0], 0.0, 1e-16);
  EXPECT_NEAR(rule.weight[0], 1.0, 1e-16);
  EXPECT_THROW((void)gauss_hermite(0), std::invalid_argument);
}

}  // namespace
}  // namespace reprise
