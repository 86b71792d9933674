#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace reprise {

/// Tasks of one stage that are to be run: their number, and how long they take on one core. Durations are
/// kept as they come, up to a bound; beyond it every k-th stands for k.
struct StageLoad {
  std::size_t tasks = 0;
  std::size_t unknown = 0;     ///< of these, tasks about which nothing is known
  std::vector<float> seconds;  ///< a sample in order
  double total_seconds = 0;
  std::size_t stride = 1;  ///< one entry of `seconds` for so many tasks
  std::size_t ranks = 1;   ///< of the group that runs a task, if there are as many

  void add(double task_seconds);
  /// How long task i takes on one core.
  double at(std::size_t i) const;
};

/// One experiment's stages follow each other; experiments run side by side.
struct ScheduledExperiment {
  std::vector<const StageLoad*> stages;
};

/// What the coordinator spends, in processor time as measured on one core of an AMD EPYC of 2.4 GHz. A task:
/// `bench_run`, its process's time over 10^6 empty tasks (input, key, grant, report, row and its share of a
/// segment), 3 to 4 us. A message: `bench_messages`, 0.5 us to encode, pass and decode one of one task; what
/// is counted above that is for waking from a nap.
struct CoordinatorCosts {
  double seconds_a_message = 4e-6;
  double seconds_a_task = 3.5e-6;
};

struct Forecast {
  double wall_seconds = 0;
  double busy_seconds = 0;       ///< summed over ranks
  double efficiency = 0;         ///< busy / (wall * ranks)
  double coordinator_share = 0;  ///< of the wall time that the coordinator works
  std::size_t messages = 0;
};

/// Simulates the schedule with the coordinator's own grant policy: when each rank gets which grant, and when
/// it reports. A group is taken to share its task evenly, without loss.
Forecast simulate(const std::vector<ScheduledExperiment>& experiments, std::size_t ranks,
                  const CoordinatorCosts& costs = {});

}  // namespace reprise
