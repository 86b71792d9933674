#include "workers/slepian/renewal.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "workers/slepian/exponent.hpp"
#include "workers/slepian/laplace_inversion.hpp"

namespace reprise::slepian {
namespace {

const std::vector<double> kTimes{1.0, 2.0, 5.0, 10.0, 20.0};

void expect_survival(const Model& model, double step, const std::vector<double>& expected, double tolerance) {
  const auto curve = interval_survival(*covariance_of(model), step, 20.0);
  for (std::size_t i = 0; i < kTimes.size(); ++i)
    EXPECT_NEAR(curve.at(kTimes[i]), expected[i], tolerance) << title(model) << " at " << kTimes[i];
}

// Acceptance values A9 to A13.
TEST(IntervalSurvival, ComesOutForTheLibrary) {
  expect_survival(random_acceleration(), 0.005,
                  {.7405308563, .5630096801, .2535117176, .0674879929, .0047839360}, 1e-8);
  expect_survival(diffusion(2), 0.005, {.9428067616, .8162197506, .4711901796, .1857033409, .0288480771},
                  1e-8);
  expect_survival(diffusion(1), 0.01, {.9569982474, .8609362425, .5875535957, .3189319730, .0956527463},
                  1e-7);
  expect_survival(gaussian(), 0.01, {.8789092641, .6014791845, .1722653358, .0220180631, .0003594766}, 1e-7);
  expect_survival(matern(2.5), 0.01, {.7398085174, .4654188925, .1069038777, .0092359718, .0000689374}, 1e-6);
}

TEST(IntervalSurvival, AgreesWithLaplaceInversion) {
  const auto diffusing = interval_survival(*covariance_of(diffusion(2)), 0.005, 20.0);
  const auto accelerated = interval_survival(*covariance_of(random_acceleration()), 0.005, 20.0);
  for (const double t : kTimes) {
    EXPECT_NEAR(invert_laplace([](auto s) { return survival_transform(s, diffusion_sign_transform(s)); }, t),
                diffusing.at(t), 1e-8);
    EXPECT_NEAR(
        invert_laplace([](auto s) { return survival_transform(s, acceleration_sign_transform(s)); }, t),
        accelerated.at(t), 1e-8);
  }
}

TEST(IntervalSurvival, DecaysWithItsExponentAndAmplitude) {
  for (const Model& model : {diffusion(2), random_acceleration(), matern(1.5), gaussian()}) {
    const auto covariance = covariance_of(model);
    const auto decay = persistency_exponent(*covariance);
    const double t = 8.0 * covariance->mean_interval();
    const auto curve = interval_survival(*covariance, 0.002 * covariance->mean_interval(), t);
    EXPECT_NEAR(curve.survival.back() * std::exp(decay->exponent * t), decay->amplitude, 1e-4)
        << title(model);
  }
}

TEST(IntervalSurvival, ConvergesForRoughCovariances) {
  const auto covariance = covariance_of(matern(1.25));
  const auto coarse = interval_survival(*covariance, 0.02, 4.0);
  const auto fine = interval_survival(*covariance, 0.005, 4.0);
  EXPECT_NEAR(coarse.at(2.0), fine.at(2.0), 2e-4);
}

TEST(SolveRenewal, CountsExponentialIntervals) {
  // T = X + B T', X exponential of mean 1: T is exponential of mean 2.
  constexpr double kStep = 0.01;
  std::vector<double> forcing, increment;
  for (int k = 0; k <= 1000; ++k) forcing.push_back(std::exp(-kStep * k));
  for (int k = 0; k < 1000; ++k)
    increment.push_back(forcing[static_cast<std::size_t>(k)] - forcing[static_cast<std::size_t>(k) + 1]);
  const auto survival = solve_renewal(forcing, increment, 0.5);
  for (const int k : {1, 10, 100, 1000})
    EXPECT_NEAR(survival[static_cast<std::size_t>(k)], std::exp(-0.5 * kStep * k), 1e-5);
}

TEST(SolveRenewal, BlocksAddUpToTheDirectSum) {
  constexpr std::size_t kSteps = 5000;
  std::vector<double> forcing(kSteps + 1), increment(kSteps);
  for (std::size_t k = 0; k <= kSteps; ++k) forcing[k] = std::cos(0.01 * static_cast<double>(k));
  for (std::size_t k = 0; k < kSteps; ++k)
    increment[k] = 1e-3 * std::sin(0.003 * static_cast<double>(k) + 1.0);
  const auto found = solve_renewal(forcing, increment, 0.8);
  // The equation, put down as it stands.
  for (const std::size_t k :
       {std::size_t{1}, std::size_t{1024}, std::size_t{1025}, std::size_t{3777}, kSteps}) {
    double sum = forcing[k];
    for (std::size_t j = 1; j <= k; ++j) sum += 0.4 * increment[j - 1] * (found[k - j] + found[k - j + 1]);
    EXPECT_NEAR(found[k], sum, 1e-12) << k;
  }
}

TEST(SolveRenewal, RefusesUnequalLengths) {
  EXPECT_THROW((void)solve_renewal(std::vector<double>(3), std::vector<double>(3), 0.5),
               std::invalid_argument);
}

}  // namespace
}  // namespace reprise::slepian
