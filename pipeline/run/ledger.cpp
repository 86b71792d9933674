#include "pipeline/run/ledger.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace reprise {

Ledger::Ledger(Store& store, Limits limits) : store_(store), limits_(limits), cache_(limits.cached_bytes) {}

void Ledger::begin(Mapping& mapping) {
  const std::scoped_lock lock(mutex_);
  mappings_.push_back(&mapping);
}

void Ledger::end(Mapping& mapping) {
  {
    const std::scoped_lock lock(mutex_);
    std::erase(mappings_, &mapping);
    std::erase_if(queues_, [&](const auto& queue) {
      if (queue->mapping == &mapping) waiting_ -= queue->tasks.size();
      return queue->mapping == &mapping;
    });
    for (auto& task : tasks_) {
      if (mapping.open == 0) break;
      if (!task.used) continue;
      std::erase_if(task.waiters, [&](const Waiter& waiter) { return waiter.mapping == &mapping; });
      if (task.waiters.empty() && task.worker < 0) {
        drop(task);
      } else if (task.owner == &mapping) {
        // What a worker has in hand is still booked when it comes back; what waits, waits for another mapping
        // now.
        task.owner = task.waiters.empty() ? nullptr : task.waiters.front().mapping;
        if (task.worker < 0) enqueue(task, false);
      }
    }
    sum_up(mapping);
  }
  on_ready();
}

void Ledger::sum_up(const Mapping& mapping) {
  auto sum = std::find_if(ended_.rbegin(), ended_.rend(), [&](const Mapping& each) {
    return each.stage == mapping.stage && each.experiment == mapping.experiment && each.kind == mapping.kind;
  });
  if (sum == ended_.rend()) {
    ended_.push_back(mapping);
    ended_.back().input = nullptr;  // it may hold all inputs
    ended_.back().word.clear();
    return;
  }
  for (const auto count : {&Mapping::size, &Mapping::done, &Mapping::reused, &Mapping::failed,
                           &Mapping::set_aside, &Mapping::open, &Mapping::absent}) {
    (*sum).*count += mapping.*count;
  }
  sum->core_seconds += mapping.core_seconds;
  sum->word.clear();
}

void Ledger::request(Mapping& mapping, const std::vector<std::size_t>& order) {
  constexpr std::size_t batch = 128;
  std::vector<Key> keys;
  std::vector<Bytes> inputs(batch);
  for (std::size_t at = 0; at < mapping.size; at += batch) {
    const std::size_t count = std::min(batch, mapping.size - at);
    const auto index = [&](std::size_t i) { return order.empty() ? at + i : order[at + i]; };
    keys.clear();
    for (std::size_t i = 0; i < count; ++i) {
      inputs[i] = mapping.input(index(i));
      keys.push_back(task_key(mapping.context, inputs[i]));
    }
    {
      std::unique_lock lock(mutex_);
      // Under the lock: what is not stored yet is then still under way or cached.
      const auto stored = store_.has(keys);
      for (std::size_t i = 0; i < count; ++i) {
        request_one(mapping, index(i), keys[i], std::move(inputs[i]), stored[i]);
      }
      if (waiting_of(mapping) >= limits_.waiting_tasks) {
        lock.unlock();
        on_ready();
        lock.lock();
        changed_.wait(lock, [&] { return stopping_ || waiting_of(mapping) <= limits_.waiting_tasks / 2; });
      }
      if (stopping_) throw Interrupted();
    }
    on_ready();
  }
}

void Ledger::request_one(Mapping& mapping, std::size_t index, const Key& key, Bytes input, bool stored) {
  if (stored || cache_.contains(key)) {
    ++mapping.done;
    ++mapping.reused;
    return;
  }
  if (planning_) {
    ++mapping.absent;
    if (on_absent_) on_absent_(mapping, index, key, input);
    return;
  }
  if (const auto failure = failures_.find(key); failure != failures_.end()) {
    ++(failure->second.set_aside ? mapping.set_aside : mapping.failed);
    return;
  }
  ++mapping.open;
  auto* task = find(key);
  const bool added = task == nullptr;
  if (added) task = &make_outstanding(key);
  for (auto& waiter : task->waiters) {
    if (waiter.mapping == &mapping) {
      ++waiter.count;
      return;
    }
  }
  task->waiters.push_back({&mapping, 1});
  if (task->owner == nullptr) task->owner = &mapping;
  if (!added) return;
  task->kind = mapping.kind;
  task->ranks = mapping.kind->ranks_of(input);
  task->input = std::move(input);
  if (crashes_.contains(key)) {
    requeue(*task);
  } else {
    enqueue(*task, false);
  }
}

