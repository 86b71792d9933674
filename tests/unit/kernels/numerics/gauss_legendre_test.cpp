#include "kernels/numerics/gauss_legendre.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace reprise {
namespace {

TEST(GaussLegendre, IsExactForPolynomials) {
  for (const int count : {1, 2, 5, 24, 80}) {
    const QuadratureRule rule = gauss_legendre(count);
    for (const int degree : {0, 1, 2 * count - 1}) {
      double sum = 0.0;
      for (std::size_t i = 0; i < rule.node.size(); ++i)
        sum += rule.weight[i] * std::pow(rule.node[i], degree);
      EXPECT_NEAR(sum, 1.0 / (degree + 1), 1e-14) << count << " nodes, degree " << degree;
    }
  }
}

TEST(GaussLegendre, RefusesToHaveNoNode) {
  EXPECT_THROW((void)gauss_legendre(0), std::invalid_argument);
}

}  // namespace
}  // namespace reprise
