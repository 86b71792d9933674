#include "workers/deep_probability/calibration_error.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/expects.hpp"
#include "workers/deep_probability/ranking.hpp"

namespace reprise::deep_probability {
namespace {

void expect_samples(std::span<const double> predicted, Labels labels) {
  expects(!predicted.empty(), "a reliability curve needs samples");
  expects(predicted.size() == labels.size(), "every prediction needs its outcome");
}

/// Number of ascending edges strictly below a prediction.
std::size_t edges_below(std::span<const double> edges, double predicted) {
  return static_cast<std::size_t>(std::ranges::lower_bound(edges, predicted) - edges.begin());
}

}  // namespace

std::vector<double> equal_width_edges(int bins) {
  expects(bins > 0, "there is at least one bin");
  std::vector<double> edges;
  for (int j = 1; j < bins; ++j) {
    edges.push_back(static_cast<double>(j) / bins);
  }
  return edges;
}

std::vector<double> quantile_edges(std::span<const double> predicted, int bins) {
  expects(!predicted.empty(), "quantiles need samples");
  expects(bins > 0, "there is at least one bin");
  std::vector<double> sorted(predicted.begin(), predicted.end());
  std::ranges::sort(sorted);
  std::vector<double> edges;
  for (std::size_t j = 1; j < static_cast<std::size_t>(bins); ++j) {
    // Places (n - 1) j / bins in whole numbers: where an edge is an order statistic, it is that one exactly.
    const std::size_t numerator = (sorted.size() - 1) * j;
    const std::size_t below = numerator / static_cast<std::size_t>(bins);
    const double fraction = static_cast<double>(numerator % static_cast<std::size_t>(bins)) / bins;
    const double above = sorted[std::min(below + 1, sorted.size() - 1)];
    edges.push_back(sorted[below] + fraction * (above - sorted[below]));
  }
  return edges;
}

std::vector<ReliabilityBin> reliability(std::span<const double> interior_edges,
                                        std::span<const double> predicted, Labels labels) {
  expect_samples(predicted, labels);
  std::vector<ReliabilityBin> bins(interior_edges.size() + 1);
  for (std::size_t i = 0; i < predicted.size(); ++i) {
    ReliabilityBin& bin = bins[edges_below(interior_edges, predicted[i])];
    bin.predicted += predicted[i];
    bin.observed += labels[i];
    ++bin.count;
  }
  std::erase_if(bins, [](const ReliabilityBin& bin) { return bin.count == 0; });
  for (ReliabilityBin& bin : bins) {
    bin.predicted /= static_cast<double>(bin.count);
    bin.observed /= static_cast<double>(bin.count);
  }
  return bins;
}

std::vector<ReliabilityBin> quantile_bins(std::span<const double> predicted, Labels labels, int bins) {
  expect_samples(predicted, labels);
  return reliability(quantile_edges(predicted, bins), predicted, labels);
}

std::vector<ReliabilityBin> equal_width_bins(std::span<const double> predicted, Labels labels, int bins) {
  return reliability(equal_width_edges(bins), predicted, labels);
}

int equal_width_bin(double predicted, int bins) {
  return static_cast<int>(edges_below(equal_width_edges(bins), predicted));
}

CalibrationError calibration_error(const std::vector<ReliabilityBin>& bins) {
  expects(!bins.empty(), "a calibration error needs bins");
  CalibrationError error;
  for (const ReliabilityBin& bin : bins) {
    const double gap = std::abs(bin.predicted - bin.observed);
    error.mean += gap / static_cast<double>(bins.size());
    error.largest = std::max(error.largest, gap);
  }
  return error;
}

double kolmogorov_smirnov_error(std::span<const double> predicted, Labels labels) {
  expect_samples(predicted, labels);
  double sum = 0.0;
  double largest = 0.0;
  for (const std::size_t i : ranking(predicted)) {
    sum += predicted[i] - labels[i];
    largest = std::max(largest, std::abs(sum));
  }
  return largest / static_cast<double>(predicted.size());
}

}  // namespace reprise::deep_probability
