#include "pipeline/run/stop_signal.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <limits>

#include "pipeline/base/errors.hpp"

namespace reprise {
namespace {

std::atomic<int> asked{0};
std::atomic<std::int64_t> asked_at{0};   // milliseconds of the steady clock
std::atomic<std::int64_t> warned_at{0};  // 0: not warned
std::atomic<double> usable_seconds{0};   // between a warning and the moment to stop
static_assert(std::atomic<std::int64_t>::is_always_lock_free && std::atomic<double>::is_always_lock_free);

std::int64_t now_milliseconds() noexcept {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return std::int64_t{1000} * time.tv_sec + time.tv_nsec / 1'000'000;
}

void ask(int signal) {
  const auto now = now_milliseconds();
  if (signal == SIGUSR1) {
    if (warned_at.load() == 0) warned_at.store(now);
    return;
  }
  if (asked.load() == 0) {
    asked.store(signal);
    asked_at.store(now);
  } else if (signal != SIGUSR2 && now - asked_at.load() >= 2000) {
    ::_exit(static_cast<int>(ExitCode::interrupted));
  }
}

}  // namespace

void catch_stop_signals() {
  if (const char* said = std::getenv("REPRISE_WARNING_SECONDS")) {
    const double warning = std::max(std::atof(said), 0.0);
    usable_seconds.store(warning - seconds_to_stop_in(warning));
  }
  struct sigaction action {};
  action.sa_handler = ask;
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGINT, SIGTERM, SIGUSR1, SIGUSR2}) ::sigaction(signal, &action, nullptr);
}

double seconds_to_stop_in(double warning_seconds) noexcept {
  constexpr double enough = 30;
  return std::min(enough, warning_seconds / 2);
}

double seconds_until_stop() noexcept {
  const auto warned = warned_at.load();
  if (warned == 0) return std::numeric_limits<double>::infinity();
  return usable_seconds.load() - 1e-3 * static_cast<double>(now_milliseconds() - warned);
}

int stop_requested() noexcept {
  const int signal = asked.load();
  if (signal != 0) return signal;
  return seconds_until_stop() <= 0 ? SIGUSR1 : 0;
}

bool stop_announced() noexcept {
  return asked.load() != 0 || warned_at.load() != 0;
}

}  // namespace reprise
