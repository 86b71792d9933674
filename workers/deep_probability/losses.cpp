#include "workers/deep_probability/losses.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/expects.hpp"
#include "kernels/numerics/sigmoid.hpp"

namespace reprise::deep_probability {
namespace {

/// What one sample adds: its loss and the derivative by its log-odds l_1 - l_0. Losses here depend on nothing
/// else, so that the derivatives by the two logits are opposite.
struct Term {
  double loss;
  double slope;
};

/// Mean of term(log-odds, target) over the batch.
template <class Loss>
LossValue mean_over_batch(LogitView logits, std::span<const double> target, const Loss& loss) {
  expects(logits.count() > 0, "a loss needs samples");
  expects(logits.count() == target.size(), "every sample has its target");
  const auto count = static_cast<double>(target.size());
  LossValue total;
  total.gradient.reserve(2 * target.size());
  for (std::size_t i = 0; i < target.size(); ++i) {
    const Term term = loss(logits.log_odds(i), target[i]);
    total.value += term.loss;
    total.gradient.push_back(-term.slope / count);
    total.gradient.push_back(term.slope / count);
  }
  total.value /= count;
  return total;
}

/// log p = -softplus(-d), log(1 - p) = -softplus(d).
Term cross_entropy_term(double log_odds, double target) {
  expects(target >= 0.0 && target <= 1.0, "a target is a probability");
  return {target * softplus(-log_odds) + (1.0 - target) * softplus(log_odds), sigmoid(log_odds) - target};
}

}  // namespace

LossValue cross_entropy(LogitView logits, std::span<const double> target) {
  return mean_over_batch(logits, target, cross_entropy_term);
}

LossValue smoothed_cross_entropy(LogitView logits, std::span<const double> target, double smoothing) {
  expects(smoothing >= 0.0 && smoothing <= 1.0, "smoothing lies in [0, 1]");
  return mean_over_batch(logits, target, [smoothing](double log_odds, double t) {
    return cross_entropy_term(log_odds, (1.0 - smoothing) * t + 0.5 * smoothing);
  });
}

LossValue focal_loss(LogitView logits, std::span<const double> outcome, double focus) {
  expects(focus >= 0.0, "a focal loss has a focus of 0 (cross-entropy) or more");
  return mean_over_batch(logits, outcome, [focus](double log_odds, double y) {
    expects(y == 0.0 || y == 1.0, "an outcome is 0 or 1");
    const double side = y == 1.0 ? 1.0 : -1.0;
    const double seen = side * log_odds;  // log-odds of the outcome
    const double log_p = -softplus(-seen);
    const double p = sigmoid(seen);
    const double other = sigmoid(-seen);
    const double power = std::pow(other, focus);
    // d/d seen of -other^focus log p, with d p/d seen = p other: no division by a vanishing p.
    return Term{-power * log_p, side * (focus * power * p * log_p - power * other)};
  });
}

LossValue confidence_penalty(LogitView logits, std::span<const double> target, double strength) {
  return mean_over_batch(logits, target, [strength](double log_odds, double t) {
    const Term fit = cross_entropy_term(log_odds, t);
    const double p = sigmoid(log_odds);
    const double other = sigmoid(-log_odds);
    // H = p softplus(-d) + (1 - p) softplus(d), dH/dd = -d p (1 - p)
    const double entropy = p * softplus(-log_odds) + other * softplus(log_odds);
    return Term{fit.loss - strength * entropy, fit.slope + strength * log_odds * p * other};
  });
}

}  // namespace reprise::deep_probability
