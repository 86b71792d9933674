#include "kernels/gaussian/state_space.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "covariances.hpp"
#include "kernels/statistics/moments.hpp"

namespace reprise {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

MatrixXd square(const MatrixXd& factor) {
  return factor * factor.transpose();
}

std::vector<StateSpaceModel> models(double step) {
  return {random_acceleration(step), matern(1, 1.3, step), matern(2, 0.7, step), matern(3, 1.0, step),
          matern(5, 2.0, step)};
}

TEST(StateSpace, StaysStationary) {
  for (const double step : {1e-3, 0.01, 0.2, 1.5}) {
    for (const auto& model : models(step)) {
      const MatrixXd now = square(model.stationary);
      const MatrixXd next = model.transition * now * model.transition.transpose() + square(model.innovation);
      EXPECT_LT((next - now).cwiseAbs().maxCoeff(), 1e-12 * now.cwiseAbs().maxCoeff()) << step;
    }
  }
}

TEST(StateSpace, HasTheCovariances) {
  const double step = 0.3;
  const auto expect = [&](const StateSpaceModel& model, const auto& covariance) {
    VectorXd with_output = square(model.stationary) * model.output;
    for (int k = 0; k < 12; ++k) {
      EXPECT_NEAR(model.output.dot(with_output), covariance(k * step), 1e-13) << k;
      with_output = model.transition * with_output;
    }
  };
  expect(random_acceleration(step), random_acceleration_covariance);
  expect(matern(1, 1.3, step), [](double t) { return matern_covariance(1, 1.3, t); });
  expect(matern(2, 0.7, step), [](double t) { return matern_covariance(2, 0.7, t); });
  expect(matern(3, 1.0, step), [](double t) { return matern_covariance(3, 1.0, t); });
}

TEST(StateSpace, MaternOfOneAndAHalfInClosedForm) {
  const double step = 0.05;
  const double lambda = std::sqrt(3.0) / 1.3;
  const double u = lambda * step;
  const StateSpaceModel model = matern(1, 1.3, step);
  MatrixXd transition(2, 2);  // of X, X' / lambda
  transition << 1 + u, u, -u, 1 - u;
  transition *= std::exp(-u);
  EXPECT_LT((model.transition - transition).cwiseAbs().maxCoeff(), 1e-15);
  // 4 times the integral of (s, 1 - s)(s, 1 - s)^T e^(-2 s) over [0, u], by series where differences cancel.
  const auto moment = [u](int n) {
    double sum = 0.0;
    double term = std::pow(u, n + 1);
    for (int k = 0; k < 30; ++k) {
      sum += term / (n + 1 + k);
      term *= -2 * u / (k + 1);
    }
    return 4 * sum;
  };
  MatrixXd covariance(2, 2);
  covariance << moment(2), moment(1) - moment(2), moment(1) - moment(2),
      moment(0) - 2 * moment(1) + moment(2);
  const MatrixXd relative = (square(model.innovation) - covariance).cwiseQuotient(covariance.cwiseAbs());
  EXPECT_LT(relative.cwiseAbs().maxCoeff(), 1e-13);
  EXPECT_LT((square(model.stationary) - MatrixXd::Identity(2, 2)).cwiseAbs().maxCoeff(), 1e-15);
  EXPECT_NEAR(model.output_derivative(1), lambda, 1e-15);
}

TEST(StateSpace, MaternOfTwoAndAHalfInClosedForm) {
  const double step = 0.4;
  const double u = std::sqrt(5.0) / 0.7 * step;
  MatrixXd transition(3, 3);                              // e^-u of 1 + N u + N^2 u^2 / 2
  transition << 1 + u + u * u / 2, u + u * u, u * u / 2,  //
      -u * u / 2, 1 + u - u * u, u - u * u / 2,           //
      -u + u * u / 2, -3 * u + u * u, 1 - 2 * u + u * u / 2;
  transition *= std::exp(-u);
  const StateSpaceModel model = matern(2, 0.7, step);
  EXPECT_LT((model.transition - transition).cwiseAbs().maxCoeff(), 1e-14);
  MatrixXd stationary(3, 3);
  stationary << 1, 0, -1.0 / 3, 0, 1.0 / 3, 0, -1.0 / 3, 0, 1;
  EXPECT_LT((square(model.stationary) - stationary).cwiseAbs().maxCoeff(), 1e-14);
}

// Statistical: four standard errors, each wrong once in 16,000 seeds.
TEST(StateSpace, PathsHaveTheCovariances) {
  constexpr double kStep = 0.2;
  constexpr std::size_t kPaths = 512;
  constexpr std::size_t kSteps = 400;
  std::uint64_t seed = 0;
  for (const auto& model : models(kStep)) {
    StateSpacePaths paths(model, random_key(11, ++seed), kPaths);
    std::vector<double> rows((kSteps + 1) * kPaths);
    std::vector<double> slopes(rows.size());
    paths.advance(rows, slopes);
    VectorXd with_output = square(model.stationary) * model.output;
    for (std::size_t lag = 0; lag < 6; ++lag) {
      RunningMoments products;
      RunningMoments with_slopes;
      for (std::size_t path = 0; path < kPaths; ++path) {
        double sum = 0.0;
        double slope_sum = 0.0;
        for (std::size_t i = 0; i + lag <= kSteps; ++i) {
          sum += rows[i * kPaths + path] * rows[(i + lag) * kPaths + path];
          slope_sum += rows[i * kPaths + path] * slopes[(i + lag) * kPaths + path];
        }
        products.add(sum / static_cast<double>(kSteps + 1 - lag));
        with_slopes.add(slope_sum / static_cast<double>(kSteps + 1 - lag));
      }
      EXPECT_LT(std::abs(products.mean() - model.output.dot(with_output)), 4 * products.standard_error())
          << seed << ", lag " << lag;
      EXPECT_LT(std::abs(with_slopes.mean() - model.output_derivative.dot(with_output)),
                4 * with_slopes.standard_error())
          << seed << ", lag " << lag;
      with_output = model.transition * with_output;
    }
  }
}

TEST(StateSpace, CutsOfStepsChangeNothing) {
  constexpr std::size_t kPaths = 48;
  constexpr std::size_t kSteps = 700;  // longer than a tile of normals
  StateSpacePaths whole(matern(2, 1.0, 0.1), random_key(1), kPaths);
  std::vector<double> rows((kSteps + 1) * kPaths);
  whole.advance(rows);
  StateSpacePaths pieces(matern(2, 1.0, 0.1), random_key(1), kPaths);
  for (std::size_t at = 0; at < kSteps;) {
    const std::size_t steps = std::min<std::size_t>(at % 150 + 1, kSteps - at);
    std::vector<double> piece((steps + 1) * kPaths);
    pieces.advance(piece);
    ASSERT_TRUE(std::equal(piece.begin(), piece.end(), rows.begin() + static_cast<long>(at * kPaths))) << at;
    at += steps;
  }
}

TEST(StateSpace, RefusesWhatItCannotDo) {
  EXPECT_THROW((void)matern(0, 1.0, 0.1), std::invalid_argument);
  EXPECT_THROW((void)matern(6, 1.0, 0.1), std::invalid_argument);
  EXPECT_THROW((void)matern(1, 1.0, 100.0), std::invalid_argument);
  EXPECT_THROW((void)random_acceleration(0.0), std::invalid_argument);
  EXPECT_THROW(StateSpacePaths(random_acceleration(0.1), random_key(1), 20), std::invalid_argument);
  StateSpacePaths paths(random_acceleration(0.1), random_key(1), 16);
  std::vector<double> rows(24);
  EXPECT_THROW(paths.advance(rows), std::invalid_argument);
}

}  // namespace
}  // namespace reprise
