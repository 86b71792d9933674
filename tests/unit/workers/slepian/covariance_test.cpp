#include "workers/slepian/covariance.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "workers/slepian/exponent.hpp"

namespace reprise::slepian {
namespace {

std::vector<Model> library() {
  return {diffusion(1),
          diffusion(2),
          diffusion(3),
          diffusion(20),
          random_acceleration(),
          matern(1.25),
          matern(1.5),
          matern(2.0, 0.7),
          matern(2.5),
          matern(3.5, 2.0),
          shifted_matern(0.5, 0.5),
          shifted_matern(0.5, 2.0),
          shifted_matern(1.5, 0.25),
          shifted_matern(1.75, 0.8, ShiftReading::spectral),
          shifted_matern(2.5, 0.8, ShiftReading::lag_average),
          gaussian(),
          cauchy(1.0),
          wendland(),
          gaussian_mixture(0.5, 1.0, 0.1),
          gaussian_cosine(2.0),
          damped_oscillator(0.3),
          sinc()};
}

TEST(Covariance, IsOneAtZeroAndLeavesItWithItsSecondMoment) {
  for (const Model& model : library()) {
    const auto covariance = covariance_of(model);
    EXPECT_NEAR(covariance->value(0.0), 1.0, 1e-15) << title(model);
    EXPECT_NEAR(covariance->slope(0.0), 0.0, 1e-15) << title(model);
    EXPECT_NEAR(covariance->curvature(0.0), -covariance->second_moment(), 1e-10 * covariance->second_moment())
        << title(model);
  }
}

TEST(Covariance, SlopeAndCurvatureAreDerivatives) {
  constexpr double kStep = 1e-4;
  for (const Model& model : library()) {
    const auto covariance = covariance_of(model);
    for (const double unit : {0.1, 0.3, 0.77, 1.9}) {
      const double t = unit / std::sqrt(covariance->second_moment());
      const auto difference = [&](auto function) {
        return (8.0 * (function(t + kStep) - function(t - kStep)) -
                (function(t + 2 * kStep) - function(t - 2 * kStep))) /
               (12.0 * kStep);
      };
      EXPECT_NEAR(covariance->slope(t), difference([&](double s) { return covariance->value(s); }), 1e-9)
          << title(model) << " at " << t;
      EXPECT_NEAR(covariance->curvature(t), difference([&](double s) { return covariance->slope(s); }), 1e-8)
          << title(model) << " at " << t;
      if (covariance->slope(t) < 0.0) {
        EXPECT_NEAR(std::exp(covariance->log_descent(t)), -covariance->slope(t),
                    1e-12 * -covariance->slope(t))
            << title(model);
      }
    }
  }
}

TEST(Covariance, OneMinusLosesNothingToCancellation) {
  for (const Model& model : library()) {
    const auto covariance = covariance_of(model);
    // Where nothing cancels, both ways agree; near 0 it behaves like lambda_2 t^2/2.
    const double far = 0.499999 / std::sqrt(covariance->second_moment());
    EXPECT_NEAR(covariance->one_minus(far), 1.0 - covariance->value(far), 2e-15) << title(model);
    const double near = 1e-7;
    const double parabola = 0.5 * covariance->second_moment() * near * near;
    EXPECT_NEAR(covariance->one_minus(near) / parabola, 1.0, covariance->smoothness() < 1.5 ? 2e-3 : 1e-6)
        << title(model);
  }
}

void expect_signs(const Model& model, const std::vector<double>& times, const std::vector<double>& expected,
                  double tolerance) {
  const auto covariance = covariance_of(model);
  for (std::size_t i = 0; i < times.size(); ++i) {
    EXPECT_NEAR(covariance->expected_sign(times[i]), expected[i], tolerance)
        << title(model) << " " << times[i];
    EXPECT_NEAR(std::exp(covariance->log_expected_sign(times[i])), expected[i], tolerance) << title(model);
  }
}

// Acceptance values A1 to A5.
TEST(Covariance, ExpectedSignsOfTheSlepianProcess) {
  const std::vector<double> times{0.1, 1.0, 3.0, 10.0};
  expect_signs(random_acceleration(), times, {.936492211904, .551230524519, .194450315128, .005835266386},
               1e-11);
  expect_signs(diffusion(2), times, {.998751300761, .886818883970, .425096034942, .013475282221}, 1e-11);
  expect_signs(diffusion(1), {1.0, 10.0}, {.914676614147, .082634331401}, 1e-11);
  expect_signs(diffusion(3), {1.0, 10.0}, {.859294432081, .001915638388}, 1e-11);
  expect_signs(gaussian(), {0.01, 1.0, 3.0}, {.9999750001042, .7628739783669, .0333290462437}, 1e-11);
  expect_signs(matern(1.5), {0.01, 1.0}, {.9885519295, .3500439696}, 1e-9);
  expect_signs(matern(2.5), {0.01, 1.0}, {.9998362736, .5242424915}, 1e-9);
  expect_signs(matern(1.25), {0.01, 1.0}, {.9255271376, .2572224941}, 1e-9);
}

TEST(Covariance, LogExpectedSignGoesOnBeyondUnderflow) {
  EXPECT_NEAR(covariance_of(diffusion(2))->log_expected_sign(4000.0), std::log(2.0) - 2000.0, 1e-9);
  EXPECT_NEAR(covariance_of(random_acceleration())->log_expected_sign(4000.0), 0.5 * std::log(0.75) - 2000.0,
              1e-9);
  const auto rough = covariance_of(matern(1.5));  // E0 ~ sqrt(3) t e^(-sqrt(3) t)
  EXPECT_NEAR(rough->log_expected_sign(1000.0),
              std::log(1000.0 * std::numbers::sqrt3) - 1000.0 * std::numbers::sqrt3, 1e-6);
}

// Acceptance value A6.
TEST(Covariance, ExpectedSignsIntegrateToHalfTheMeanInterval) {
  for (const Model& model : library()) {
    const auto covariance = covariance_of(model);
    if (std::isnan(covariance->decay()) || covariance->decay() == 0.0) continue;
    EXPECT_NEAR(divisor_moments(*covariance).mean / (0.5 * covariance->mean_interval()), 1.0, 1e-7)
        << title(model);
  }
}

TEST(Covariance, RefusesParametersOutOfRange) {
  EXPECT_THROW((void)covariance_of(matern(1.0)), std::invalid_argument);
  EXPECT_THROW((void)covariance_of(diffusion(0.0)), std::invalid_argument);
  EXPECT_THROW((void)covariance_of(damped_oscillator(1.0)), std::invalid_argument);
  EXPECT_THROW((void)covariance_of(gaussian_mixture(1.5, 1.0, 2.0)), std::invalid_argument);
  EXPECT_THROW((void)covariance_of(shifted_matern(0.5, 1.0, ShiftReading::spectral)), std::invalid_argument);
}

}  // namespace
}  // namespace reprise::slepian
