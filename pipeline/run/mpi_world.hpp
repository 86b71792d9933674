#pragma once

#include <mpi.h>

#include <list>
#include <optional>
#include <vector>

#include "pipeline/base/bytes.hpp"
#include "pipeline/run/start_watch.hpp"

namespace reprise {

/// The ranks of an MPI job, as mailboxes. Only point-to-point, only non-blocking: a call never waits for
/// another rank, so a dead one can't hold up the living. Errors of MPI are returned, not fatal. For one
/// thread.
class MpiWorld {
 public:
  enum class Channel : int { control = 1, group = 2 };
  struct Message {
    int from = 0;
    Channel channel = Channel::control;
    Bytes bytes;
  };

  /// MPI_Init. Throws Error when MPI can't start.
  MpiWorld();
  MpiWorld(const MpiWorld&) = delete;
  MpiWorld& operator=(const MpiWorld&) = delete;
  ~MpiWorld() = default;

  /// This rank is watched over by others, or is about to leave in good order: its start is over.
  void started() { start_.done(); }

  int rank() const { return rank_; }
  int size() const { return size_; }

  /// Keeps the bytes until they are sent.
  void send(int to, Bytes bytes, Channel channel = Channel::control);
  /// The next message that has arrived whole, if any. Also moves sends along.
  std::optional<Message> receive();
  bool sends_pending() const { return !sends_.empty(); }
  /// Something is on its way in or out, which looks for messages move along.
  bool transferring() const { return !sends_.empty() || !receives_.empty(); }
  /// Nothing more is expected from or sent to a rank that died. Its unfinished transfers are left to MPI.
  void forget(int rank);

  /// Ends this process's use of MPI: MPI_Finalize when all ranks live, which is collective. Without it when
  /// some died: the process must then leave by _exit.
  void finalize();

 private:
  struct Transfer {
    int peer = 0;
    Channel channel = Channel::control;
    Bytes bytes;
    MPI_Request request = MPI_REQUEST_NULL;
  };
  void progress_sends();

  StartLink start_;  ///< connected before MPI_Init
  int rank_ = 0;
  int size_ = 1;
  std::list<Transfer> sends_;
  std::list<Transfer> receives_;
  std::list<Transfer> abandoned_;  ///< MPI may still touch their bytes
  std::vector<bool> forgotten_;
};

/// Whether a launcher (mpirun, srun --mpi) started this process as one of an MPI job.
bool under_mpi();

}  // namespace reprise
