#include "workers/kde/finite_size.hpp"

#include <gtest/gtest.h>

#include <boost/math/distributions/non_central_chi_squared.hpp>
#include <cmath>
#include <vector>

#include "workers/kde/isotropic_theory.hpp"
#include "workers/kde/thresholds.hpp"

namespace reprise::kde {
namespace {

// 8.7
TEST(FiniteSize, MatchesTableAtTypicalX) {
  struct Row {
    double dim, log_n, h, mean, variance, y2, log_w;
  };
  for (const Row& row : {Row{10, std::log(1e4), .4, -5.8618, 1.5269, .41728, -14.215352172},
                         Row{10, std::log(1e4), .6, -1.1620, .0984, .07749, -10.322150325},
                         Row{20, std::log(1e5), .6, -9.8266, .9569, .30005, -20.644300649},
                         Row{100, 50.0, .4, -126.7243, 10.9004, .65298, -142.153521719}}) {
    const DistanceLaw law(LargeDeviations(isotropic()), row.dim);
    const FiniteSizeSum sum(law, row.log_n, row.h);
    EXPECT_NEAR(sum.mean_log_sum(), row.mean, 2e-4);
    EXPECT_NEAR(sum.log_sum_variance(), row.variance, 3e-4);
    EXPECT_NEAR(sum.participation(), row.y2, 5e-5);
    EXPECT_NEAR(law.log_mean_weight(1.0 / (row.h * row.h)), row.log_w, 1e-7);
  }
}

TEST(FiniteSize, MatchesTableOfPowerLaw) {
  const DistanceLaw law(LargeDeviations(power_law(20, 1.0)), 20.0);
  const FiniteSizeSum narrow(law, std::log(1e5), .5);
  EXPECT_NEAR(narrow.mean_log_sum(), -9.8568, 2e-3);
  EXPECT_NEAR(narrow.log_sum_variance(), 1.1271, 3e-3);
  EXPECT_NEAR(narrow.participation(), .33273, 1e-3);
  const FiniteSizeSum wide(law, std::log(1e5), .7);
  EXPECT_NEAR(wide.mean_log_sum(), -3.4299, 2e-3);
  EXPECT_NEAR(wide.log_sum_variance(), .0658, 3e-3);
  EXPECT_NEAR(wide.participation(), .05072, 1e-3);
}

TEST(FiniteSize, MatchesTableAveragedOverX) {
  struct Row {
    int dim;
    double n, h, log_density, divergence, y2;
  };
  for (const Row& row :
       {Row{10, 1e4, .5, -14.63189, .44250, .20840}, Row{10, 1e4, .6, -14.49806, .30867, .09333},
        Row{15, 1e5, .6, -21.79265, .50857, .13090}}) {
    const AveragedDensity average = IsotropicTheory::averaged(row.dim, std::log(row.n)).at(row.h);
    EXPECT_NEAR(average.mean_log_density, row.log_density, 2e-4);
    EXPECT_NEAR(average.divergence, row.divergence, 5e-5);
    EXPECT_NEAR(average.participation, row.y2, 5e-5);
  }
}

// 8.8
TEST(FiniteSize, HasTheOptimaAveragedOverX) {
  struct Row {
    int dim;
    double n, h, divergence, y2, h_g, h_g_finite;
  };
  for (const Row& row : {Row{10, 1e4, .5997, .30867, .0936, .40425, .48421},
                         Row{15, 1e5, .6239, .49878, .1051, .47685, .54801},
                         Row{20, 1e5, .7005, .94174, .1486, .59395, .67029}}) {
    const OptimalBandwidth best = IsotropicTheory::averaged(row.dim, std::log(row.n)).optimum(.5, .9);
    EXPECT_NEAR(best.bandwidth, row.h, 3e-4);
    EXPECT_NEAR(best.at.divergence, row.divergence, 3e-5);
    EXPECT_NEAR(best.at.participation, row.y2, 3e-4);
    const LargeDeviations law(isotropic());
    EXPECT_NEAR(asymptotic_edge(law, std::log(row.n) / row.dim).condensation_bandwidth(), row.h_g, 6e-6);
    const double finite = finite_size_edge(law, row.dim, std::log(row.n)).condensation_bandwidth();
    EXPECT_NEAR(finite, row.h_g_finite, 6e-6);
    EXPECT_LT(best.bandwidth, std::sqrt(2.0) * finite);  // P5 (a)
  }
}

// 8.9 and P5 (b), (c)
TEST(FiniteSize, OptimumAtTypicalXFallsToTheLimit) {
  struct Row {
    int dim;
    double h, h_g, y2;
  };
  double before = 10.0;
  for (const Row& row :
       {Row{10, .8014, .8037, .262}, Row{20, .7375, .7402, .194}, Row{40, .6962, .7023, .152},
        Row{80, .6689, .6804, .127}, Row{160, .6509, .6679, .111}, Row{320, .6394, .6609, .102}}) {
    const OptimalBandwidth best = IsotropicTheory::typical(row.dim, 0.5 * row.dim).optimum(.5, 1.0);
    EXPECT_NEAR(best.bandwidth, row.h, 1e-3);
    EXPECT_NEAR(best.at.participation, row.y2, 1e-3);
    const double finite =
        finite_size_edge(LargeDeviations(isotropic()), row.dim, 0.5 * row.dim).condensation_bandwidth();
    EXPECT_NEAR(finite, row.h_g, 1e-4);
    EXPECT_LT(best.bandwidth, finite);
    EXPECT_LT(best.bandwidth, before);
    before = best.bandwidth;
  }
}

TEST(DistanceLaw, OfIsotropicDataIsNoncentralChiSquared) {
  const DistanceLaw law(LargeDeviations(isotropic(4.0), {3.0}), 12.0);
  const boost::math::non_central_chi_squared reference(12.0, 12.0 * 3.0 / 4.0);
  for (const double p : {1e-8, 1e-4, 0.1, 0.5, 0.9}) {
    EXPECT_NEAR(law.quantile(std::log(p)) / (2.0 * boost::math::quantile(reference, p)), 1.0, 1e-4) << p;
  }
}

// A spectrum split in two equal levels takes the saddlepoint path; the law is the isotropic one.
TEST(DistanceLaw, SaddlepointAgreesWithTheExactLaw) {
  const DistanceLaw exact(LargeDeviations(isotropic()), 20.0);
  const DistanceLaw approximate(LargeDeviations(two_level(1.0, 1.0)), 20.0);
  for (std::size_t i = 0; i < exact.values().size(); i += 100) {
    ASSERT_NEAR(approximate.values()[i], exact.values()[i], 1e-9 * exact.values()[i]);
    EXPECT_NEAR(approximate.log_masses()[i], exact.log_masses()[i], 1e-3);
  }
}

TEST(FiniteSize, IsSmoothBeyondWhatDoublesHold) {
  // n = e^1000 at d = 2000: close to the closed form of the condensed phase.
  const DistanceLaw law(LargeDeviations(isotropic()), 2000.0);
  const Edge edge = finite_size_edge(law.large_deviations(), 2000.0, 1000.0);
  const double h = std::sqrt(0.5 / edge.lambda);
  const FiniteSizeSum sum(law, 1000.0, h);
  EXPECT_NEAR(sum.mean_log_sum(), condensed_log_sum(edge, 2000.0, h), 0.05);
  EXPECT_NEAR(sum.participation(), 0.5, 0.01);
}

TEST(FiniteSize, ManyPointsGiveTheMean) {
  const DistanceLaw law(LargeDeviations(isotropic()), 5.0);
  const FiniteSizeSum sum(law, std::log(1e9), 1.0);
  EXPECT_NEAR(sum.mean_log_sum(), std::log(1e9) + law.log_mean_weight(1.0), 3e-4);
  EXPECT_NEAR(sum.log_sum_variance(), 0.0, 1e-3);
}

}  // namespace
}  // namespace reprise::kde
