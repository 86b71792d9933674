#include "workers/slepian/exact_acceleration.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "kernels/numerics/gauss_legendre.hpp"

namespace reprise::slepian {
namespace {

constexpr double kFromLog = -6.0, kToLog = 60.0, kLogStep = 0.01;
constexpr double kTailConstant = 0.2903655;  // p ~ kTailConstant tau^(-5/4)

}  // namespace

double return_density(double tau) {
  constexpr int kNodes = 200;
  constexpr double kWidth = 4.5;
  static const QuadratureRule rule = gauss_legendre(kNodes);
  // exp(-2 (1 - c + c^2)/tau) has its peak at c = 1/2.
  const double low = std::max(0.0, 0.5 - kWidth * std::sqrt(tau));
  const double high = 0.5 + kWidth * std::sqrt(tau);
  double sum = 0.0;
  for (std::size_t i = 0; i < rule.node.size(); ++i) {
    const double c = low + (high - low) * rule.node[i];
    sum += rule.weight[i] * c * std::exp(-2.0 * (1.0 - c + c * c) / tau) * std::erf(std::sqrt(6.0 * c / tau));
  }
  return (high - low) * sum * std::numbers::sqrt3 / (std::numbers::pi * tau * tau);
}

ExactAcceleration::ExactAcceleration() {
  const int steps = static_cast<int>(std::lround((kToLog - kFromLog) / kLogStep));
  for (int i = 0; i <= steps; ++i) {
    const double tau = std::exp(kFromLog + kLogStep * i);
    const double end = i == 0 || i == steps ? 0.5 : 1.0;
    time_.push_back(tau);
    weight_.push_back(end * kLogStep * tau * return_density(tau));
  }
}

template <class Function>
double ExactAcceleration::expectation(const Function& g) const {
  double sum = 0.0;
  for (std::size_t i = 0; i < time_.size(); ++i) sum += weight_[i] * g(time_[i]);
  return sum;
}

double ExactAcceleration::survival(double t) const {
  // Started with speed V the return takes V^2 tau, and V^2/2 is exponential: what is left of it after e^t
  // - 1.
  const double rate = 2.0 * std::expm1(t);
  const double beyond = 4.0 * kTailConstant * std::exp(-0.25 * kToLog);
  return expectation([rate](double tau) { return std::exp(-rate / tau); }) + beyond;
}

double ExactAcceleration::density(double t) const {
  const double rate = 2.0 * std::expm1(t), growth = 2.0 * std::exp(t);
  return expectation([=](double tau) { return growth / tau * std::exp(-rate / tau); });
}

}  // namespace reprise::slepian
