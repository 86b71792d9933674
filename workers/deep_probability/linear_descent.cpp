#include "workers/deep_probability/linear_descent.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/expects.hpp"
#include "kernels/numerics/sigmoid.hpp"
#include "kernels/random/hash_rng.hpp"

namespace reprise::deep_probability {
namespace {

constexpr Eigen::Index kRows = 64;  ///< of a block that stays in cache between its two products
constexpr double kNear = 0.1;

LinearFit fit_at(std::int32_t step, const Eigen::VectorXd& theta, const Eigen::VectorXd& log_odds,
                 const Eigen::VectorXd& y) {
  LinearFit fit{step, theta.norm(), theta[0] / theta.norm()};
  for (Eigen::Index i = 0; i < y.size(); ++i) {
    const double wrong_by = y[i] == 1.0 ? -log_odds[i] : log_odds[i];  // log-odds of the other outcome
    fit.cross_entropy += softplus(wrong_by);
    fit.memorised += sigmoid(wrong_by) < kNear ? 1.0 : 0.0;
  }
  fit.cross_entropy /= static_cast<double>(y.size());
  fit.memorised /= static_cast<double>(y.size());
  return fit;
}

}  // namespace

LinearData draw_linear_data(std::uint64_t seed, int samples, int dimensions, double signal) {
  expects(samples > 0 && dimensions > 0, "there are samples and dimensions");
  LinearData data{{samples, dimensions}, Eigen::VectorXd(samples)};
  const HashRng coordinates(seed, 300);
  const HashRng outcomes(seed, 301);
  std::uint64_t j = 0;
  for (Eigen::Index i = 0; i < samples; ++i) {
    for (Eigen::Index a = 0; a < dimensions; ++a) {
      data.x(i, a) = coordinates.normal(j++);
    }
    data.y[i] = outcomes.uniform(static_cast<std::uint64_t>(i)) < sigmoid(signal * data.x(i, 0)) ? 1.0 : 0.0;
  }
  return data;
}

std::vector<LinearFit> descend(const LinearData& data, double rate, std::span<const std::int32_t> record) {
  expects(rate > 0.0, "a learning rate is above 0");
  expects(std::ranges::is_sorted(record, std::ranges::less_equal{}) && (record.empty() || record.front() > 0),
          "recorded steps ascend from 1 on");
  std::vector<LinearFit> fits;
  const Eigen::Index samples = data.x.rows();
  Eigen::VectorXd theta = Eigen::VectorXd::Zero(data.x.cols());
  Eigen::VectorXd gradient(data.x.cols());
  Eigen::VectorXd log_odds(samples);
  for (std::int32_t step = 0; fits.size() < record.size(); ++step) {
    // One pass over X: the predictions after this many steps, and the gradient of the next one.
    gradient.setZero();
    for (Eigen::Index first = 0; first < samples; first += kRows) {
      const Eigen::Index rows = std::min(kRows, samples - first);
      const auto block = data.x.middleRows(first, rows);
      auto block_log_odds = log_odds.segment(first, rows);
      block_log_odds.noalias() = block * theta;
      const Eigen::VectorXd residual =
          (1.0 + (-block_log_odds.array()).exp()).inverse().matrix() - data.y.segment(first, rows);
      gradient.noalias() += block.transpose() * residual;
    }
    if (step == record[fits.size()]) {
      fits.push_back(fit_at(step, theta, log_odds, data.y));
    }
    theta -= rate / static_cast<double>(samples) * gradient;
  }
  return fits;
}

double descent_rate(double dimensions_per_sample) {
  const double edge = 1.0 + std::sqrt(dimensions_per_sample);
  return 4.0 / (edge * edge);
}

}  // namespace reprise::deep_probability
