#pragma once

#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "pipeline/run/ledger.hpp"
#include "pipeline/store/store.hpp"

namespace reprise {

/// The coordinator's thread that makes finished rows durable: a segment whenever the oldest waiting row is
/// `seconds` old or `bytes` have gathered. So files grow with hours and bytes, never with tasks or ranks.
class Publisher {
 public:
  struct Settings {
    std::chrono::duration<double> longest{5};
    std::size_t bytes = std::size_t{64} << 20U;
  };
  Publisher(Store& store, Ledger& ledger, Origin origin, std::int64_t epoch, Settings settings);
  ~Publisher();
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  /// Waits when far more rows have gathered than the disk takes.
  void add(const FinishedRow& row, const Origin& origin, RowProvenance provenance);
  /// Returns when all rows added so far are durable. Throws what kept them from being so.
  void flush();
  /// Throws what kept rows from being published, if anything did.
  void check();

  std::function<void(std::size_t rows)> on_published = [](std::size_t) {};
  std::function<void()> on_error = [] {};

 private:
  using Clock = std::chrono::steady_clock;
  void work();
  bool due() const;

  Store& store_;
  Ledger& ledger_;
  Origin origin_;
  std::int64_t epoch_;
  Settings settings_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::unique_ptr<SegmentWriter> open_;
  Clock::time_point oldest_;
  bool flushing_ = false;
  bool writing_ = false;
  bool closing_ = false;
  std::int64_t sequence_ = 0;
  std::exception_ptr error_;
  std::thread thread_;
};

}  // namespace reprise
