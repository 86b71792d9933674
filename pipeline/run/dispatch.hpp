#pragma once

#include <filesystem>
#include <functional>

#include "pipeline/run/checkpoints.hpp"
#include "pipeline/run/events.hpp"
#include "pipeline/run/executor.hpp"
#include "pipeline/run/grant_policy.hpp"
#include "pipeline/run/ledger.hpp"
#include "pipeline/run/publisher.hpp"
#include "pipeline/run/wakeup.hpp"

namespace reprise {

/// What assigning tasks has to do with, whether the tasks run in this process or on other ranks.
struct Dispatch {
  Ledger& ledger;
  Store& store;
  Publisher& publisher;
  Checkpoints& checkpoints;
  Events& events;
  Wakeup& wakeup;
  std::filesystem::path run_folder;
  std::int64_t epoch = 0;
  Origin origin;  ///< of this process, with the run's seed and instruction set
  double checkpoint_seconds = 60;
  double stop_grace_seconds = 10;  ///< for tasks in hand, once the run stops
  std::function<bool()> finished;  ///< all drivers have returned
  std::function<void()> abandon;   ///< leaves the process from a task that doesn't end when the run stops
  std::function<void()> tick;      ///< called every 100 ms or so; may stop the ledger, throws to end the run
  TaskTimes times = {};
  std::chrono::steady_clock::time_point last_tick = {};
  bool winding_down = false;

  /// Books what became of an assignment of `kind`.
  void settle(Outcome outcome, const TaskKind& kind, int rank, const Origin& at);
  /// Calls tick() when it is time to.
  void tick_when_due();
  /// To be called again and again once the run was warned that its time is nearly up: gives out only tasks
  /// that can be finished in what is left, by the times measured, and stops when nothing in hand and nothing
  /// that waits can be.
  void wind_down(bool nothing_in_hand);
};

/// Runs all tasks in this process and thread until the drivers have finished or the run stops.
void run_here(Dispatch& dispatch);

}  // namespace reprise
