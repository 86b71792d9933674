#include "pipeline/run/simulate.hpp"

#include <algorithm>
#include <queue>

#include "pipeline/run/grant_policy.hpp"

namespace reprise {

void StageLoad::add(double task_seconds) {
  constexpr std::size_t most_kept = std::size_t{1} << 20U;
  if (tasks % stride == 0) {
    if (seconds.size() == most_kept) {
      for (std::size_t i = 0; 2 * i < seconds.size(); ++i) seconds[i] = seconds[2 * i];
      seconds.resize(most_kept / 2);
      stride *= 2;
    }
    if (tasks % stride == 0) seconds.push_back(static_cast<float>(task_seconds));
  }
  ++tasks;
  total_seconds += task_seconds;
}

double StageLoad::at(std::size_t i) const {
  return seconds.empty() ? 0 : static_cast<double>(seconds[std::min(i / stride, seconds.size() - 1)]);
}

namespace {

/// An experiment's place in its stages while the simulation runs.
struct Cursor {
  const ScheduledExperiment* experiment = nullptr;
  std::size_t stage = 0;
  std::size_t next = 0;  ///< task of the stage that is given out next
  std::size_t running = 0;

  const StageLoad* load() const {
    return stage < experiment->stages.size() ? experiment->stages[stage] : nullptr;
  }
  std::size_t waiting() const { return load() == nullptr ? 0 : load()->tasks - next; }
  void advance() {
    while (load() != nullptr && waiting() == 0 && running == 0) {
      ++stage;
      next = 0;
    }
  }
};

struct Ended {
  double at = 0;
  std::size_t experiment = 0;
  std::size_t ranks = 0;
  bool operator>(const Ended& other) const { return at > other.at; }
};

}  // namespace

Forecast simulate(const std::vector<ScheduledExperiment>& experiments, std::size_t ranks,
                  const CoordinatorCosts& costs) {
  Forecast forecast;
  const auto policy = GrantPolicy::for_workers(ranks);
  std::vector<Cursor> cursors;
  for (const auto& experiment : experiments) {
    cursors.push_back({&experiment});
    cursors.back().advance();
  }
  std::priority_queue<Ended, std::vector<Ended>, std::greater<>> reports;
  std::size_t idle = ranks;
  double coordinator_free = 0;
  std::size_t turn = 0;
  double now = 0;
  double worked = 0;
  const auto grant_one = [&] {
    for (std::size_t tried = 0; tried < cursors.size(); ++tried, ++turn) {
      auto& cursor = cursors[turn % cursors.size()];
      if (cursor.waiting() == 0) continue;
      const auto& load = *cursor.load();
      const std::size_t together = std::min(load.ranks, ranks);
      if (together > idle) return false;  // idle ranks are kept for the group
      const double mean = load.total_seconds / static_cast<double>(load.tasks);
      const std::size_t count =
          together > 1 ? 1 : std::min(policy.grant_size(mean, cursor.waiting(), ranks), cursor.waiting());
      double seconds = 0;
      for (std::size_t i = 0; i < count; ++i) seconds += load.at(cursor.next + i);
      cursor.next += count;
      ++cursor.running;
      const double messages = 2.0 * static_cast<double>(together);
      const double booked =
          costs.seconds_a_message * messages + costs.seconds_a_task * static_cast<double>(count);
      coordinator_free = std::max(coordinator_free, now) + booked;
      worked += booked;
      forecast.messages += 2 * together;
      forecast.busy_seconds += seconds;
      reports.push(
          {coordinator_free + seconds / static_cast<double>(together), turn % cursors.size(), together});
      idle -= together;
      ++turn;
      return true;
    }
    return false;
  };
  for (;;) {
    while (idle > 0 && grant_one()) {
    }
    if (reports.empty()) break;
    const auto report = reports.top();
    reports.pop();
    now = std::max(now, report.at);
    idle += report.ranks;
    auto& cursor = cursors[report.experiment];
    --cursor.running;
    cursor.advance();
  }
  forecast.wall_seconds = std::max(now, coordinator_free);
  if (forecast.wall_seconds > 0) {
    forecast.efficiency = forecast.busy_seconds / (forecast.wall_seconds * static_cast<double>(ranks));
    forecast.coordinator_share = worked / forecast.wall_seconds;
  }
  return forecast;
}

}  // namespace reprise
