#include "pipeline/run/ledger.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace reprise {

Ledger::Ledger(Store& store, Limits limits) : store_(store), limits_(limits) {}

void Ledger::begin(Mapping& mapping) {
  const std::scoped_lock lock(mutex_);
  mappings_.push_back(&mapping);
}

void Ledger::end(Mapping& mapping) {
  {
    const std::scoped_lock lock(mutex_);
    std::erase(mappings_, &mapping);
    std::erase_if(queues_, [&](const auto& queue) {
      if (queue->mapping == &mapping) waiting_ -= queue->keys.size();
      return queue->mapping == &mapping;
    });
    for (auto it = outstanding_.begin(); mapping.open > 0 && it != outstanding_.end();) {
      auto& task = it->second;
      std::erase_if(task.waiters, [&](const Waiter& waiter) { return waiter.mapping == &mapping; });
      if (task.waiters.empty() && task.worker < 0) {
        it = outstanding_.erase(it);
        continue;
      }
      if (task.owner == &mapping) {
        // What a worker has in hand is still booked when it comes back; what waits, waits for another mapping now.
        task.owner = task.waiters.empty() ? nullptr : task.waiters.front().mapping;
        if (task.worker < 0) enqueue(it->first, task, false);
      }
      ++it;
    }
    ended_.push_back(mapping);
    ended_.back().input = nullptr;  // it may hold all inputs
  }
  on_ready();
}

