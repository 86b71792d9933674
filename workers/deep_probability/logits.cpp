#include "workers/deep_probability/logits.hpp"

#include "kernels/expects.hpp"
#include "kernels/numerics/sigmoid.hpp"

namespace reprise::deep_probability {

LogitView::LogitView(std::span<const float> values, std::nullptr_t)
    : single_(values.data()), count_(values.size() / 2) {
  expects(values.size() % 2 == 0, "logits come in pairs");
}

LogitView::LogitView(std::span<const double> values, std::nullptr_t)
    : double_(values.data()), count_(values.size() / 2) {
  expects(values.size() % 2 == 0, "logits come in pairs");
}

std::vector<double> event_probabilities(LogitView logits) {
  std::vector<double> probability;
  probability.reserve(logits.count());
  for (std::size_t i = 0; i < logits.count(); ++i) {
    probability.push_back(sigmoid(logits.log_odds(i)));
  }
  return probability;
}

std::vector<double> hard_targets(Labels labels) {
  return {labels.begin(), labels.end()};
}

}  // namespace reprise::deep_probability
