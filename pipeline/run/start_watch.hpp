#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "pipeline/run/liveness.hpp"

namespace reprise {

/// How long a run that starts waits while nothing is heard of ranks that it waits for: REPRISE_START_SECONDS,
/// five minutes unless set. Throws UsageError for what is no such time.
std::chrono::seconds start_patience();

/// Waiting for many: a slow file system may keep ranks back for long, but they come one after another. So
/// what is bounded is the time in which nobody comes.
class StartPatience {
 public:
  using Clock = std::chrono::steady_clock;
  explicit StartPatience(std::chrono::seconds limit, Clock::time_point now = Clock::now())
      : limit_(limit), since_(now) {}
  /// `there`: how many have come so far.
  bool over(std::size_t there, Clock::time_point now = Clock::now());

 private:
  std::chrono::seconds limit_;
  std::size_t there_ = 0;
  Clock::time_point since_;
};

/// Ranks that start wait for one another, in MPI_Init and for their first words, before anyone watches over
/// them: were one to die then, the others would wait for ever. So each is connected to the launcher until it
/// is watched over. Works on the launcher's own host; elsewhere the time that MPI_Init may take is bounded.
///
/// The launcher's end.
class StartWatch {
 public:
  StartWatch() : hub_(std::in_place, true) {}
  /// What a rank finds in the environment variable start_variable.
  std::string address() const;
  /// The rank that was lost while it started, if one was. None any more once rank 0's start is over: it has
  /// all ranks watched over then, or goes on without them.
  std::optional<int> lost();
  /// All ranks that are still starting leave at once.
  void give_up() { hub_.reset(); }

 private:
  std::optional<LivenessHub> hub_;
  bool over_ = false;
};

inline constexpr const char* start_variable = "REPRISE_START";

/// A rank's end: if the launcher goes or gives up while this rank starts, its process leaves.
class StartLink {
 public:
  /// Connects to the launcher that started this process, if one did and is on this host.
  StartLink();
  /// This rank is watched over by others, or ends in good order.
  void done();

 private:
  std::optional<LivenessLink> link_;
};

}  // namespace reprise
