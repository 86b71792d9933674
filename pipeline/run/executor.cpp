#include "pipeline/run/executor.hpp"

#include <ctime>

namespace reprise {
namespace {

double thread_cpu_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

}  // namespace

Executor::Executor(std::uint64_t seed, Checkpoints checkpoints, double checkpoint_seconds, Hand& hand, Fetch fetch)
    : seed_(seed),
      checkpoints_(std::move(checkpoints)),
      interval_(checkpoint_seconds),
      hand_(hand),
      fetch_(std::move(fetch)) {}

Outcome Executor::execute(const Assignment& assignment, Group& group) {
  Outcome outcome{assignment.key};
  const auto started = Clock::now();
  const double cpu_before = thread_cpu_seconds();
  last_checkpoint_ = started;
  hand_.take(assignment.key);
  try {
    TaskContext context(assignment.key, seed_, group, *this);
    outcome.output = assignment.kind->run(assignment.input, context);
  } catch (const Interrupted&) {
    outcome.status = OutcomeStatus::interrupted;
  } catch (const GroupBroken&) {
    outcome.status = OutcomeStatus::aborted;
  } catch (const std::exception& error) {
    outcome.status = OutcomeStatus::failed;
    outcome.message = error.what();
  } catch (...) {
    outcome.status = OutcomeStatus::failed;
    outcome.message = "threw something that is not a std::exception";
  }
  hand_.put_down();
  outcome.cpu_seconds = static_cast<float>(thread_cpu_seconds() - cpu_before);
  outcome.wall_seconds = std::chrono::duration<float>(Clock::now() - started).count();
  return outcome;
}

bool Executor::checkpoint_due() { return Clock::now() - last_checkpoint_ >= interval_; }

void Executor::save_checkpoint(const Key& key, const StructSchema& schema, ByteView state) {
  checkpoints_.save(key, schema, state);
  last_checkpoint_ = Clock::now();
}

std::optional<Bytes> Executor::load_checkpoint(const Key& key, const StructSchema& schema) {
  return checkpoints_.load(key, schema);
}

}  // namespace reprise
