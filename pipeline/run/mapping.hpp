#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "pipeline/run/task.hpp"

namespace reprise {

/// One call of `map`: a task over a sequence of inputs that are made on demand. It holds counts, not tasks.
/// Counters belong to the Ledger and are guarded by its mutex.
struct Mapping {
  const TaskKind* kind = nullptr;
  Key context;  ///< key_context of the task in this run
  std::size_t size = 0;
  std::function<Bytes(std::size_t)> input;  ///< encoded input i; pure, called from several threads
  std::string experiment;
  std::string stage;

  std::size_t done = 0;    ///< results there, whether found or computed
  std::size_t reused = 0;  ///< of these, found in the store
  std::size_t failed = 0;
  std::size_t set_aside = 0;
  std::size_t open = 0;     ///< asked for and not finished
  std::size_t absent = 0;   ///< planning only: not in the store
  std::string word;         ///< how far one of its tasks is, the latest that was told
  double core_seconds = 0;  ///< CPU time of its tasks in this process, also of those that failed

  Key key_of(std::size_t i) const { return task_key(context, input(i)); }
};

/// A task that did not give a result.
struct TaskFailure {
  Key key;
  std::string experiment;
  std::string task;
  std::string input;  ///< as text
  std::string message;
  int attempts = 0;
  bool set_aside = false;  ///< it took processes down: not tried again
};

}  // namespace reprise
