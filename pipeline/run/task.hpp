#pragma once

#include <algorithm>
#include <functional>
#include <string>

#include "pipeline/run/context.hpp"
#include "pipeline/store/segment.hpp"

namespace reprise {

/// A named, versioned pure function of a reflected input. Raise the version whenever the function would
/// return something else for the same input: stored results of older versions are then left alone and run
/// again.
template <class InputStruct, class OutputStruct>
struct Task {
  using Input = InputStruct;
  using Output = OutputStruct;
  std::string name;  ///< unique over all papers: "kde.fluctuations"
  std::int32_t version = 1;
  Output (*function)(const Input&, TaskContext&) = nullptr;
  std::string description;
  /// Seconds expected on one core, for `reprise check` and to start long tasks first; corrected by
  /// measurement.
  double (*cost)(const Input&) = nullptr;
  /// On a group of up to how many ranks a task runs, which must change no bit of its output; one where not
  /// set.
  int (*ranks)(const Input&) = nullptr;
};

/// A task without its types: what the run works with.
struct TaskKind {
  TaskIdentity identity;
  std::string description;
  std::function<Bytes(ByteView input, TaskContext&)> run;
  std::function<double(ByteView input)> cost;  ///< may be empty
  std::function<int(ByteView input)> ranks;    ///< may be empty: one
  int ranks_of(ByteView input) const { return ranks ? std::max(ranks(input), 1) : 1; }
};

template <class Input, class Output>
TaskKind erase_types(const Task<Input, Output>& task) {
  TaskKind kind;
  kind.identity = {task.name, task.version, schema_of<Input>(), schema_of<Output>()};
  kind.description = task.description;
  kind.run = [function = task.function](ByteView input, TaskContext& context) {
    return encode(function(decode<Input>(input), context));
  };
  if (task.cost != nullptr) {
    kind.cost = [cost = task.cost](ByteView input) { return cost(decode<Input>(input)); };
  }
  if (task.ranks != nullptr) {
    kind.ranks = [ranks = task.ranks](ByteView input) { return ranks(decode<Input>(input)); };
  }
  return kind;
}

}  // namespace reprise
