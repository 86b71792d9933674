#include "pipeline/run/dispatch.hpp"

#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

#include "pipeline/run/stop_signal.hpp"

namespace reprise {

void Dispatch::settle(Outcome outcome, const TaskKind& kind, int rank, const Origin& at) {
  switch (outcome.status) {
    case OutcomeStatus::done: {
      times.record(kind, outcome.wall_seconds);
      if (const auto row = ledger.complete(outcome.key, std::move(outcome.output), false,
                                           static_cast<double>(outcome.cpu_seconds))) {
        publisher.add(*row, at,
                      {outcome.wall_seconds, outcome.cpu_seconds, static_cast<std::uint32_t>(rank), 0});
      }
      break;
    }
    case OutcomeStatus::failed:
      events.add("task_failed", {{"task", ledger.describe(outcome.key)},
                                 {"key", outcome.key.hex()},
                                 {"rank", rank},
                                 {"message", outcome.message}});
      ledger.fail(outcome.key, outcome.message, static_cast<double>(outcome.cpu_seconds));
      break;
    case OutcomeStatus::crashed:
      events.add("task_crashed", {{"task", ledger.describe(outcome.key)},
                                  {"key", outcome.key.hex()},
                                  {"rank", rank},
                                  {"message", outcome.message}});
      ledger.blame(outcome.key, 1, outcome.message);
      ledger.give_back(outcome.key);
      break;
    case OutcomeStatus::interrupted:
    case OutcomeStatus::aborted:
      ledger.give_back(outcome.key);
      break;
  }
}

void Dispatch::tick_when_due() {
  const auto now = std::chrono::steady_clock::now();
  if (now - last_tick < std::chrono::milliseconds(100)) return;
  last_tick = now;
  tick();
}

void Dispatch::wind_down(bool nothing_in_hand) {
  if (!std::exchange(winding_down, true)) {
    events.add("winding_down", {{"seconds", seconds_until_stop()}});
    ledger.admit_only([this](const TaskKind& kind) {
      constexpr double margin = 2;  // times scatter
      const double seconds = times.seconds(kind);
      return seconds >= 0 && margin * seconds < seconds_until_stop();
    });
  }
  const bool stuck =
      ledger.next_kind(false) == nullptr && ledger.next_kind(true) == nullptr && ledger.waiting() > 0;
  if (nothing_in_hand && stuck) ledger.stop();
}

namespace {

/// Watches, while tasks run on the main thread, for one that goes on and on though the run stops.
class StopWatch {
 public:
  explicit StopWatch(Dispatch& dispatch) : thread_([this, &dispatch] { watch(dispatch); }) {}
  ~StopWatch() {
    {
      const std::scoped_lock lock(mutex_);
      done_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  StopWatch(const StopWatch&) = delete;
  StopWatch& operator=(const StopWatch&) = delete;

 private:
  void watch(Dispatch& dispatch) {
    std::unique_lock lock(mutex_);
    const auto wait = [&](double seconds) {
      return changed_.wait_for(lock, std::chrono::duration<double>(seconds), [&] { return done_; });
    };
    while (stop_requested() == 0) {
      if (wait(0.1)) return;
    }
    if (!wait(dispatch.stop_grace_seconds)) dispatch.abandon();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;
  std::thread thread_;
};

}  // namespace

void run_here(Dispatch& dispatch) {
  const StopWatch watch(dispatch);
  auto& ledger = dispatch.ledger;
  Hand hand(dispatch.run_folder, dispatch.epoch, 0);
  hand.note_fatal_signals();
  Executor executor(
      dispatch.origin.seed, dispatch.checkpoints, dispatch.checkpoint_seconds, hand,
      [&](const Key& key) {
        auto output = ledger.output(key);
        if (!output) throw Error("task reads result " + key.hex() + ", which is not there");
        return *std::move(output);
      },
      [] { return stop_requested() != 0; },
      [&](const Key& key, std::string word) { ledger.tell(key, std::move(word)); });
  SoleGroup sole;
  const GrantPolicy policy;
  while (!dispatch.finished()) {
    dispatch.tick_when_due();
    if (stop_announced()) hand.told_to_stop();
    if (stop_announced()) dispatch.wind_down(true);
    const bool for_group = ledger.next_kind(false) == nullptr;
    const auto* kind = ledger.next_kind(for_group);
    if (kind == nullptr) {
      dispatch.wakeup.sleep(std::chrono::milliseconds(50));
      continue;
    }
    const auto count = policy.grant_size(dispatch.times.seconds(*kind), ledger.waiting(), 1);
    for (const auto& assignment : ledger.take(0, count, for_group)) {
      if (stop_requested() != 0) {
        ledger.give_back(assignment.key);
        continue;
      }
      dispatch.settle(executor.execute(assignment, sole), *assignment.kind, 0, dispatch.origin);
    }
  }
}

}  // namespace reprise
