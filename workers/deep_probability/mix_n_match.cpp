#include "workers/deep_probability/mix_n_match.hpp"

#include <Eigen/Core>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/expects.hpp"
#include "kernels/numerics/roots.hpp"
#include "workers/deep_probability/metrics.hpp"
#include "workers/deep_probability/temperature.hpp"

namespace reprise::deep_probability {
namespace {

constexpr double kLeastTemperature = 0.05;
constexpr double kLargestTemperature = 5.0;
constexpr int kScan = 48;

/// The squared error need not be convex in T: a scan finds the valley, Brent's method its floor.
double temperature_of_least_squares(LogitView logits, Labels labels) {
  const auto error = [&](double log_temperature) {
    return brier_score(Temperature{std::exp(log_temperature)}.apply(logits), labels);
  };
  const double low = std::log(kLeastTemperature);
  const double step = (std::log(kLargestTemperature) - low) / kScan;
  int best = 0;
  double least = std::numeric_limits<double>::infinity();
  for (int k = 0; k <= kScan; ++k) {
    if (const double here = error(low + k * step); here < least) {
      least = here;
      best = k;
    }
  }
  return std::exp(
      find_minimum(error, low + std::max(best - 1, 0) * step, low + std::min(best + 1, kScan) * step).first);
}

/// Least squares |columns w - y|^2 over the simplex: one of the seven sets of positive weights is the
/// optimum's, and there the problem is linear (Karush, Kuhn and Tucker).
std::array<double, 3> least_squares_on_simplex(const Eigen::MatrixXd& columns, const Eigen::VectorXd& y) {
  const Eigen::Matrix3d gram = columns.transpose() * columns;
  const Eigen::Vector3d right = columns.transpose() * y;
  std::array<double, 3> best{0.0, 1.0, 0.0};
  double least = std::numeric_limits<double>::infinity();
  for (unsigned set = 1; set < 8; ++set) {
    std::vector<Eigen::Index> members;
    for (Eigen::Index a = 0; a < 3; ++a) {
      if ((set >> static_cast<unsigned>(a) & 1U) != 0) {
        members.push_back(a);
      }
    }
    const auto size = static_cast<Eigen::Index>(members.size());
    Eigen::MatrixXd system = Eigen::MatrixXd::Ones(size + 1, size + 1);
    Eigen::VectorXd sides = Eigen::VectorXd::Ones(size + 1);
    system(size, size) = 0.0;
    system.topLeftCorner(size, size) = gram(members, members);
    sides.head(size) = right(members);
    // Equal columns (T = 1) leave a choice: the least weights.
    const Eigen::VectorXd solution = system.completeOrthogonalDecomposition().solve(sides);
    Eigen::Vector3d weight = Eigen::Vector3d::Zero();
    weight(members) = solution.head(size);
    if (weight.minCoeff() < 0.0) {
      continue;
    }
    const double error = (columns * weight - y).squaredNorm();
    if (error < least) {
      least = error;
      best = {weight[0], weight[1], weight[2]};
    }
  }
  return best;
}

}  // namespace

std::vector<double> MixNMatch::apply(LogitView logits) const {
  std::vector<double> mixed = Temperature{temperature}.apply(logits);
  const std::vector<double> plain = event_probabilities(logits);
  for (std::size_t i = 0; i < mixed.size(); ++i) {
    mixed[i] = weight[0] * mixed[i] + weight[1] * plain[i] + weight[2] * 0.5;
  }
  return mixed;
}

MixNMatch fit_mix_n_match(LogitView logits, Labels labels) {
  expects(logits.count() == labels.size(), "every sample has its label");
  MixNMatch fitted;
  fitted.temperature = temperature_of_least_squares(logits, labels);
  const auto count = static_cast<Eigen::Index>(labels.size());
  const std::vector<double> scaled = Temperature{fitted.temperature}.apply(logits);
  const std::vector<double> plain = event_probabilities(logits);
  const std::vector<double> observed = hard_targets(labels);
  Eigen::MatrixXd columns(count, 3);
  columns << Eigen::Map<const Eigen::VectorXd>(scaled.data(), count),
      Eigen::Map<const Eigen::VectorXd>(plain.data(), count), Eigen::VectorXd::Constant(count, 0.5);
  fitted.weight =
      least_squares_on_simplex(columns, Eigen::Map<const Eigen::VectorXd>(observed.data(), count));
  return fitted;
}

}  // namespace reprise::deep_probability
