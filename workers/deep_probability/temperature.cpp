#include "workers/deep_probability/temperature.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/expects.hpp"
#include "kernels/numerics/sigmoid.hpp"

namespace reprise::deep_probability {
namespace {

constexpr double kLeastInverse = 1e-3;
constexpr double kStop = 1e-12;
constexpr int kMostSteps = 200;

}  // namespace

std::vector<double> Temperature::apply(LogitView logits) const {
  std::vector<double> probability;
  probability.reserve(logits.count());
  for (std::size_t i = 0; i < logits.count(); ++i) {
    probability.push_back(sigmoid(logits.log_odds(i) / temperature));
  }
  return probability;
}

Temperature fit_temperature(LogitView logits, Labels labels) {
  expects(!labels.empty(), "a temperature needs samples");
  expects(logits.count() == labels.size(), "every sample has its label");
  const auto count = static_cast<double>(labels.size());
  double inverse = 1.0;
  for (int iteration = 0; iteration < kMostSteps; ++iteration) {
    double slope = 0.0;
    double curvature = 0.0;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const double log_odds = logits.log_odds(i);
      const double p = sigmoid(inverse * log_odds);
      slope += (p - labels[i]) * log_odds / count;
      curvature += p * (1.0 - p) * log_odds * log_odds / count;
    }
    const double longest = 0.5 * std::max(inverse, 0.1);
    const double step = std::clamp(-slope / (curvature + kStop), -longest, longest);
    const double next = std::max(inverse + step, kLeastInverse);
    const bool still = std::abs(next - inverse) < kStop;
    inverse = next;
    if (still) {
      break;
    }
  }
  return {1.0 / inverse};
}

}  // namespace reprise::deep_probability
