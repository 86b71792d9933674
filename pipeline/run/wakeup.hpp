#pragma once

#include <atomic>
#include <chrono>

namespace reprise {

/// Lets one thread sleep until another calls notify(), something happens on a watched descriptor, or time is
/// up.
class Wakeup {
 public:
  Wakeup();
  ~Wakeup();
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;

  /// From any thread and from signal handlers; cheap when nobody sleeps.
  void notify() noexcept;
  /// Sleeps at most `longest`. `watched`: a descriptor that ends the sleep when readable; -1 for none.
  void sleep(std::chrono::nanoseconds longest, int watched = -1);

 private:
  int event_;
  std::atomic<bool> pending_{false};
  std::atomic<bool> sleeping_{false};
};

}  // namespace reprise
