#include "kernels/gaussian/normal_law.hpp"

#include <gtest/gtest.h>

#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace reprise {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// In 64 bits of mantissa, so that the reference's own argument loses nothing.
long double reference_cdf(double x) {
  return boost::math::cdf(boost::math::normal_distribution<long double>(), static_cast<long double>(x));
}

long double reference_quantile(double p) {
  return boost::math::quantile(boost::math::normal_distribution<long double>(), static_cast<long double>(p));
}

double relative_error(double value, long double reference) {
  return std::abs(static_cast<double>((static_cast<long double>(value) - reference) / reference));
}

TEST(NormalCdf, AgreesWithBoostInBothTails) {
  std::vector<double> x;
  for (double at = -37.45; at < 9.0; at += 0.0137) {
    x.push_back(at);
  }
  std::vector<double> y(x.size());
  normal_cdf(x, y);
  for (std::size_t i = 0; i < x.size(); ++i) {
    ASSERT_LT(relative_error(y[i], reference_cdf(x[i])), 5e-15) << x[i];
    ASSERT_EQ(normal_cdf(x[i]), y[i]) << x[i];
  }
}

TEST(NormalCdf, EndsWhereNumbersDo) {
  EXPECT_EQ(normal_cdf(-kInfinity), 0.0);
  EXPECT_EQ(normal_cdf(-38.0), 0.0);
  EXPECT_NEAR(normal_cdf(0.0), 0.5, 1e-15);
  EXPECT_EQ(normal_cdf(kInfinity), 1.0);
  EXPECT_TRUE(std::isnan(normal_cdf(std::numeric_limits<double>::quiet_NaN())));
}

TEST(NormalQuantile, AgreesWithBoostFromTheFarTailToNearOne) {
  std::vector<double> p;
  for (double logarithm = -690.7; logarithm < 0.0; logarithm += 0.173) {
    p.push_back(std::exp(logarithm));
    p.push_back(-std::expm1(logarithm));
  }
  for (double offset = 0x1p-50; offset < 0.5; offset *= 1.9) {
    p.push_back(0.5 - offset);
    p.push_back(0.5 + offset);
  }
  std::erase(p, 1.0);
  std::vector<double> x(p.size());
  normal_quantile(p, x);
  for (std::size_t i = 0; i < p.size(); ++i) {
    ASSERT_LT(relative_error(x[i], reference_quantile(p[i])), 5e-14) << p[i];
    ASSERT_EQ(normal_quantile(p[i]), x[i]) << p[i];
  }
}

TEST(NormalQuantile, EndsWhereProbabilitiesDo) {
  EXPECT_EQ(normal_quantile(0.0), -kInfinity);
  EXPECT_EQ(normal_quantile(0.5), 0.0);
  EXPECT_EQ(normal_quantile(1.0), kInfinity);
  EXPECT_TRUE(std::isnan(normal_quantile(-0.1)));
  EXPECT_TRUE(std::isnan(normal_quantile(1.1)));
  EXPECT_TRUE(std::isnan(normal_quantile(std::numeric_limits<double>::quiet_NaN())));
}

TEST(NormalQuantile, InvertsTheDistributionFunction) {
  for (double x = -37.0; x < 5.0; x += 0.31) {
    // Above, the rounding of probabilities near one is that of x by 1 / density.
    const double tolerance = 1e-13 * std::abs(x) + (x > 0.0 ? 2e-16 * std::exp(x * x / 2.0) * 2.6 : 0.0);
    EXPECT_NEAR(normal_quantile(normal_cdf(x)), x, tolerance);
  }
}

TEST(InverseMillsRatio, IsDensityOverDistributionFunction) {
  for (double x = -140.0; x < 12.0; x += 0.37) {
    const auto law = boost::math::normal_distribution<long double>();
    const auto at = static_cast<long double>(x);
    EXPECT_LT(relative_error(inverse_mills_ratio(x), boost::math::pdf(law, at) / boost::math::cdf(law, at)),
              2e-13)
        << x;
  }
}

}  // namespace
}  // namespace reprise
