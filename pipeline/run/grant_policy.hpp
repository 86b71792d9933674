#pragma once

#include <algorithm>
#include <cstddef>
#include <unordered_map>

#include "pipeline/run/task.hpp"

namespace reprise {

/// How long tasks of each kind take, judged by those that have finished: a mean that forgets with time. Until
/// one has finished, what the task itself expects.
class TaskTimes {
 public:
  void record(const TaskKind& kind, double seconds) {
    auto& mean = means_[&kind];
    const double weight = mean.count < 64 ? 1.0 / static_cast<double>(mean.count + 1) : 1.0 / 64;
    mean.seconds += weight * (seconds - mean.seconds);
    ++mean.count;
  }
  /// Seconds; negative when nothing is known.
  double seconds(const TaskKind& kind) const {
    const auto found = means_.find(&kind);
    return found == means_.end() ? -1 : found->second.seconds;
  }

 private:
  struct Mean {
    double seconds = 0;
    std::size_t count = 0;
  };
  std::unordered_map<const TaskKind*, Mean> means_;
};

/// How many tasks a grant holds: about a quarter of a second's worth, but a fair share at most, so that the
/// last tasks are spread. A worker gets its next grant before it has finished the last when tasks are short;
/// long tasks are given out one by one, because then a round trip costs nothing and a task waiting behind
/// another costs much.
struct GrantPolicy {
  double target_seconds = 0.25;
  std::size_t most = 8192;

  /// At many ranks grants grow, so that the coordinator's messages a second stay bounded.
  static GrantPolicy for_workers(std::size_t workers) {
    GrantPolicy policy;
    policy.target_seconds = std::max(policy.target_seconds, 1e-4 * static_cast<double>(workers));
    return policy;
  }

  std::size_t grant_size(double task_seconds, std::size_t waiting, std::size_t workers) const {
    if (task_seconds < 0) return 1;
    const double fit = target_seconds / std::max(task_seconds, 1e-9);
    const std::size_t share = waiting / (2 * std::max<std::size_t>(workers, 1)) + 1;
    return std::clamp<std::size_t>(static_cast<std::size_t>(std::min(fit, 1e9)), 1, std::min(most, share));
  }

  /// Whether a worker with so much left to do should get another grant.
  bool wants_more(std::size_t tasks_left, double task_seconds) const {
    if (tasks_left == 0) return true;
    if (task_seconds < 0 || task_seconds >= target_seconds) return false;
    return static_cast<double>(tasks_left) * task_seconds < target_seconds && tasks_left < most;
  }
};

}  // namespace reprise
