#pragma once

#include <optional>
#include <string>

#include "pipeline/run/liveness.hpp"

namespace reprise {

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
  /// The rank that was lost while it started, if one was.
  std::optional<int> lost();
  /// All ranks that are still starting leave at once.
  void give_up() { hub_.reset(); }

 private:
  std::optional<LivenessHub> hub_;
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
