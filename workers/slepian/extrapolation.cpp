#include "workers/slepian/extrapolation.hpp"

#include <Eigen/Dense>
#include <cmath>
#include <limits>

namespace reprise::slepian {

Estimate extrapolate(const Estimate& coarse, const Estimate& fine, double order) {
  const double power = std::exp2(order);
  return {(power * fine.value - coarse.value) / (power - 1.0),
          std::hypot(power * fine.standard_error, coarse.standard_error) / (power - 1.0)};
}

std::array<double, 3> extrapolation_weights(double order) {
  const double second = order == 2.0 ? 4.0 : 2.0 * order;
  Eigen::Matrix3d system;
  for (int k = 0; k < 3; ++k) {
    const double h = std::exp2(-k);
    system.row(k) << 1.0, std::pow(h, order), std::pow(h, second);
  }
  const Eigen::RowVector3d first = system.inverse().row(0);
  return {first[0], first[1], first[2]};
}

Estimate extrapolate(const std::array<Estimate, 3>& levels, double order) {
  const auto weights = extrapolation_weights(order);
  double value = 0.0, variance = 0.0;
  for (std::size_t k = 0; k < 3; ++k) {
    value += weights[k] * levels[k].value;
    variance += std::pow(weights[k] * levels[k].standard_error, 2);
  }
  return {value, std::sqrt(variance)};
}

double fitted_order(const std::array<Estimate, 3>& levels) {
  const double ratio = (levels[0].value - levels[1].value) / (levels[1].value - levels[2].value);
  return ratio > 0.0 ? std::log2(ratio) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace reprise::slepian
