#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "pipeline/run/mapping.hpp"
#include "pipeline/run/output_cache.hpp"
#include "pipeline/store/store.hpp"

namespace reprise {

/// A task given to a worker.
struct Assignment {
  Key key;
  const TaskKind* kind = nullptr;
  Bytes input;
  bool isolate = false;  ///< it took a process down before: run it in a child process
};

/// A finished task's row, on its way to a segment.
struct FinishedRow {
  const TaskKind* kind = nullptr;
  Key key;
  Bytes input;
  ByteView output;  ///< in the ledger's memory until the row is published
};

/// What is asked for, what is under way and what is known. Driver threads ask, the coordinator's loop assigns
/// and reports back; nothing here knows of messages or processes. Holds a bounded number of tasks that wait,
/// the tasks under way, and of finished ones only what the store's index holds and a bounded cache of
/// outputs.
class Ledger {
 public:
  struct Limits {
    std::size_t waiting_tasks = 1U << 15U;               ///< a mapping's, before its driver has to wait
    std::size_t cached_bytes = std::size_t{256} << 20U;  ///< outputs kept in memory once published
    int retries = 1;                                     ///< further tries of a task that throws
    int crashes = 3;                                     ///< after so many a task is set aside
  };
  Ledger(Store& store, Limits limits);

  // --- for drivers
  // ---------------------------------------------------------------------------------------------
  void begin(Mapping& mapping);
  /// Asks for the mapping's inputs `order` (all of them when empty). Waits while too many tasks wait. Throws
  /// Interrupted when the run stops.
  void request(Mapping& mapping, const std::vector<std::size_t>& order);
  /// Waits until everything asked for is done or has failed. Throws Interrupted when the run stops.
  void wait(Mapping& mapping);
  void end(Mapping& mapping);
  /// An output by key; none when the task failed or never ran.
  std::optional<Bytes> output(const Key& key);

  // --- for the coordinator
  // ----------------------------------------------------------------------------------------
  /// Up to `count` waiting tasks for a worker, the mappings taking turns; all of one kind. `for_group` takes
  /// only tasks that want more than one rank (true) or one (false).
  std::vector<Assignment> take(int worker, std::size_t count, bool for_group);
  /// The kind of the task that take() would give next, and how many wait; null when none does.
  const TaskKind* next_kind(bool for_group) const;
  /// How many ranks the next group's task wants; 0 when none waits.
  int next_group() const;
  std::size_t waiting() const;
  std::size_t under_way() const;
  /// The task as text, for events; empty when it is not under way.
  std::string describe(const Key& key) const;
  /// None when the key is not under way (finished already, say by another worker).
  std::optional<FinishedRow> complete(const Key& key, Bytes output, bool published, double core_seconds);
  void fail(const Key& key, const std::string& message, double core_seconds);
  /// How far a task under way is, in a few words.
  void tell(const Key& key, std::string word);
  /// Back to the queue, blameless: the worker was told to stop, or its group lost a member.
  void give_back(const Key& key);
  /// Counts crashes of a task, now or in an earlier process. At the limit it is set aside instead of being
  /// given out again.
  void blame(const Key& key, int crashes, const std::string& how);
  /// A worker is gone: all that it was given is given out again.
  void lose_worker(int worker);
  /// The oldest `count` finished rows that were not published have been.
  void mark_published(std::size_t count);

  // --- for anyone
  // --------------------------------------------------------------------------------------------------
  void stop();
  bool stopping() const;
  /// From now on only tasks of kinds that pass are given out.
  void admit_only(std::function<bool(const TaskKind&)> admits);
  /// Planning: what is not in the store is counted as absent, and nothing waits or runs.
  void plan_only(
      std::function<void(const Mapping&, std::size_t index, const Key&, ByteView input)> on_absent);
  bool planning() const { return planning_; }
  std::vector<TaskFailure> failures() const;
  /// Counters of all maps: those that ended are summed up by experiment and stage.
  std::vector<Mapping> snapshot() const;
  std::size_t executed() const;
  /// Bytes held for tasks that wait, are under way or are cached.
  std::size_t memory_bytes() const;

  /// Called (without locks held) whenever something may have become ready, to wake the coordinator.
  std::function<void()> on_ready = [] {};

 private:
  struct Waiter {
    Mapping* mapping;
    std::size_t count;
  };
  struct Outstanding {
    Key key;
    const TaskKind* kind = nullptr;
    Bytes input;
    Mapping* owner = nullptr;  ///< none when whoever asked is gone and a worker has it in hand
    int ranks = 1;
    int worker = -1;  ///< -1: waits
    int attempts = 0;
    std::vector<Waiter> waiters;
    bool used = false;
  };
  struct Queue {  ///< a mapping has one for each size of group
    Mapping* mapping = nullptr;
    int ranks = 1;
    std::deque<Outstanding*> tasks;
  };

  void request_one(Mapping& mapping, std::size_t index, const Key& key, Bytes input, bool stored);
  void enqueue(Outstanding& task, bool front);
  /// Null when the key is not under way.
  Outstanding* find(const Key& key) const { return outstanding_.find(key).value_or(nullptr); }
  Outstanding& make_outstanding(const Key& key);
  void drop(Outstanding& task);
  void again(Outstanding& task);
  void requeue(Outstanding& task);
  void settle(Outstanding& task, std::size_t Mapping::*state);
  void sum_up(const Mapping& mapping);
  void record_failure(Outstanding& task, const std::string& message, bool set_aside);
  Queue* next_queue(bool for_group) const;
  std::size_t waiting_of(const Mapping& mapping) const;

  Store& store_;
  Limits limits_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Mapping*> mappings_;
  std::vector<Mapping> ended_;  ///< one an experiment and stage: an adaptive driver may map a million times
  std::deque<Outstanding> tasks_;  ///< used and free ones; they stay where they are
  std::vector<Outstanding*> free_;
  KeyTable<Outstanding*, nullptr> outstanding_;
  mutable std::deque<std::unique_ptr<Queue>> queues_;  ///< the front one is served next
  std::size_t waiting_ = 0;
  OutputCache cache_;
  std::unordered_map<Key, TaskFailure> failures_;
  std::unordered_map<Key, std::pair<int, std::string>> crashes_;
  std::size_t executed_ = 0;
  bool stopping_ = false;
  bool planning_ = false;
  std::function<bool(const TaskKind&)> admits_;  ///< empty: all
  std::function<void(const Mapping&, std::size_t, const Key&, ByteView)> on_absent_;
};

}  // namespace reprise
