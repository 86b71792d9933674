#pragma once

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
  crashed,      ///< the child process that ran it died; `message` says how
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

/// "signal 11 (Segmentation fault)"
std::string name_signal(int signal);

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
  /// Whether tasks should save and stop at their next checkpoint.
  using Stopping = std::function<bool()>;
  /// Passes on how far a task is.
  using Tell = std::function<void(const Key&, std::string)>;
  Executor(std::uint64_t seed, Checkpoints checkpoints, double checkpoint_seconds, Hand& hand, Fetch fetch,
           Stopping stopping, Tell tell);

  Outcome execute(const Assignment& assignment, Group& group);

  Bytes output(const Key& key) override { return fetch_(key); }
  bool checkpoint_due() override;
  bool stopping() const override { return stopping_(); }
  void save_checkpoint(const Key& key, const StructSchema& schema, ByteView state) override;
  std::optional<Bytes> load_checkpoint(const Key& key, const StructSchema& schema) override;
  bool word_due() override;
  void tell(const Key& key, std::string word) override;

 private:
  using Clock = std::chrono::steady_clock;
  Outcome run(const Assignment& assignment, Group& group);
  Outcome run_in_child(const Assignment& assignment);
  std::uint64_t seed_;
  Checkpoints checkpoints_;
  std::chrono::duration<double> interval_;
  Hand& hand_;
  Fetch fetch_;
  Stopping stopping_;
  Tell tell_;
  Clock::time_point last_checkpoint_;
  Clock::time_point last_word_;
};

}  // namespace reprise
