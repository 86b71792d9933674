#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace reprise::mptq_vit {

/// What bits are given to: units (tensors) of two classes, each with a budget of its own on its elements'
/// mean.
struct GreedyProblem {
  struct Unit {
    bool activation = false;  ///< else a weight
    double elements = 1;      ///< parameters, or elements of one image
  };
  std::vector<Unit> units;
  std::int32_t least = 3;
  std::int32_t most = 8;
  double weight_budget = 4;      ///< mean bits of a weight
  double activation_budget = 4;  ///< mean bits of an activation's element
};

/// Bits of each unit.
using Allocation = std::vector<std::uint8_t>;

/// Mean bits of a class's elements; 0 where it has none.
[[nodiscard]] double mean_bits(const GreedyProblem& problem, const Allocation& bits, bool activations);

/// One unit lowered by one bit.
struct GreedyStep {
  std::size_t unit = 0;
  std::uint8_t bits = 0;       ///< that it has from now on
  double metric = 0;           ///< loss gained over the share of the class's budget that is freed
  double weight_bits = 0;      ///< mean over weights, after the step
  double activation_bits = 0;  ///< mean over activations' elements, after the step
};

struct GreedyPath {
  Allocation bits;  ///< at its end
  std::vector<GreedyStep> steps;
};

/// Greedy mixed precision (Tai and Wu, 2024; the formula is derived): all units start at `most` bits, and the
/// one of least (loss after - loss before) / (its elements / its class's) is lowered by one bit until both
/// classes are within their budgets. Ties go to the unit that comes first. Throws std::invalid_argument for
/// budgets below `least`.

/// Losses that were measured beforehand with only one unit lowered: `loss[unit][b - least]`, where b = most
/// is the loss of all at `most`.
[[nodiscard]] GreedyPath greedy_oneshot(const GreedyProblem& problem,
                                        const std::vector<std::vector<double>>& loss);

/// Losses of `bits` with each of these units lowered by one bit, asked for at once; of `bits` as they are
/// where the list is empty: [1].
using MeasureLosses =
    std::function<std::vector<double>(const Allocation& bits, const std::vector<std::size_t>& lowered)>;

/// Every unit that could be lowered is measured anew in every step.
[[nodiscard]] GreedyPath greedy_full(const GreedyProblem& problem, const MeasureLosses& measure);

/// Units wait in the order of their last known metric; the first ones are measured anew, `together` at once,
/// until the first is fresh.
[[nodiscard]] GreedyPath greedy_lazy(const GreedyProblem& problem, const MeasureLosses& measure,
                                     std::size_t together);

/// Steps down from `most` in a random order, until both classes are within their budgets: what a search has
/// to beat.
[[nodiscard]] GreedyPath random_descent(const GreedyProblem& problem, std::uint64_t seed);

}  // namespace reprise::mptq_vit
