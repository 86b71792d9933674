#include "workers/deep_probability/calibration_kernel_loss.hpp"

#include <cmath>

#include "kernels/expects.hpp"
#include "kernels/numerics/sigmoid.hpp"

namespace reprise::deep_probability {
namespace {

constexpr double kWidth = 0.4;
constexpr double kCountFloor = 1e-5;
constexpr double kSquareFloor = 1e-10;

/// A sample's prediction: the outcome it favours, its confidence there, and whether it came so.
struct Prediction {
  bool event;
  bool correct;
  double confidence;  ///< r
  double doubt;       ///< 1 - r, exact where r rounds to 1
  double signed_gap;  ///< s: 1 - r when correct, -r when wrong
};

std::vector<Prediction> predictions(LogitView logits, std::span<const double> outcome) {
  std::vector<Prediction> all;
  all.reserve(outcome.size());
  for (std::size_t i = 0; i < outcome.size(); ++i) {
    expects(outcome[i] == 0.0 || outcome[i] == 1.0, "an outcome is 0 or 1");
    const double log_odds = logits.log_odds(i);
    const bool event = log_odds > 0.0;  // a tie favours no event
    const bool correct = event == (outcome[i] == 1.0);
    const double r = sigmoid(std::abs(log_odds));
    const double doubt = sigmoid(-std::abs(log_odds));
    all.push_back({event, correct, r, doubt, correct ? doubt : -r});
  }
  return all;
}

/// alpha: the weight of a pair of samples.
class PairWeight {
 public:
  PairWeight(const std::vector<Prediction>& all, PairWeights weights) {
    for (const Prediction& one : all) {
      (one.correct ? correct_ : wrong_) += 1.0;
    }
    const auto weight = [weights](double pairs) {
      return weights == PairWeights::official ? 1.0 / (pairs * (pairs + kCountFloor)) : 1.0 / pairs;
    };
    both_correct_ = weight(correct_ * correct_);
    both_wrong_ = weight(wrong_ * wrong_);
    mixed_ = weight(correct_ * wrong_);
  }

  [[nodiscard]] bool has_pairs() const { return correct_ > 0.0 && wrong_ > 0.0; }
  [[nodiscard]] double operator()(const Prediction& a, const Prediction& b) const {
    if (a.correct != b.correct) {
      return mixed_;
    }
    return a.correct ? both_correct_ : both_wrong_;
  }

 private:
  double correct_ = 0.0;
  double wrong_ = 0.0;
  double both_correct_ = 0.0;
  double both_wrong_ = 0.0;
  double mixed_ = 0.0;
};

double sign(double x) {
  return x > 0.0 ? 1.0 : (x < 0.0 ? -1.0 : 0.0);
}

}  // namespace

LossValue kernel_calibration_penalty(LogitView logits, std::span<const double> outcome, PairWeights weights) {
  expects(logits.count() > 0, "a loss needs samples");
  expects(logits.count() == outcome.size(), "every sample has its outcome");
  const std::vector<Prediction> all = predictions(logits, outcome);
  LossValue penalty{0.0, std::vector<double>(2 * all.size())};
  const PairWeight weight(all, weights);
  if (!weight.has_pairs()) {
    return penalty;
  }
  double square = 0.0;  // S = sum_ij alpha_ij s_i s_j K_ij: the signs of s make the mixed terms -2 A_CI
  std::vector<double> slope(all.size());  // dS/dr
  for (std::size_t k = 0; k < all.size(); ++k) {
    const Prediction& one = all[k];
    for (const Prediction& other : all) {
      // Confidences near 1 differ by the difference of their doubts.
      const double ahead = other.doubt - one.doubt;
      const double pair = weight(one, other) * std::exp(-std::abs(ahead) / kWidth) * other.signed_gap;
      square += pair * one.signed_gap;
      slope[k] += 2.0 * pair * (-1.0 - one.signed_gap * sign(ahead) / kWidth);
    }
  }
  penalty.value = std::sqrt(square + kSquareFloor);
  for (std::size_t k = 0; k < all.size(); ++k) {
    const double by_confidence = slope[k] / (2.0 * penalty.value);
    const double by_favoured = by_confidence * all[k].confidence * all[k].doubt;
    penalty.gradient[2 * k + 1] = all[k].event ? by_favoured : -by_favoured;
    penalty.gradient[2 * k] = -penalty.gradient[2 * k + 1];
  }
  return penalty;
}

LossValue kernel_calibration_loss(LogitView logits, std::span<const double> outcome, double strength,
                                  PairWeights weights) {
  LossValue loss = cross_entropy(logits, outcome);
  const LossValue penalty = kernel_calibration_penalty(logits, outcome, weights);
  loss.value += strength * penalty.value;
  for (std::size_t i = 0; i < loss.gradient.size(); ++i) {
    loss.gradient[i] += strength * penalty.gradient[i];
  }
  return loss;
}

}  // namespace reprise::deep_probability