Ledger::Outstanding& Ledger::make_outstanding(const Key& key) {
  if (free_.empty()) free_.push_back(&tasks_.emplace_back());
  auto& task = *free_.back();
  free_.pop_back();
  task.key = key;
  task.used = true;
  outstanding_.insert(key, &task);
  return task;
}

void Ledger::drop(Outstanding& task) {
  outstanding_.erase(task.key);
  auto waiters = std::move(task.waiters);
  waiters.clear();
  task = {};
  task.waiters = std::move(waiters);  // with its memory, for the next
  free_.push_back(&task);
}

void Ledger::enqueue(Outstanding& task, bool front) {
  task.worker = -1;
  auto found = std::find_if(queues_.begin(), queues_.end(), [&](const auto& queue) {
    return queue->mapping == task.owner && queue->ranks == task.ranks;
  });
  if (found == queues_.end())
    found = queues_.insert(found, std::make_unique<Queue>(Queue{task.owner, task.ranks, {}}));
  auto& tasks = (*found)->tasks;
  if (front) {
    tasks.push_front(&task);
  } else {
    tasks.push_back(&task);
  }
  ++waiting_;
}

void Ledger::wait(Mapping& mapping) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return mapping.open == 0 || stopping_; });
  if (mapping.open > 0) throw Interrupted();
}

std::optional<Bytes> Ledger::output(const Key& key) {
  {
    const std::scoped_lock lock(mutex_);
    if (const auto* cached = cache_.find(key)) return *cached;
  }
  if (!store_.has(key)) return std::nullopt;
  return store_.output(key);
}

Ledger::Queue* Ledger::next_queue(bool for_group) const {
  for (const auto& queue : queues_) {
    if (queue->tasks.empty() || (queue->ranks > 1) != for_group) continue;
    if (!admits_ || admits_(*queue->mapping->kind)) return queue.get();
  }
  return nullptr;
}

const TaskKind* Ledger::next_kind(bool for_group) const {
  const std::scoped_lock lock(mutex_);
  const auto* queue = next_queue(for_group);
  return queue == nullptr || stopping_ ? nullptr : queue->mapping->kind;
}

int Ledger::next_group() const {
  const std::scoped_lock lock(mutex_);
  auto* const queue = next_queue(true);
  return queue == nullptr || stopping_ ? 0 : queue->ranks;
}

std::size_t Ledger::waiting_of(const Mapping& mapping) const {
  std::size_t count = 0;
  for (const auto& queue : queues_) {
    if (queue->mapping == &mapping) count += queue->tasks.size();
  }
  return count;
}

std::vector<Assignment> Ledger::take(int worker, std::size_t count, bool for_group) {
  std::vector<Assignment> taken;
  bool has_room_again = false;
  {
    const std::scoped_lock lock(mutex_);
    auto* queue = stopping_ ? nullptr : next_queue(for_group);
    if (queue == nullptr) return taken;
    count = std::min(count, queue->tasks.size());
    taken.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      auto& task = *queue->tasks.front();
      queue->tasks.pop_front();
      task.worker = worker;
      taken.push_back({task.key, task.kind, task.input, crashes_.contains(task.key)});
    }
    waiting_ -= count;
    const auto half = limits_.waiting_tasks / 2;
    has_room_again = queue->tasks.size() <= half && queue->tasks.size() + count > half;
    // The mappings take turns; an empty queue is dropped and made again when needed.
    const auto place =
        std::find_if(queues_.begin(), queues_.end(), [&](const auto& each) { return each.get() == queue; });
    auto served = std::move(*place);
    queues_.erase(place);
    if (!served->tasks.empty()) queues_.push_back(std::move(served));
  }
  if (has_room_again) changed_.notify_all();
  return taken;
}

std::size_t Ledger::waiting() const {
  const std::scoped_lock lock(mutex_);
  return waiting_;
}

std::size_t Ledger::under_way() const {
  const std::scoped_lock lock(mutex_);
  return outstanding_.size() - waiting_;
}

std::string Ledger::describe(const Key& key) const {
  const std::scoped_lock lock(mutex_);
  const auto* task = find(key);
  if (task == nullptr) return {};
  const auto& identity = task->kind->identity;
  return fmt::format("{}({})", identity.name, show_row(task->input, identity.input));
}

