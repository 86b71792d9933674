#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <string>

#include "pipeline/run/checkpoints.hpp"
#include "pipeline/run/hand.hpp"
#include "pipeline/run/ledger.hpp"

namespace reprise {

enum class OutcomeStatus : std::uint8_t {
  done,
  failed,       ///< it threw; `message` says what
  interrupted,  ///< it stopped at a checkpoint because the run stops
  aborted,      ///< its group lost a member
};

/// What became of an assignment.
struct Outcome {
  Key key;
  OutcomeStatus status = OutcomeStatus::done;
  Bytes output;
  std::string message;
  float wall_seconds = 0;
  float cpu_seconds = 0;
};

/// Thrown out of a group's operation when a member is gone.
class GroupBroken : public Error {
 public:
  GroupBroken() : Error("a rank of the group was lost") {}
};

/// Runs tasks, one at a time, on this process's one working thread.
class Executor final : public TaskServices {
 public:
  /// Fetches an earlier result's output.
  using Fetch = std::function<Bytes(const Key&)>;
  Executor(std::uint64_t seed, Checkpoints checkpoints, double checkpoint_seconds, Hand& hand, Fetch fetch);

  Outcome execute(const Assignment& assignment, Group& group);
  /// From now on tasks save and stop at their next checkpoint. Callable from any thread.
  void stop() { stopping_.store(true); }

  Bytes output(const Key& key) override { return fetch_(key); }
  bool checkpoint_due() override;
  bool stopping() const override { return stopping_.load(); }
  void save_checkpoint(const Key& key, const StructSchema& schema, ByteView state) override;
  std::optional<Bytes> load_checkpoint(const Key& key, const StructSchema& schema) override;

 private:
  using Clock = std::chrono::steady_clock;
  std::uint64_t seed_;
  Checkpoints checkpoints_;
  std::chrono::duration<double> interval_;
  Hand& hand_;
  Fetch fetch_;
  std::atomic<bool> stopping_{false};
  Clock::time_point last_checkpoint_;
};

}  // namespace reprise
