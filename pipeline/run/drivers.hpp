#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "pipeline/run/ledger.hpp"
#include "pipeline/run/run_folder.hpp"

namespace reprise {

/// How a driver ended.
struct DriverEnd {
  enum class How { finished, interrupted, needs_results, failed };
  std::string experiment;
  How how = How::finished;
  std::string message;  ///< of a failure
};

/// Why drivers failed: "experiment a: why", or "experiments a, b: why" for those that failed alike.
std::vector<std::string> failures_of(const std::vector<DriverEnd>& ends);

/// Runs the drivers over a planning ledger, one after another: what several ask for is booked to the first.
std::vector<DriverEnd> plan_in_turn(const CheckedJob& job, const FrozenJob& frozen, Ledger& ledger);

/// The drivers of a job's experiments, each in a thread.
class Drivers {
 public:
  /// `save` is called, from drivers' threads, whenever an experiment publishes something.
  Drivers(const CheckedJob& job, const FrozenJob& frozen, Ledger& ledger,
          std::function<void(const Published&)> save, std::function<void()> on_end);
  ~Drivers();
  Drivers(const Drivers&) = delete;
  Drivers& operator=(const Drivers&) = delete;

  bool finished() const { return running_.load() == 0; }
  /// Waits for all; one entry an experiment, in the job's order.
  std::vector<DriverEnd> join();

 private:
  std::atomic<std::size_t> running_;
  std::vector<DriverEnd> ends_;
  std::vector<std::thread> threads_;
};

}  // namespace reprise
