#include "workers/mptq_vit/greedy.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>

#include "kernels/expects.hpp"
#include "kernels/random/distributions.hpp"

namespace reprise::mptq_vit {
namespace {

/// A descent from the greatest bits on: what may be lowered, what the steps so far have freed.
class Descent {
 public:
  explicit Descent(const GreedyProblem& problem) : problem_(problem) {
    expects(problem.least >= 1 && problem.least <= problem.most && problem.most <= 8, "bits are 1 to 8");
    expects(problem.weight_budget >= problem.least && problem.activation_budget >= problem.least,
            "budgets are not below the least bits");
    path_.bits.assign(problem.units.size(), static_cast<std::uint8_t>(problem.most));
    for (const auto& unit : problem.units) of_class(unit).elements += unit.elements;
    for (const auto& unit : problem.units) of_class(unit).spent += unit.elements * problem.most;
  }

  [[nodiscard]] bool eligible(std::size_t u) const {
    const auto& unit = problem_.units[u];
    const auto& own = unit.activation ? activations_ : weights_;
    const double budget = unit.activation ? problem_.activation_budget : problem_.weight_budget;
    return path_.bits[u] > problem_.least && own.spent > budget * own.elements * (1 + 1e-12);
  }
  [[nodiscard]] std::vector<std::size_t> eligible() const {
    std::vector<std::size_t> all;
    for (std::size_t u = 0; u < problem_.units.size(); ++u)
      if (eligible(u)) all.push_back(u);
    return all;
  }

  /// The metric of lowering a unit.
  [[nodiscard]] double metric(std::size_t u, double before, double after) const {
    const auto& unit = problem_.units[u];
    return (after - before) / (unit.elements / (unit.activation ? activations_ : weights_).elements);
  }

  void lower(std::size_t u, double metric) {
    const auto& unit = problem_.units[u];
    --path_.bits[u];
    of_class(unit).spent -= unit.elements;
    path_.steps.push_back({u, path_.bits[u], metric, weights_.mean(), activations_.mean()});
  }

  [[nodiscard]] const Allocation& bits() const { return path_.bits; }
  GreedyPath take() { return std::move(path_); }

 private:
  struct Class {
    double elements = 0;
    double spent = 0;  ///< elements times bits
    [[nodiscard]] double mean() const { return elements > 0 ? spent / elements : 0; }
  };
  Class& of_class(const GreedyProblem::Unit& unit) { return unit.activation ? activations_ : weights_; }

  const GreedyProblem& problem_;
  Class weights_;
  Class activations_;
  GreedyPath path_;
};

/// The least of the values; the first of several.
std::size_t least(std::span<const double> values) {
  return static_cast<std::size_t>(std::ranges::min_element(values) - values.begin());
}

}  // namespace

double mean_bits(const GreedyProblem& problem, const Allocation& bits, bool activations) {
  double elements = 0;
  double spent = 0;
  for (std::size_t u = 0; u < problem.units.size(); ++u) {
    if (problem.units[u].activation != activations) continue;
    elements += problem.units[u].elements;
    spent += problem.units[u].elements * bits.at(u);
  }
  return elements > 0 ? spent / elements : 0;
}

GreedyPath greedy_oneshot(const GreedyProblem& problem, const std::vector<std::vector<double>>& loss) {
  expects(loss.size() == problem.units.size(), "there is a row of losses for each unit");
  Descent descent(problem);
  for (auto units = descent.eligible(); !units.empty(); units = descent.eligible()) {
    std::vector<double> metric;
    for (const auto u : units) {
      const auto at = static_cast<std::size_t>(descent.bits()[u] - problem.least);
      metric.push_back(descent.metric(u, loss[u].at(at), loss[u].at(at - 1)));
    }
    const auto chosen = least(metric);
    descent.lower(units[chosen], metric[chosen]);
  }
  return descent.take();
}

GreedyPath greedy_full(const GreedyProblem& problem, const MeasureLosses& measure) {
  Descent descent(problem);
  std::optional<double> now;
  for (auto units = descent.eligible(); !units.empty(); units = descent.eligible()) {
    if (!now) now = measure(descent.bits(), {}).at(0);
    const auto loss = measure(descent.bits(), units);
    std::vector<double> metric;
    for (std::size_t i = 0; i < units.size(); ++i)
      metric.push_back(descent.metric(units[i], *now, loss.at(i)));
    const auto chosen = least(metric);
    now = loss[chosen];
    descent.lower(units[chosen], metric[chosen]);
  }
  return descent.take();
}

GreedyPath greedy_lazy(const GreedyProblem& problem, const MeasureLosses& measure, std::size_t together) {
  expects(together > 0, "one or more are measured at once");
  Descent descent(problem);
  double now = measure(descent.bits(), {}).at(0);
  constexpr double kUnknown = -std::numeric_limits<double>::infinity();
  std::vector<double> metric(problem.units.size(), kUnknown);
  std::vector<std::optional<double>> fresh(problem.units.size());  // losses measured in this step
  const auto before = [&](std::size_t a, std::size_t b) { return metric[a] < metric[b]; };
  for (auto units = descent.eligible(); !units.empty(); units = descent.eligible()) {
    std::ranges::stable_sort(units, before);
    if (fresh[units.front()]) {
      const auto chosen = units.front();
      now = *fresh[chosen];
      descent.lower(chosen, metric[chosen]);
      std::ranges::fill(fresh, std::nullopt);
      continue;
    }
    // Unknown ones are all measured at once, stale ones a few: the first may then be the best or not.
    std::vector<std::size_t> asked;
    for (const auto u : units)
      if (!fresh[u] && (metric[u] == kUnknown || asked.size() < together)) asked.push_back(u);
    const auto loss = measure(descent.bits(), asked);
    for (std::size_t i = 0; i < asked.size(); ++i) {
      fresh[asked[i]] = loss.at(i);
      metric[asked[i]] = descent.metric(asked[i], now, loss[i]);
    }
  }
  return descent.take();
}

GreedyPath random_descent(const GreedyProblem& problem, std::uint64_t seed) {
  Descent descent(problem);
  Philox random(random_key(seed, 0x6772656564790000), 0);
  for (auto units = descent.eligible(); !units.empty(); units = descent.eligible())
    descent.lower(units[uniform_below(random, units.size())], 0);
  return descent.take();
}

}  // namespace reprise::mptq_vit
