#include "kernels/quantise/output_score.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>

#include "kernels/expects.hpp"

namespace reprise::nn {
namespace {

using Row = Eigen::Map<const Eigen::ArrayXf>;

constexpr double kLeastNorms = 1e-8;  // of two rows, multiplied

double cosine(const Row& a, const Row& b) {
  const auto x = a.cast<double>();
  const auto y = b.cast<double>();
  const double norms = std::sqrt(x.square().sum() * y.square().sum());
  return (x * y).sum() / std::max(norms, kLeastNorms);
}

double weighted_error(const Row& a, const Row& b, const Row& weight) {
  return (weight.cast<double>() * (a.cast<double>() - b.cast<double>())).square().mean();
}

}  // namespace

std::vector<double> output_scores(OutputMetric metric, const ScoredOutputs& wanted,
                                  std::span<const float> got) {
  const auto& [outputs, gradient, grouping, width] = wanted;
  expects(got.size() == outputs.size(), "an approximation has as many outputs as there are");
  expects(metric == OutputMetric::cosine || gradient.size() == outputs.size(),
          "each output that is scored by the gradient has one");
  expects(grouping.groups >= 1 && grouping.inner >= 1, "a grouping has at least one group of one element");
  expects(width >= 1 && static_cast<std::int64_t>(outputs.size()) % width == 0 &&
              (grouping.groups == 1 || grouping.inner % width == 0),
          "outputs are whole rows, each of one group");
  std::vector<double> sums(static_cast<std::size_t>(grouping.groups));
  const auto count = static_cast<std::int64_t>(outputs.size());
  for (std::int64_t first = 0; first < count; first += width) {
    const Row a(outputs.data() + first, width);
    const Row b(got.data() + first, width);
    const double score = metric == OutputMetric::cosine
                             ? cosine(a, b)
                             : -weighted_error(a, b, Row(gradient.data() + first, width));
    sums[static_cast<std::size_t>(first / grouping.inner % grouping.groups)] += score;
  }
  return sums;
}

}  // namespace reprise::nn
