#include "workers/deep_probability/linear_population.hpp"

#include <cmath>
#include <numbers>

#include "kernels/expects.hpp"
#include "kernels/numerics/gauss_hermite.hpp"
#include "kernels/numerics/sigmoid.hpp"

namespace reprise::deep_probability {
namespace {

double square(double x) {
  return x * x;
}

double normal_cdf(double x) {
  return 0.5 * std::erfc(-x / std::numbers::sqrt2);
}

void expect_alignment(double alignment) {
  expects(alignment >= -1.0 && alignment <= 1.0, "an alignment lies in [-1, 1]");
}

}  // namespace

LinearPopulation::LinearPopulation(double signal, int nodes) : signal_(signal), rule_(gauss_hermite(nodes)) {
  for (const double node : rule_.node) {
    truth_.push_back(sigmoid(signal * node));
  }
}

double LinearPopulation::slope() const {
  double sum = 0.0;
  for (std::size_t i = 0; i < truth_.size(); ++i) {
    sum += rule_.weight[i] * truth_[i] * (1.0 - truth_[i]);
  }
  return sum;
}

double LinearPopulation::variance() const {
  double sum = 0.0;
  for (std::size_t i = 0; i < truth_.size(); ++i) {
    sum += rule_.weight[i] * square(truth_[i] - 0.5);
  }
  return sum;
}

template <class Function>
double LinearPopulation::average(double alignment, const Function& f) const {
  expect_alignment(alignment);
  const double across = std::sqrt(1.0 - square(alignment));
  double sum = 0.0;
  for (std::size_t i = 0; i < truth_.size(); ++i) {
    double inner = 0.0;
    for (std::size_t j = 0; j < truth_.size(); ++j) {
      inner += rule_.weight[j] * f(alignment * rule_.node[i] + across * rule_.node[j], truth_[i]);
    }
    sum += rule_.weight[i] * inner;
  }
  return sum;
}

double LinearPopulation::squared_error(double norm, double alignment) const {
  expects(norm >= 0.0, "a norm is not negative");
  return average(alignment, [norm](double v, double truth) { return square(sigmoid(norm * v) - truth); });
}

double LinearPopulation::squared_error_of_certainty(double alignment) const {
  expect_alignment(alignment);
  const double ratio = alignment / std::sqrt(1.0 - square(alignment));  // infinite at 1; no node is at 0
  double sum = 0.5;
  for (std::size_t i = 0; i < truth_.size(); ++i) {
    sum += rule_.weight[i] * (square(truth_[i]) - 2.0 * truth_[i] * normal_cdf(ratio * rule_.node[i]));
  }
  return sum;
}

double LinearPopulation::cross_entropy(double norm, double alignment) const {
  expects(norm >= 0.0, "a norm is not negative");
  return average(alignment, [norm](double v, double truth) {
    return truth * softplus(-norm * v) + (1.0 - truth) * softplus(norm * v);
  });
}

double LinearPopulation::first_alignment(double dimensions_per_sample) const {
  expects(dimensions_per_sample > 0.0, "there are dimensions and samples");
  const double along = square(slope() * signal_);
  return std::sqrt(along / (along + 0.25 * dimensions_per_sample));
}

}  // namespace reprise::deep_probability
