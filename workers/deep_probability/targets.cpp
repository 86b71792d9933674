#include "workers/deep_probability/targets.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/expects.hpp"
#include "kernels/statistics/isotonic.hpp"
#include "workers/deep_probability/ranking.hpp"

namespace reprise::deep_probability {
namespace {

void expect_pairs(std::span<const double> predicted, Labels labels) {
  expects(predicted.size() == labels.size(), "every prediction has its label");
  expects(std::ranges::none_of(predicted, [](double p) { return std::isnan(p); }), "predictions are numbers");
}

}  // namespace

std::vector<double> bin_targets(std::span<const double> predicted, Labels labels, int bins) {
  expect_pairs(predicted, labels);
  expects(bins > 0, "there is at least one bin");
  const std::vector<std::size_t> order = ranking(predicted);
  const auto all = static_cast<std::size_t>(bins);
  std::vector<double> targets(labels.size());
  for (std::size_t b = 0; b < all; ++b) {
    const std::size_t first = b * order.size() / all;
    const std::size_t end = (b + 1) * order.size() / all;
    double events = 0.0;
    for (std::size_t place = first; place < end; ++place) {
      events += labels[order[place]];
    }
    for (std::size_t place = first; place < end; ++place) {
      targets[order[place]] = events / static_cast<double>(end - first);
    }
  }
  return targets;
}

std::vector<double> kernel_targets(std::span<const double> predicted, Labels labels, double bandwidth,
                                   int window) {
  expect_pairs(predicted, labels);
  expects(bandwidth > 0.0, "a bandwidth is above 0");
  expects(window > 0, "a window reaches one place at least");
  const std::vector<std::size_t> order = ranking(predicted);
  const auto reach = static_cast<std::size_t>(window);
  std::vector<double> targets(labels.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    const double centre = predicted[order[i]];
    double events = 0.0;
    double weights = 0.0;  // >= 1, the sample's own
    for (std::size_t j = i - std::min(i, reach); j < std::min(i + reach, order.size()); ++j) {
      const double distance = (predicted[order[j]] - centre) / bandwidth;
      const double weight = std::exp(-0.5 * distance * distance);
      events += weight * labels[order[j]];
      weights += weight;
    }
    targets[order[i]] = events / weights;
  }
  return targets;
}

std::vector<double> isotonic_targets(std::span<const double> predicted, Labels labels) {
  expect_pairs(predicted, labels);
  const std::vector<std::size_t> order = ranking(predicted);
  std::vector<double> share;  // of events among samples of one prediction
  std::vector<double> count;
  for (std::size_t place = 0; place < order.size(); ++place) {
    if (place == 0 || predicted[order[place]] != predicted[order[place - 1]]) {
      share.push_back(0.0);
      count.push_back(0.0);
    }
    share.back() += labels[order[place]];
    count.back() += 1.0;
  }
  for (std::size_t k = 0; k < share.size(); ++k) {
    share[k] /= count[k];
  }
  const std::vector<double> fitted = isotonic_regression(share, count);
  std::vector<double> targets(labels.size());
  std::size_t place = 0;
  for (std::size_t k = 0; k < fitted.size(); ++k) {
    for (double member = 0.0; member < count[k]; member += 1.0) {
      targets[order[place++]] = fitted[k];
    }
  }
  return targets;
}

}  // namespace reprise::deep_probability
