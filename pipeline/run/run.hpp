#pragma once

#include <algorithm>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/report/published.hpp"
#include "pipeline/run/ledger.hpp"
#include "pipeline/run/sequence.hpp"

namespace reprise {

/// Thrown while planning, when a driver looks at a result that isn't there yet: what it would ask for next
/// depends on it. Ends that driver's plan.
class NeedsResults : public Error {
 public:
  NeedsResults() : Error("the next tasks depend on results that are not there yet") {}
};

/// The results of a map, in input order, fetched one by one from memory or from the store.
template <class Output>
class Results {
 public:
  Results(Ledger& ledger, std::shared_ptr<const Mapping> mapping)
      : ledger_(&ledger), mapping_(std::move(mapping)) {}

  std::size_t size() const { return mapping_->size; }
  /// How many there are; the rest failed or were set aside. A table's denominator is size().
  std::size_t done() const { return mapping_->done; }

  /// Result i, or none when its task failed.
  std::optional<Output> get(std::size_t i) const {
    const auto bytes = ledger_->output(mapping_->key_of(i));
    if (!bytes) {
      if (ledger_->planning()) throw NeedsResults();
      return std::nullopt;
    }
    return decode<Output>(*bytes);
  }
  /// Result i. Throws Error when its task failed: for drivers that can't go on without it.
  Output at(std::size_t i) const {
    auto result = get(i);
    if (!result) {
      throw Error("a result that the experiment cannot do without is missing: task " +
                  mapping_->kind->identity.name + " failed for " +
                  show_row(mapping_->input(i), mapping_->kind->identity.input));
    }
    return *std::move(result);
  }
  /// Names result i, to be a field of a later task's input.
  Ref<Output> ref(std::size_t i) const { return {mapping_->key_of(i)}; }

 private:
  Ledger* ledger_;
  std::shared_ptr<const Mapping> mapping_;
};

/// What a driver has: it asks for work, publishes what came of it, and settles claims. One for each
/// experiment, used by its driver's thread alone.
class Run {
 public:
  /// Where the run's registered tasks are, by name.
  using FindKind = std::function<const TaskKind&(const std::string& name)>;
  using Save = std::function<void(const Published&)>;
  Run(Ledger& ledger, std::uint64_t seed, std::string isa, FindKind find, Published start, Save save)
      : ledger_(ledger),
        seed_(seed),
        isa_(std::move(isa)),
        find_(std::move(find)),
        published_(std::move(start)),
        save_(std::move(save)) {}

  std::uint64_t seed() const { return seed_; }

  /// Runs a task on every input, on all ranks, and returns the results in input order; those that are in the
  /// store already are not run again. `stage` names the map in progress displays. Throws Interrupted when the
  /// run stops.
  template <class Input, class Output>
  Results<Output> map(const Task<Input, Output>& task, Sequence<Input> inputs, std::string stage = {}) {
    auto mapping = begin(task, inputs, std::move(stage));
    const Guard guard{ledger_, *mapping};
    ledger_.request(*mapping, order_of(task, inputs));
    ledger_.wait(*mapping);
    return Results<Output>(ledger_, mapping);
  }
  template <class Input, class Output>
  Results<Output> map(const Task<Input, Output>& task, std::vector<Input> inputs, std::string stage = {}) {
    return map(task, Sequence<Input>(std::move(inputs)), std::move(stage));
  }

  /// Folds the results into `state` in input order: fold(state, input, output). Failed tasks are left out.
  template <class Input, class Output, class State, class Fold>
  State map_reduce(const Task<Input, Output>& task, Sequence<Input> inputs, State state, Fold fold,
                   std::string stage = {}) {
    const auto results = map(task, inputs, std::move(stage));
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (const auto output = results.get(i)) fold(state, inputs.at(i), *output);
    }
    return state;
  }

  /// A table or figure of the report. The same id again replaces it, so that partial results can be shown.
  void publish(Table table);
  void publish(Figure figure);
  /// A deviation or remark, in plain words.
  void note(std::string text);
  /// Settles a claim that the experiment declared. Throws std::logic_error for any other.
  void settle(Finding finding);
  /// The experiment's driver has returned.
  void finish();

  const Published& published() const { return published_; }

 private:
  struct Guard {
    Ledger& ledger;
    Mapping& mapping;
    Guard(Ledger& in, Mapping& of) : ledger(in), mapping(of) {}
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    ~Guard() { ledger.end(mapping); }
  };

  template <class Input, class Output>
  std::shared_ptr<Mapping> begin(const Task<Input, Output>& task, const Sequence<Input>& inputs,
                                 std::string stage) {
    auto mapping = std::make_shared<Mapping>();
    mapping->kind = &find_(task.name);
    mapping->context = key_context(mapping->kind->identity, seed_, isa_);
    mapping->size = inputs.size;
    mapping->input = [at = inputs.at](std::size_t i) { return encode(at(i)); };
    mapping->experiment = published_.experiment;
    mapping->stage = stage.empty() ? task.name : std::move(stage);
    ledger_.begin(*mapping);
    return mapping;
  }

  /// Longest first where the task knows its cost and the inputs are few enough to be sorted.
  template <class Input, class Output>
  static std::vector<std::size_t> order_of(const Task<Input, Output>& task, const Sequence<Input>& inputs) {
    constexpr std::size_t most_sorted = 100'000;
    if (task.cost == nullptr || inputs.size > most_sorted) return {};
    std::vector<double> cost(inputs.size);
    for (std::size_t i = 0; i < inputs.size; ++i) cost[i] = task.cost(inputs.at(i));
    std::vector<std::size_t> order(inputs.size);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return cost[a] > cost[b]; });
    return order;
  }

  Ledger& ledger_;
  std::uint64_t seed_;
  std::string isa_;
  FindKind find_;
  Published published_;
  Save save_;
};

}  // namespace reprise
