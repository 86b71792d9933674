#include "workers/deep_probability/synthetic_results.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "workers/common/presentation.hpp"

namespace reprise::deep_probability {

const MethodScores* SyntheticResults::find(std::string_view id) const {
  const auto found = std::ranges::find(methods, id, &MethodScores::id);
  return found == methods.end() ? nullptr : &*found;
}

const MethodScores* SyntheticResults::matched_control(bool last) const {
  const auto* const matched = find(last ? "control_matched_last" : "control_matched");
  return matched != nullptr ? matched : find(last ? "control_last" : "control");  // there is one rate only
}

const MethodCurve* SyntheticResults::find_curve(std::string_view id) const {
  const auto found = std::ranges::find(curves, id, &MethodCurve::id);
  return found == curves.end() ? nullptr : &*found;
}

Estimate SyntheticResults::mean(const MethodScores& method, std::size_t scenario, Metric metric) const {
  std::vector<double> values;
  for (const auto& scores : method.scores[scenario])
    if (scores) values.push_back((*scores).*metric);
  return mean_of(values);
}

Estimate SyntheticResults::difference(const MethodScores& a, const MethodScores& b, std::size_t scenario,
                                      Metric metric) const {
  std::vector<double> values;
  for (std::size_t seed = 0; seed < a.scores[scenario].size(); ++seed) {
    const auto& x = a.scores[scenario][seed];
    const auto& y = b.scores[scenario][seed];
    if (x && y) values.push_back((*x).*metric - (*y).*metric);
  }
  return mean_of(values);
}

std::size_t SyntheticResults::pairs(const MethodScores& a, const MethodScores& b,
                                    std::size_t scenario) const {
  std::size_t count = 0;
  for (std::size_t seed = 0; seed < a.scores[scenario].size(); ++seed)
    count += a.scores[scenario][seed] && b.scores[scenario][seed] ? 1U : 0U;
  return count;
}

std::vector<Emphasis> SyntheticResults::emphasis(std::size_t scenario, Metric metric, double sign) const {
  const MethodScores* best = nullptr;
  const auto value = [&](const MethodScores& method) { return sign * mean(method, scenario, metric).value; };
  for (const auto& method : methods)
    if (method.competes() && std::isfinite(value(method)) &&
        (best == nullptr || value(method) < value(*best)))
      best = &method;
  std::vector<Emphasis> all;
  for (const auto& method : methods) {
    auto& one = all.emplace_back(Emphasis::none);
    if (best == nullptr || !method.competes()) continue;
    const auto behind = difference(method, *best, scenario, metric);
    if (&method == best) {
      one = Emphasis::best;
    } else if (sign * behind.value <= 2 * behind.standard_error) {
      one = Emphasis::tied;
    }
  }
  return all;
}

std::string title(Scenario scenario) {
  std::string name(name_of(scenario));
  name[0] = static_cast<char>(name[0] - 'a' + 'A');
  return name;
}

}  // namespace reprise::deep_probability