void Ledger::request(Mapping& mapping, const std::vector<std::size_t>& order) {
  constexpr std::size_t batch = 128;
  std::vector<std::pair<Key, Bytes>> made(batch);
  for (std::size_t at = 0; at < mapping.size; at += batch) {
    const std::size_t count = std::min(batch, mapping.size - at);
    const auto index = [&](std::size_t i) { return order.empty() ? at + i : order[at + i]; };
    for (std::size_t i = 0; i < count; ++i) {
      made[i].second = mapping.input(index(i));
      made[i].first = task_key(mapping.context, made[i].second);
    }
    {
      std::unique_lock lock(mutex_);
      for (std::size_t i = 0; i < count; ++i) {
        request_one(mapping, index(i), made[i].first, std::move(made[i].second));
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

void Ledger::request_one(Mapping& mapping, std::size_t index, const Key& key, Bytes input) {
  if (cache_.contains(key) || store_.has(key)) {
    ++mapping.done;
    ++mapping.reused;
    return;
  }
  if (planning_) {
    ++mapping.absent;
    if (on_absent_) on_absent_(mapping, index, key, input);
    return;
  }
  if (failures_.contains(key)) {
    ++mapping.failed;
    return;
  }
  ++mapping.open;
  auto [it, added] = outstanding_.try_emplace(key);
  auto& task = it->second;
  for (auto& waiter : task.waiters) {
    if (waiter.mapping == &mapping) {
      ++waiter.count;
      return;
    }
  }
  task.waiters.push_back({&mapping, 1});
  if (task.owner == nullptr) task.owner = &mapping;
  if (!added) return;
  task.kind = mapping.kind;
  task.input = std::move(input);
  if (crashes_.contains(key)) {
    requeue(it);
  } else {
    enqueue(key, task, false);
  }
}

void Ledger::enqueue(const Key& key, Outstanding& task, bool front) {
  task.worker = -1;
  const auto found = std::find_if(queues_.begin(), queues_.end(),
                                  [&](const auto& queue) { return queue->mapping == task.owner; });
  Queue* queue = nullptr;
  if (found == queues_.end()) {
    queues_.push_back(std::make_unique<Queue>(Queue{task.owner, {}}));
    queue = queues_.back().get();
  } else {
    queue = found->get();
  }
  if (front) {
    queue->keys.push_front(key);
  } else {
    queue->keys.push_back(key);
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
    if (const auto found = cache_.find(key); found != cache_.end()) return found->second.output;
  }
  if (!store_.has(key)) return std::nullopt;
  return store_.output(key);
}

Ledger::Queue* Ledger::next_queue(bool for_group) const {
  for (const auto& queue : queues_) {
    if (!queue->keys.empty() && (queue->mapping->kind->ranks > 1) == for_group) return queue.get();
  }
  return nullptr;
}

const TaskKind* Ledger::next_kind(bool for_group) const {
  const std::scoped_lock lock(mutex_);
  const auto* queue = next_queue(for_group);
  return queue == nullptr || stopping_ ? nullptr : queue->mapping->kind;
}

std::size_t Ledger::waiting_of(const Mapping& mapping) const {
  for (const auto& queue : queues_) {
    if (queue->mapping == &mapping) return queue->keys.size();
  }
  return 0;
}

std::vector<Assignment> Ledger::take(int worker, std::size_t count, bool for_group) {
  std::vector<Assignment> taken;
  bool has_room_again = false;
  {
    const std::scoped_lock lock(mutex_);
    auto* queue = stopping_ ? nullptr : next_queue(for_group);
    if (queue == nullptr) return taken;
    count = std::min(count, queue->keys.size());
    taken.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      auto& task = outstanding_.at(queue->keys.front());
      task.worker = worker;
      taken.push_back({queue->keys.front(), task.kind, task.input, crashes_.contains(queue->keys.front())});
      queue->keys.pop_front();
    }
    waiting_ -= count;
    const auto half = limits_.waiting_tasks / 2;
    has_room_again = queue->keys.size() <= half && queue->keys.size() + count > half;
    // The mappings take turns; an empty queue is dropped and made again when needed.
    const auto place = std::find_if(queues_.begin(), queues_.end(),
                                    [&](const auto& each) { return each.get() == queue; });
    auto served = std::move(*place);
    queues_.erase(place);
    if (!served->keys.empty()) queues_.push_back(std::move(served));
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
  const auto task = outstanding_.find(key);
  if (task == outstanding_.end()) return {};
  const auto& identity = task->second.kind->identity;
  return fmt::format("{}({})", identity.name, show_row(task->second.input, identity.input));
}

void Ledger::settle(Outstandings::iterator task, bool success) {
  for (const auto& waiter : task->second.waiters) {
    waiter.mapping->open -= waiter.count;
    (success ? waiter.mapping->done : waiter.mapping->failed) += waiter.count;
    // Drivers sleep until all they asked for is there: waking them for each task would cost more than small tasks do.
    if (waiter.mapping->open == 0) changed_.notify_all();
  }
  outstanding_.erase(task);
}

std::optional<FinishedRow> Ledger::complete(const Key& key, Bytes output, bool published) {
  const std::scoped_lock lock(mutex_);
  const auto task = outstanding_.find(key);
  if (task == outstanding_.end() || task->second.worker < 0) return std::nullopt;
  FinishedRow row{task->second.kind, key, std::move(task->second.input), {}};
  if (!published) {
    row.output = output;
    cache_bytes_ += output.size();
    cache_.emplace(key, Cached{std::move(output), false});
  }
  ++executed_;
  settle(task, true);
  return row;
}

void Ledger::record_failure(Outstandings::iterator task, const std::string& message, bool set_aside) {
  auto& entry = task->second;
  failures_[task->first] = {task->first,  entry.kind->identity.name, show_row(entry.input, entry.kind->identity.input),
                            message,      entry.attempts,            set_aside};
  settle(task, false);
}

void Ledger::fail(const Key& key, const std::string& message) {
  {
    const std::scoped_lock lock(mutex_);
    const auto task = outstanding_.find(key);
    if (task == outstanding_.end()) return;
    if (++task->second.attempts <= limits_.retries) {
      again(task);
    } else {
      record_failure(task, message, false);
    }
  }
  on_ready();
}

void Ledger::again(Outstandings::iterator task) {
  if (task->second.waiters.empty()) {
    outstanding_.erase(task);  // whoever asked for it is gone
  } else {
    enqueue(task->first, task->second, true);
  }
}

void Ledger::requeue(Outstandings::iterator task) {
  const auto crash = crashes_.find(task->first);
  if (crash != crashes_.end() && crash->second.first >= limits_.crashes) {
    task->second.attempts = crash->second.first;
    record_failure(task, crash->second.second, true);
  } else {
    again(task);
  }
}

void Ledger::give_back(const Key& key) {
  const std::scoped_lock lock(mutex_);
  const auto task = outstanding_.find(key);
  if (task != outstanding_.end() && task->second.worker >= 0) requeue(task);
}

void Ledger::blame(const Key& key, int crashes, const std::string& how) {
  const std::scoped_lock lock(mutex_);
  auto& entry = crashes_[key];
  entry.first += crashes;
  entry.second = how;
}

void Ledger::lose_worker(int worker) {
  const std::scoped_lock lock(mutex_);
  std::vector<Key> lost;
  for (const auto& [key, task] : outstanding_) {
    if (task.worker == worker) lost.push_back(key);
  }
  for (const auto& key : lost) requeue(outstanding_.find(key));
}

void Ledger::mark_published(const std::vector<Key>& keys) {
  const std::scoped_lock lock(mutex_);
  for (const auto& key : keys) {
    const auto found = cache_.find(key);
    if (found == cache_.end() || found->second.published) continue;
    found->second.published = true;
    published_order_.push_back(key);
  }
  evict();
}

void Ledger::evict() {
  // Small outputs cost more in book-keeping than in bytes.
  constexpr std::size_t overhead = 96;
  while (!published_order_.empty() && cache_bytes_ + overhead * cache_.size() > limits_.cached_bytes) {
    const auto found = cache_.find(published_order_.front());
    cache_bytes_ -= found->second.output.size();
    cache_.erase(found);
    published_order_.pop_front();
  }
}

void Ledger::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
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
  std::size_t bytes = cache_bytes_ + 96 * (cache_.size() + outstanding_.size());
  for (const auto& [key, task] : outstanding_) bytes += task.input.capacity();
  return bytes;
}

}  // namespace reprise
