#include <Eigen/Cholesky>
#include <array>
#include <boost/math/quadrature/gauss.hpp>
#include <cmath>
#include <cstdlib>

#include "kernels/expects.hpp"
#include "kernels/gaussian/state_space.hpp"

namespace reprise {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// e^-u sum_k (N u)^k / k!, the exponential of F u for F = N - 1 with N^(size of N) = 0.
MatrixXd nilpotent_exponential(const MatrixXd& nilpotent, double u) {
  MatrixXd sum = MatrixXd::Identity(nilpotent.rows(), nilpotent.rows());
  MatrixXd term = sum;
  for (Index k = 1; k < nilpotent.rows(); ++k) {
    term = (term * nilpotent * (u / static_cast<double>(k))).eval();
    sum += term;
  }
  return std::exp(-u) * sum;
}

/// The companion matrix of (s + 1)^(p+1), plus 1.
MatrixXd shifted_companion(int p) {
  const Index n = p + 1;
  MatrixXd result = MatrixXd::Identity(n, n);
  result.diagonal(1).setOnes();
  double binomial = 1.0;
  for (Index j = 0; j < n; ++j) {  // s^(p+1) = -sum_j binomial(p + 1, j) s^j
    result(n - 1, j) -= binomial;
    binomial *= static_cast<double>(n - j) / static_cast<double>(j + 1);
  }
  return result;
}

/// E w^(2m), m = 0..p, over the spectral density (1 + w^2)^-(p+1): the variance of X^(m) / lambda^m.
std::vector<double> spectral_moments(int p) {
  std::vector<double> moment{1.0};
  for (int m = 0; m < p; ++m) {
    moment.push_back(moment.back() * (m + 0.5) / (p - 0.5 - m));
  }
  return moment;
}

MatrixXd factor(const MatrixXd& covariance) {
  const Eigen::LLT<MatrixXd> cholesky(covariance);
  expects(cholesky.info() == Eigen::Success, "the covariance of a state is positive definite");
  return cholesky.matrixL();
}

}  // namespace

StateSpaceModel random_acceleration(double step) {
  expects(step > 0.0, "a step is positive");
  const double root3 = std::sqrt(3.0);
  const double decay = std::exp(-0.5 * step);
  const double growth = std::expm1(step);  // of physical time from 1
  StateSpaceModel model{step, MatrixXd(2, 2), MatrixXd(2, 2), MatrixXd(2, 2), VectorXd(2), VectorXd(2)};
  model.transition << decay * decay * decay, root3 * decay * decay * decay * growth, 0.0, decay;
  // The innovation in physical x and x' has the covariance [D^3/3, D^2/2; D^2/2, D] with D = growth.
  const double velocity = decay * std::sqrt(growth);
  model.innovation << decay * decay * velocity * growth, 0.0, 0.5 * root3 * velocity, 0.5 * velocity;
  model.stationary << 1.0, 0.0, 0.5 * root3, 0.5;
  model.output << 1.0, 0.0;
  model.output_derivative << -1.5, root3;
  return model;
}

StateSpaceModel matern(int p, double length, double step) {
  expects(p >= 1 && p <= 5, "a Matern process in state space has smoothness p + 1/2, p in 1..5");
  expects(length > 0.0 && step > 0.0, "a range and a step are positive");
  const double lambda = std::sqrt(2.0 * p + 1.0) / length;
  const double u = lambda * step;
  expects(u <= 10.0, "a Matern process steps by 10 / lambda at most");
  const Index n = p + 1;
  const MatrixXd nilpotent = shifted_companion(p);

  // White noise of intensity q lambda drives the last component, q = 2^(2p+1) (p!)^2 / (2p)!.
  double intensity = 2.0;
  for (int k = 1; k <= p; ++k) {
    intensity *= 4.0 * k * k / ((2.0 * k - 1.0) * (2.0 * k));
  }
  using Rule = boost::math::quadrature::gauss<double, 16>;
  MatrixXd covariance = MatrixXd::Zero(n, n);
  const auto add = [&](double node, double weight) {
    const VectorXd response = nilpotent_exponential(nilpotent, 0.5 * u * (1.0 + node)).col(n - 1);
    covariance += 0.5 * u * weight * intensity * response * response.transpose();
  };
  for (std::size_t i = 0; i < Rule::abscissa().size(); ++i) {  // the positive half of an even rule
    add(Rule::abscissa()[i], Rule::weights()[i]);
    add(-Rule::abscissa()[i], Rule::weights()[i]);
  }

  const std::vector<double> moment = spectral_moments(p);
  MatrixXd stationary = MatrixXd::Zero(n, n);
  for (Index i = 0; i < n; ++i) {
    for (Index j = i % 2; j < n; j += 2) {
      const double sign = std::abs(i - j) % 4 == 0 ? 1.0 : -1.0;
      stationary(i, j) = sign * moment.at(static_cast<std::size_t>((i + j) / 2));
    }
  }
  return {step,
          nilpotent_exponential(nilpotent, u),
          factor(covariance),
          factor(stationary),
          VectorXd::Unit(n, 0),
          lambda * VectorXd::Unit(n, 1)};
}

}  // namespace reprise