void Ledger::settle(Outstanding& task, std::size_t Mapping::*state) {
  for (const auto& waiter : task.waiters) {
    waiter.mapping->open -= waiter.count;
    waiter.mapping->*state += waiter.count;
    // Drivers sleep until all they asked for is there: waking them for each task would cost more than small
    // tasks do.
    if (waiter.mapping->open == 0) changed_.notify_all();
  }
  drop(task);
}

std::optional<FinishedRow> Ledger::complete(const Key& key, Bytes output, bool published,
                                            double core_seconds) {
  const std::scoped_lock lock(mutex_);
  auto* task = find(key);
  if (task == nullptr || task->worker < 0) return std::nullopt;
  FinishedRow row{task->kind, key, std::move(task->input), {}};
  if (!published) row.output = cache_.add(key, std::move(output));
  ++executed_;
  if (task->owner != nullptr) task->owner->core_seconds += core_seconds;
  settle(*task, &Mapping::done);
  return row;
}

void Ledger::tell(const Key& key, std::string word) {
  const std::scoped_lock lock(mutex_);
  const auto* task = find(key);
  if (task != nullptr && task->owner != nullptr) task->owner->word = std::move(word);
}

void Ledger::record_failure(Outstanding& task, const std::string& message, bool set_aside) {
  failures_[task.key] = {task.key,
                         task.owner == nullptr ? std::string() : task.owner->experiment,
                         task.kind->identity.name,
                         show_row(task.input, task.kind->identity.input),
                         message,
                         task.attempts,
                         set_aside};
  settle(task, set_aside ? &Mapping::set_aside : &Mapping::failed);
}

void Ledger::fail(const Key& key, const std::string& message, double core_seconds) {
  {
    const std::scoped_lock lock(mutex_);
    auto* task = find(key);
    if (task == nullptr) return;
    if (task->owner != nullptr) task->owner->core_seconds += core_seconds;
    if (++task->attempts <= limits_.retries) {
      again(*task);
    } else {
      record_failure(*task, message, false);
    }
  }
  on_ready();
}

void Ledger::again(Outstanding& task) {
  if (task.waiters.empty()) {
    drop(task);  // whoever asked for it is gone
  } else {
    enqueue(task, true);
  }
}

void Ledger::requeue(Outstanding& task) {
  const auto crash = crashes_.find(task.key);
  if (crash != crashes_.end() && crash->second.first >= limits_.crashes) {
    task.attempts = crash->second.first;
    record_failure(task, crash->second.second, true);
  } else {
    again(task);
  }
}

void Ledger::give_back(const Key& key) {
  const std::scoped_lock lock(mutex_);
  auto* task = find(key);
  if (task != nullptr && task->worker >= 0) requeue(*task);
}

void Ledger::blame(const Key& key, int crashes, const std::string& how) {
  const std::scoped_lock lock(mutex_);
  auto& entry = crashes_[key];
  entry.first += crashes;
  entry.second = how;
}

void Ledger::lose_worker(int worker) {
  const std::scoped_lock lock(mutex_);
  for (auto& task : tasks_) {
    if (task.used && task.worker == worker) requeue(task);
  }
}

void Ledger::mark_published(std::size_t count) {
  const std::scoped_lock lock(mutex_);
  cache_.mark_published(count);
}

void Ledger::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
}

void Ledger::admit_only(std::function<bool(const TaskKind&)> admits) {
  const std::scoped_lock lock(mutex_);
  admits_ = std::move(admits);
}

bool Ledger::stopping() const {
  const std::scoped_lock lock(mutex_);
  return stopping_;
}

void Ledger::plan_only(std::function<void(const Mapping&, std::size_t, const Key&, ByteView)> on_absent) {
  planning_ = true;
  on_absent_ = std::move(on_absent);
}

std::vector<TaskFailure> Ledger::failures() const {
  const std::scoped_lock lock(mutex_);
  std::vector<TaskFailure> all;
  all.reserve(failures_.size());
  for (const auto& [key, failure] : failures_) all.push_back(failure);
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
  return all;
}

std::vector<Mapping> Ledger::snapshot() const {
  const std::scoped_lock lock(mutex_);
  std::vector<Mapping> all = ended_;
  for (const auto* mapping : mappings_) all.push_back(*mapping);
  return all;
}

std::size_t Ledger::executed() const {
  const std::scoped_lock lock(mutex_);
  return executed_;
}

std::size_t Ledger::memory_bytes() const {
  const std::scoped_lock lock(mutex_);
  std::size_t bytes = cache_.bytes() + tasks_.size() * sizeof(Outstanding) + outstanding_.bytes();
  for (const auto& task : tasks_) bytes += task.input.capacity();
  return bytes;
}

}  // namespace reprise
