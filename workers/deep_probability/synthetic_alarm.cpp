#include <fmt/format.h>

#include <algorithm>

#include "workers/common/presentation.hpp"
#include "workers/deep_probability/memorisation_alarm.hpp"
#include "workers/deep_probability/synthetic_results.hpp"

namespace reprise::deep_probability {
namespace {

/// Trainings by cross-entropy in one scenario that were watched.
std::vector<const Curve*> watched(const SyntheticResults& results, std::size_t s) {
  std::vector<const Curve*> all;
  const auto* const ce = results.find_curve("ce");
  for (std::size_t seed = 0; ce != nullptr && seed < ce->curves[s].size(); ++seed)
    if (ce->curves[s][seed] && !ce->curves[s][seed]->brier_gap.empty()) all.push_back(&*ce->curves[s][seed]);
  return all;
}

bool any_watched(const SyntheticResults& results) {
  for (std::size_t s = 0; s < results.scenarios.size(); ++s)
    if (!watched(results, s).empty()) return true;
  return false;
}

/// The epoch whose network is kept when training stops at `alarm`: the one before; the last without an alarm.
std::size_t kept(std::int32_t alarm, std::size_t epochs) {
  if (alarm < 0) return epochs - 1;
  return static_cast<std::size_t>(std::max(0, alarm - 1));
}

}  // namespace

Table alarm_table(const SyntheticResults& results) {
  if (!any_watched(results)) return {};
  std::vector<std::string> scenarios;
  std::vector<std::string> rung;
  std::vector<std::string> truly;
  std::vector<Estimate> best_epoch;
  std::vector<Estimate> alarm;
  std::vector<Estimate> true_alarm;
  std::vector<Estimate> at_best;
  std::vector<Estimate> at_alarm;
  std::vector<Estimate> at_last;
  for (std::size_t s = 0; s < results.scenarios.size(); ++s) {
    std::vector<double> best_epochs;
    std::vector<double> alarms;
    std::vector<double> true_alarms;
    std::vector<double> error_best;
    std::vector<double> error_alarm;
    std::vector<double> error_last;
    const auto curves = watched(results, s);
    for (const auto* const curve : curves) {
      const auto least = std::ranges::min_element(curve->validation_loss) - curve->validation_loss.begin();
      const auto rings = alarm_epoch(curve->brier_gap, curve->brier_gap_error);
      const auto should = true_alarm_epoch(curve->self_check);
      best_epochs.push_back(static_cast<double>(least) + 1);
      if (rings >= 0) alarms.push_back(rings + 1);
      if (should >= 0) true_alarms.push_back(should + 1);
      const auto& error = curve->squared_error;
      error_best.push_back(error[static_cast<std::size_t>(least)]);
      error_alarm.push_back(error[kept(rings, error.size())]);
      error_last.push_back(error.back());
    }
    scenarios.push_back(title(results.scenarios[s]));
    rung.push_back(fmt::format("{} of {}", alarms.size(), curves.size()));
    truly.push_back(fmt::format("{} of {}", true_alarms.size(), curves.size()));
    best_epoch.push_back(mean_of(best_epochs));
    alarm.push_back(mean_of(alarms));
    true_alarm.push_back(mean_of(true_alarms));
    at_best.push_back(mean_of(error_best));
    at_alarm.push_back(mean_of(error_alarm));
    at_last.push_back(mean_of(error_last));
  }
  return {
      "alarm",
      "Memorisation told without the truth",
      fmt::format(
          "Cross-entropy, epochs from 1, means over the seeds in which there is one. Alarm: the Brier score "
          "of the validation images is above that of the training images by more than {:g} standard "
          "errors. Self-check: what the true probabilities tell of the training images, below -5. MSE_p of "
          "the validation images, times 100, at the epoch of the least validation log-loss, at the one "
          "before the alarm, and at the last.",
          kAlarmErrors),
      {parameter("scenario", "scenario", scenarios), parameter("rung", "alarms", rung),
       measured("alarm", "alarm at epoch", "", alarm), parameter("true_alarms", "self-checks", truly),
       measured("true_alarm", "self-check at epoch", "", true_alarm),
       measured("best", "least log-loss at epoch", "", best_epoch),
       measured("at_best", "MSE_p there", "1e-2", scaled(at_best, 0.01)),
       measured("at_alarm", "MSE_p before the alarm", "1e-2", scaled(at_alarm, 0.01)),
       measured("at_last", "MSE_p at the end", "1e-2", scaled(at_last, 0.01))}};
}

Figure alarm_figure(const SyntheticResults& results) {
  Figure figure{
      "alarm",
      "Signs of memorisation",
      "Cross-entropy. Left: the Brier score of the validation images less that of the training images, "
      "one line a seed, and the mean of three standard errors of it. Right: the share of images whose "
      "outcome is predicted within 0.1, mean over seeds.",
      {},
      2};
  for (std::size_t s = 0; s < results.scenarios.size(); ++s) {
    const auto curves = watched(results, s);
    if (curves.empty()) continue;
    const auto epochs = curves.front()->brier_gap.size();
    std::vector<double> x;
    std::vector<double> limit(epochs, 0.0);
    std::vector<double> training(epochs, 0.0);
    std::vector<double> validation(epochs, 0.0);
    for (std::size_t e = 0; e < epochs; ++e) x.push_back(static_cast<double>(e) + 1);
    Panel gaps{title(results.scenarios[s]), {"epoch"}, {"Brier gap"}, {}};
    for (const auto* const curve : curves) {
      for (std::size_t e = 0; e < epochs; ++e) {
        const auto count = static_cast<double>(curves.size());
        limit[e] += kAlarmErrors * curve->brier_gap_error[e] / count;
        training[e] += curve->memorised[e] / count;
        validation[e] += curve->validation_memorised[e] / count;
      }
      gaps.series.push_back(
          reprise::curve(curve == curves.front() ? "gap, a seed" : "", x, curve->brier_gap, 0));
    }
    gaps.series.push_back(reprise::curve("alarm", x, limit, 1, SeriesStyle::dashed));
    figure.panels.push_back(std::move(gaps));
    Panel share{title(results.scenarios[s]), {"epoch"}, {"|p - y| < 0.1"}, {}};
    share.series.push_back(reprise::curve("training images", x, training, 2));
    share.series.push_back(reprise::curve("validation images", x, validation, 3, SeriesStyle::dashed));
    figure.panels.push_back(std::move(share));
  }
  return figure;
}

}  // namespace reprise::deep_probability
