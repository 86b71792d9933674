#include "workers/kde/thresholds.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

#include "workers/kde/radial_kernel.hpp"
#include "workers/kde/reference_bandwidths.hpp"

namespace reprise::kde {
namespace {

void expect_relative(double value, double reference, double tolerance) {
  EXPECT_NEAR(value, reference, tolerance * std::abs(reference) + 6e-11);  // the tables have ten decimals
}

struct IsotropicRow {
  double alpha, lambda, h_g, h_clt, r, h_kl, kl_min, kl_g, h_c, h_2;
};

// 8.1
TEST(Edge, MatchesTableOfIsotropicThresholds) {
  const std::vector<IsotropicRow> table{
      {0.10, 0.5321836196, 1.3707847002, 1.9385823141, 1.0786326570, 1.0385724130, 0.1378470903, 0.2023986656,
       2.1252424723, 1.6155923352},
      {0.25, 1.1154249342, 0.9468470398, 1.3390439252, 0.6961808188, 0.8343745075, 0.0689270724, 0.0836510024,
       1.2415692017, 1.1113046274},
      {0.50, 2.3513172022, 0.6521453312, 0.9222727720, 0.3874268113, 0.6224361905, 0.0258858389, 0.0279938216,
       0.7628739784, 0.7627569738},
      {0.75, 4.2310952287, 0.4861537051, 0.6875251632, 0.2277084443, 0.4771880597, 0.0101553893, 0.0104976167,
       0.5359262233, 0.5676392551},
      {1.00, 7.2221415611, 0.3721062817, 0.5262377502, 0.1364149238, 0.3693439100, 0.0039729363, 0.0040281834,
       0.3956231069, 0.4341092593},
      {2.00, 54.5715295772, 0.1353682881, 0.1914396689, 0.0183186397, 0.1353463692, 0.0000819117,
       0.0000819379, 0.1365919484, 0.1578181944}};
  for (const IsotropicRow& row : table) {
    const Thresholds t = thresholds(isotropic(), row.alpha);
    expect_relative(t.edge.lambda, row.lambda, 1e-8);
    expect_relative(t.h_condensation, row.h_g, 1e-8);
    expect_relative(t.h_central_limit, row.h_clt, 1e-8);
    expect_relative(t.edge.nearest_scale, row.r, 1e-8);
    expect_relative(t.h_divergence, row.h_kl, 1e-8);
    expect_relative(t.least_divergence, row.kl_min, 1e-8);
    expect_relative(t.divergence_at_condensation, row.kl_g, 1e-8);
    expect_relative(t.h_memorisation, row.h_c, 1e-8);
    expect_relative(t.h_second_moment, row.h_2, 1e-8);
  }
}

// 8.2
TEST(Edge, MatchesTableOfSpectra) {
  struct Row {
    Spectrum spectrum;
    double alpha, lambda, h_g, r, kl_min, tolerance;
  };
  const std::vector<Row> table{
      {two_level(4.0, 0.25), .25, 0.5700242703, 1.324504159, 1.0007988554, 0.2503992682, 1e-8},
      {two_level(4.0, 0.25), .50, 1.5764434693, 0.7964541859, 0.4652056169, 0.1173621079, 1e-8},
      {two_level(4.0, 0.25), 1.0, 6.5412355294, 0.3909940122, 0.1417662861, 0.0232122750, 1e-8},
      {power_law(20, 1.0), .25, 1.3556744413, 0.8588598402, 0.5086767609, 0.1127059066, 1e-8},
      {power_law(20, 1.0), .50, 3.2058892311, 0.5585033001, 0.2691216206, 0.0443812221, 1e-8},
      {power_law(20, 1.0), 1.0, 10.5893620678, 0.3073017979, 0.0919525388, 0.0074358034, 1e-8},
      {marchenko_pastur(0.5), .50, 2.7861477801, 0.5990980775, 0.3038401619, 0.0577996602, 1e-6}};
  for (const Row& row : table) {
    const Thresholds t = thresholds(row.spectrum, row.alpha);
    expect_relative(t.edge.lambda, row.lambda, row.tolerance);
    expect_relative(t.h_condensation, row.h_g, row.tolerance);
    expect_relative(t.edge.nearest_scale, row.r, row.tolerance);
    expect_relative(t.least_divergence, row.kl_min, row.tolerance);
  }
}

// 8.3
TEST(FiniteSizeEdge, MatchesTable) {
  struct Row {
    double dim, points, finite, asymptotic;
  };
  const LargeDeviations law(isotropic());
  for (const Row& row : {Row{10, 1e4, 4.26520043, 6.11924822}, Row{15, 1e5, 3.32979089, 4.39782134},
                         Row{20, 1e5, 2.22572611, 2.83460966}, Row{20, 1e6, 2.94513296, 3.70622420}}) {
    EXPECT_NEAR(finite_size_edge(law, row.dim, std::log(row.points)).lambda, row.finite, 6e-9);
    EXPECT_NEAR(asymptotic_edge(law, std::log(row.points) / row.dim).lambda, row.asymptotic, 6e-9);
  }
  const LargeDeviations skew(power_law(20, 1.0));
  EXPECT_NEAR(finite_size_edge(skew, 20, std::log(1e5)).lambda, 3.03929209, 6e-9);
  const Thresholds t = thresholds(power_law(20, 1.0), std::log(1e5) / 20.0);
  EXPECT_NEAR(t.edge.lambda, 3.93970469, 6e-9);
  EXPECT_NEAR(t.edge.nearest_scale, .22652907, 6e-9);
  EXPECT_NEAR(t.index_at_optimum, .89245765, 6e-9);
}

// 8.4
TEST(FluctuationExponent, MatchesTableAndVanishesAtCondensation) {
  const LargeDeviations law(isotropic());
  const Edge edge = asymptotic_edge(law, 0.5);
  const double h_g = edge.condensation_bandwidth();
  const std::vector<std::pair<double, double>> table{
      {1.1, .00655703}, {1.2, .02217913}, {1.3, .04268495}, {std::sqrt(2.0), .06889059},
      {1.6, .10741664}, {2.0, .1631365},  {3.0, .22126404}};
  for (const auto& [multiple, kappa] : table) {
    EXPECT_NEAR(fluctuation_exponent(law, 0.5, edge, multiple * h_g), kappa, 1e-7);
  }
  EXPECT_NEAR(fluctuation_exponent(law, 0.5, edge, h_g), 0.0, 1e-12);
}

// 8.6
TEST(ExactMoments, MatchReference) {
  const LargeDeviations law(spectrum_of({1.0, 1.0, 1.0}), {1.0, 0.5, 2.0});
  EXPECT_NEAR(log_mean_density(law, 3.0, 0.7), -4.529476423845, 1e-11);
  EXPECT_NEAR(relative_variance(law, 3.0, 1000.0, 0.7), 5.304728608297e-3, 1e-14);
}

TEST(LargeDeviations, AreDerivativesOfOneAnother) {
  const LargeDeviations law(power_law(7, 0.5), {0.3, 2.0, 0.1, 0.0, 1.0, 0.7, 0.2});
  for (const double lambda : {0.1, 1.0, 10.0}) {
    const double e = 1e-5 * lambda;
    EXPECT_NEAR((law.log_moment(lambda - e) - law.log_moment(lambda + e)) / (2.0 * e), law.energy(lambda),
                1e-8);
    EXPECT_NEAR((law.energy(lambda - e) - law.energy(lambda + e)) / (2.0 * e), law.energy_variance(lambda),
                1e-8);
    EXPECT_NEAR(law.entropy(lambda), law.log_moment(lambda) + lambda * law.energy(lambda), 1e-13);
  }
}

TEST(LargeDeviations, CoordinatesWithoutVarianceContributeNothing) {
  const LargeDeviations law(spectrum_of({1.0, 0.0}), {0.5, 0.0});
  const LargeDeviations half(isotropic(), {0.5});
  EXPECT_NEAR(law.entropy(2.0), 0.5 * half.entropy(2.0), 1e-15);
  EXPECT_THROW(LargeDeviations(spectrum_of({1.0, 0.0}), {0.5, 0.1}), std::invalid_argument);
}

TEST(TypicalLogDensity, HasNoKinkAtCondensation) {
  const LargeDeviations law(power_law(20, 1.0));
  const Edge edge = asymptotic_edge(law, 0.5);
  const double h = edge.condensation_bandwidth();
  const auto phi = [&](double bandwidth) { return typical_log_density(law, 0.5, edge, bandwidth); };
  EXPECT_NEAR(phi(h * (1.0 - 1e-12)), phi(h), 1e-10);
  EXPECT_NEAR((phi(h) - phi(h * (1.0 - 1e-5))) / (phi(h * (1.0 + 1e-5)) - phi(h)), 1.0, 1e-3);
}

TEST(TypicalDivergence, IsLeastInTheCondensedPhaseForEverySpectrum) {
  for (const Spectrum& spectrum :
       {isotropic(2.0), two_level(4.0, 0.25), power_law(50, 2.0), marchenko_pastur(0.5)}) {
    for (const double alpha : {0.05, 0.5, 2.5}) {
      const LargeDeviations law(spectrum);
      const Thresholds t = thresholds(spectrum, alpha);
      EXPECT_LT(t.h_divergence, t.h_condensation);
      EXPECT_LT(t.h_condensation, t.h_second_moment);
      EXPECT_LT(t.h_second_moment, t.h_central_limit);
      EXPECT_GT(t.h_memorisation, t.h_condensation);
      for (const double shift : {0.9, 1.1}) {
        EXPECT_GT(divergence(law, alpha, t.edge, shift * t.h_divergence), t.least_divergence);
      }
      EXPECT_NEAR(divergence(law, alpha, t.edge, t.h_divergence), t.least_divergence, 1e-10);
    }
  }
}

TEST(Edge, IsFoundForSmallAndLargeLoads) {
  for (const double alpha : {1e-3, 50.0}) {
    const LargeDeviations law(isotropic());
    EXPECT_NEAR(law.entropy(asymptotic_edge(law, alpha).lambda), -alpha, 1e-12 * (1.0 + alpha));
  }
  EXPECT_THROW((void)asymptotic_edge(LargeDeviations(isotropic()), 0.0), std::invalid_argument);
}

// 8.13
TEST(RadialKernel, HasTheThresholdsOfItsTable) {
  const Edge edge = asymptotic_edge(LargeDeviations(isotropic()), 0.5);
  const RadialKernel exponential{KernelShape::exponential};
  EXPECT_NEAR(exponential.bandwidth_at_index(edge, 1.0).value(), .683273, 1e-6);
  EXPECT_NEAR(exponential.bandwidth_at_index(edge, 2.0).value(), 1.366545, 1e-6);
  const RadialKernel student{KernelShape::student, 4.0};
  EXPECT_NEAR(student.bandwidth_at_index(edge, 1.0).value(), .659363, 1e-6);
  EXPECT_NEAR(student.bandwidth_at_index(edge, 2.0).value(), .983045, 1e-6);
  EXPECT_FALSE((RadialKernel{KernelShape::student, 0.1}.bandwidth_at_index(edge, 0.5)).has_value());
  for (const RadialKernel& kernel : {exponential, student, RadialKernel{}}) {
    EXPECT_NEAR(kernel.stable_index(edge, kernel.bandwidth_at_index(edge, 1.3).value()), 1.3, 1e-12);
  }
}

// In one dimension all kernels integrate to one on a line.
TEST(RadialKernel, IntegratesToOne) {
  for (const KernelShape shape :
       {KernelShape::gaussian, KernelShape::exponential, KernelShape::student, KernelShape::top_hat}) {
    const RadialKernel kernel{shape, 4.0};
    double sum = 0.0;
    constexpr double kStep = 1e-3;
    for (double z = -60.0 + kStep / 2; z < 60.0; z += kStep) {
      sum += kStep * std::exp(kernel.log_normalisation(1.0) + kernel.log_weight(0.5 * z * z, 1.0, 1.0));
    }
    EXPECT_NEAR(sum, 1.0, 1e-5) << to_string(shape);
  }
}

// 8.13
TEST(LeastSquaresBandwidth, MatchesReference) {
  EXPECT_NEAR(least_squares_bandwidth_limit(1.0, 0.5), .67142, 5e-6);
  EXPECT_NEAR(least_squares_bandwidth_limit(1.0, 1.0), .38100, 5e-6);
  EXPECT_NEAR(least_squares_bandwidth(1.0, 5.0, 10.0), .7726, 5e-4);
  EXPECT_NEAR(least_squares_bandwidth(1.0, 10.0, 10.0), .4909, 5e-4);
  EXPECT_NEAR(least_squares_bandwidth(1.0, 100.0, 200.0), .6754, 5e-4);
  EXPECT_NEAR(least_squares_bandwidth(1.0, 200.0, 200.0), .3850, 5e-4);
}

TEST(LeastSquaresBandwidth, IsSilvermansForManyPointsInOneDimension) {
  EXPECT_NEAR(least_squares_bandwidth(1.0, std::log(1e9), 1.0) / silverman_bandwidth(1.0, 1e9, 1.0), 1.0,
              1e-3);
}

TEST(CollapseTime, GoesWithMemorisation) {
  // At t_C the data scaled by e^-t meet h_C^2 = 1 - e^-2t.
  const double t = collapse_time(1.0, 0.5);
  const double h = memorisation_bandwidth(isotropic(std::exp(-2.0 * t)), 0.5);
  EXPECT_NEAR(h * h, -std::expm1(-2.0 * t), 1e-12);
}

}  // namespace
}  // namespace reprise::kde
