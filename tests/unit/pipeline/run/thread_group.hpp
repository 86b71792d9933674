#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <type_traits>
#include <vector>

#include "pipeline/run/group.hpp"

namespace reprise::test {

/// Members are threads of this process; messages go through queues.
struct Mail {
  std::mutex mutex;
  std::condition_variable arrived;
  std::map<std::pair<int, int>, std::deque<Bytes>> queues;  ///< by sender and receiver
};

class ThreadGroup final : public Group {
 public:
  ThreadGroup(Mail& mail, int rank, int size) : mail_(mail), rank_(rank), size_(size) {}
  int rank() const override { return rank_; }
  int size() const override { return size_; }

 protected:
  void send(int to, ByteView bytes) override {
    const std::scoped_lock lock(mail_.mutex);
    mail_.queues[{rank_, to}].emplace_back(bytes.begin(), bytes.end());
    mail_.arrived.notify_all();
  }
  Bytes receive(int from) override {
    std::unique_lock lock(mail_.mutex);
    auto& queue = mail_.queues[{from, rank_}];
    mail_.arrived.wait(lock, [&] { return !queue.empty(); });
    return take(queue);
  }
  std::optional<Bytes> arrived(int from) override {
    const std::scoped_lock lock(mail_.mutex);
    auto& queue = mail_.queues[{from, rank_}];
    return queue.empty() ? std::nullopt : std::optional(take(queue));
  }
  void flush() override {}

 private:
  static Bytes take(std::deque<Bytes>& queue) {
    auto bytes = std::move(queue.front());
    queue.pop_front();
    return bytes;
  }

  Mail& mail_;
  int rank_;
  int size_;
};

/// What each of `size` members gets from `work`.
template <class Work>
auto on_members(int size, Work work) {
  Mail mail;
  std::vector<std::invoke_result_t<Work, Group&>> results(static_cast<std::size_t>(size));
  std::vector<std::thread> threads;
  for (int rank = 0; rank < size; ++rank) {
    threads.emplace_back([&, rank] {
      ThreadGroup group(mail, rank, size);
      results[static_cast<std::size_t>(rank)] = work(group);
    });
  }
  for (auto& thread : threads) thread.join();
  return results;
}

}  // namespace reprise::test
