#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "pipeline/run/binding.hpp"
#include "pipeline/run/dispatch.hpp"
#include "pipeline/run/liveness.hpp"
#include "pipeline/run/messages.hpp"
#include "pipeline/run/mpi_world.hpp"
#include "pipeline/run/start_watch.hpp"

namespace reprise {

/// Hands tasks to the worker ranks and books what comes back. It looks only at ranks that said something and
/// at ranks that have nothing to do, so its work grows with messages, not with ranks times tasks; between
/// messages it sleeps.
class Coordinator {
 public:
  /// `kinds`: all registered tasks in registration order.
  Coordinator(MpiWorld& world, const std::vector<const TaskKind*>& kinds);

  /// Waits for every rank's first word; ranks of which nothing is heard for start_patience() are lost.
  /// Returns the best instruction set that all others have. Throws Error when there are none.
  std::string greet();
  /// Until the drivers have finished or the run stops.
  void run(Dispatch& dispatch);
  /// Tells the workers to end, and ends MPI when all live; where some died, this process must leave by _exit.
  /// The destructor does so too.
  void dismiss();
  ~Coordinator() { dismiss(); }
  Coordinator(const Coordinator&) = delete;
  Coordinator& operator=(const Coordinator&) = delete;

  std::size_t lost_ranks() const { return lost_; }
  /// Which ranks are bound to cores; known once greet() has returned.
  const Seating& seating() const { return seating_; }

 private:
  struct WorkerState {
    bool alive = true;
    bool idle = true;         ///< has nothing to do and nothing could be found for it
    std::uint32_t group = 0;  ///< reserved for or busy in a group
    std::unordered_map<Key, const TaskKind*> given;
    Origin origin;
  };
  struct GroupState {
    Key key;
    std::set<int> busy;
    bool broken = false;
  };

  void give_up(int rank);
  std::string near(int rank) const;
  void tell_of_silent() const;
  void start_workers();
  void await_connections();
  bool take_messages();
  void book(int rank, WorkerReport report);
  void end_group(int rank, std::uint32_t group);
  void lose(int rank, const std::string& why = "");
  void top_up(int rank);
  void feed_idle();
  bool form_group();
  void grant(int rank, std::vector<Assignment> assignments);
  std::vector<Dependency> dependencies_of(const std::vector<Assignment>& assignments);
  void stop_workers();
  std::size_t tasks_given() const;
  WorkerState& state(int rank) { return workers_.at(static_cast<std::size_t>(rank)); }

  MpiWorld& world_;
  std::unordered_map<const TaskKind*, std::uint32_t> kind_index_;
  std::vector<WorkerState> workers_;  ///< by rank; the first, the coordinator's own, is never alive
  std::set<int> idle_;
  std::map<std::uint32_t, GroupState> groups_;
  std::uint32_t last_group_ = 0;
  std::vector<int> silent_;  ///< given up before they said anything
  std::optional<StartPatience> connecting_;
  bool started_ = false;  ///< every living rank is watched over
  std::size_t lost_ = 0;
  std::size_t living_ = 0;
  bool dismissed_ = false;
  GrantPolicy policy_;
  Seating seating_;
  std::optional<LivenessHub> liveness_;
  Dispatch* dispatch_ = nullptr;
};

}  // namespace reprise
