#include "workers/deep_probability/memorisation_alarm.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/expects.hpp"
#include "kernels/statistics/moments.hpp"

namespace reprise::deep_probability {
namespace {

constexpr double kAgreement = 0.1;
constexpr double kCheckDeviations = 5.0;

struct Fit {
  Estimate brier;
  double agreeing = 0.0;
};

Fit fit_of(std::span<const double> predicted, Labels labels) {
  expects(predicted.size() == labels.size() && predicted.size() > 1, "every prediction has its label");
  Fit fit;
  std::vector<double> squares;
  for (std::size_t i = 0; i < predicted.size(); ++i) {
    const double gap = predicted[i] - labels[i];
    squares.push_back(gap * gap);
    fit.agreeing += std::abs(gap) < kAgreement ? 1.0 : 0.0;
  }
  fit.brier = mean_with_error(squares);
  fit.agreeing /= static_cast<double>(predicted.size());
  return fit;
}

}  // namespace

MemorisationSigns memorisation_signs(std::span<const double> training, Labels training_labels,
                                     std::span<const double> validation, Labels validation_labels) {
  const auto seen = fit_of(training, training_labels);
  const auto unseen = fit_of(validation, validation_labels);
  return {unseen.brier.value - seen.brier.value,
          std::hypot(unseen.brier.standard_error, seen.brier.standard_error), seen.agreeing, unseen.agreeing};
}

std::int32_t alarm_epoch(std::span<const double> gap, std::span<const double> gap_error) {
  expects(gap.size() == gap_error.size(), "every gap has its standard error");
  for (std::size_t epoch = 0; epoch < gap.size(); ++epoch)
    if (gap[epoch] > kAlarmErrors * gap_error[epoch]) return static_cast<std::int32_t>(epoch);
  return -1;
}

std::int32_t true_alarm_epoch(std::span<const double> self_check) {
  const auto found = std::ranges::find_if(self_check, [](double z) { return z < -kCheckDeviations; });
  return found == self_check.end() ? -1 : static_cast<std::int32_t>(found - self_check.begin());
}

}  // namespace reprise::deep_probability
