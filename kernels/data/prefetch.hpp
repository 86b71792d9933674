#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "kernels/expects.hpp"

namespace reprise {

/// Makes batches on a thread of its own, ahead of the one that uses them:
///
///   Prefetch<Batch> batches(count, [&](std::int64_t index) { return load(index); });
///   while (auto batch = batches.next()) train(*batch);
///
/// `make` is called for 0, 1, ..., count - 1 in this order, on one thread; besides the batch in use there are
/// at most `ahead` more, the one that is being made included. What the thread reads must not change
/// meanwhile. Where `make` throws, so does `next`, after the batches before were handed over. The destructor
/// waits for the batch that is being made, and no longer.
template <class T>
class Prefetch {
 public:
  /// Throws std::invalid_argument for a negative count, and for `ahead` of zero.
  Prefetch(std::int64_t count, std::function<T(std::int64_t)> make, std::size_t ahead = 2)
      : count_(count), make_(std::move(make)), ahead_(ahead) {
    expects(count >= 0, "there are zero or more batches");
    expects(ahead > 0, "batches are made at least one ahead");
    thread_ = std::thread([this] { work(); });
  }
  Prefetch(const Prefetch&) = delete;
  Prefetch& operator=(const Prefetch&) = delete;
  ~Prefetch() {
    {
      const std::scoped_lock lock(mutex_);
      stop_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  /// The next batch, in order; none after the last. To be called on one thread. Once it has thrown what
  /// `make` did, it does so again.
  std::optional<T> next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !made_.empty() || ended_; });
    if (!made_.empty()) {
      std::optional<T> batch(std::move(made_.front()));
      made_.pop_front();
      lock.unlock();
      changed_.notify_all();
      return batch;
    }
    if (failure_) std::rethrow_exception(failure_);
    return std::nullopt;
  }

 private:
  void work() {
    std::exception_ptr failure;
    try {
      for (std::int64_t index = 0; index < count_ && wait_for_room(); ++index) {
        auto batch = make_(index);
        const std::scoped_lock lock(mutex_);
        made_.push_back(std::move(batch));
        changed_.notify_all();
      }
    } catch (...) {
      failure = std::current_exception();
    }
    const std::scoped_lock lock(mutex_);
    failure_ = std::move(failure);
    ended_ = true;
    changed_.notify_all();
  }

  /// False when no more is wanted.
  bool wait_for_room() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return made_.size() < ahead_ || stop_; });
    return !stop_;
  }

  const std::int64_t count_;
  const std::function<T(std::int64_t)> make_;
  const std::size_t ahead_;
  std::mutex mutex_;  ///< guards all below but the thread
  std::condition_variable changed_;
  std::deque<T> made_;
  std::exception_ptr failure_;
  bool ended_ = false;
  bool stop_ = false;
  std::thread thread_;  ///< last: it uses all of the above
};

}  // namespace reprise
