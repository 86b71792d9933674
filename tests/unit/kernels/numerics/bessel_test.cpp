#include "kernels/numerics/bessel.hpp"

#include <gtest/gtest.h>

#include <boost/math/special_functions/bessel.hpp>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace reprise {
namespace {

TEST(LogBesselK, AgreesWithBoostWhereThatIsFinite) {
  for (const double order : {0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 3.25, 6.5, 8.0}) {
    for (const double x : {1e-6, 0.01, 0.7, 3.0, 20.0, 49.9, 50.1, 114.1, 300.0, 600.0}) {
      const double expected = std::log(boost::math::cyl_bessel_k(order, x));
      EXPECT_NEAR(log_bessel_k(order, x), expected, 1e-13 * std::max(1.0, std::abs(expected)))
          << "order " << order << " at " << x;
    }
  }
}

TEST(LogBesselK, GoesOnWhereKUnderflows) {
  const double x = 5000.0;
  EXPECT_NEAR(log_bessel_k(0.5, x), 0.5 * std::log(std::numbers::pi / (2.0 * x)) - x, 1e-9);
  EXPECT_NEAR(log_bessel_k(0.75, x),
              0.5 * std::log(std::numbers::pi / (2.0 * x)) - x + std::log1p(1.25 / (8.0 * x)), 1e-8);
}

TEST(LogBesselK, IsEvenInItsOrder) {
  EXPECT_DOUBLE_EQ(log_bessel_k(-0.75, 2.0), log_bessel_k(0.75, 2.0));
  EXPECT_DOUBLE_EQ(log_bessel_k(-1.5, 2.0), log_bessel_k(1.5, 2.0));
}

TEST(LogBesselK, RefusesWhatIsNotPositive) {
  EXPECT_THROW((void)log_bessel_k(1.0, 0.0), std::invalid_argument);
}

}  // namespace
}  // namespace reprise
