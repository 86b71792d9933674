#include "pipeline/run/stop_signal.hpp"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <ctime>

#include "pipeline/base/errors.hpp"

namespace reprise {
namespace {

std::atomic<int> asked{0};
std::atomic<std::time_t> asked_at{0};
static_assert(std::atomic<std::time_t>::is_always_lock_free);

void ask(int signal) {
  const auto now = ::time(nullptr);
  if (asked.load() != 0 && signal != SIGUSR1 && now - asked_at.load() >= 2) {
    ::_exit(static_cast<int>(ExitCode::interrupted));
  }
  if (asked.load() == 0) {
    asked.store(signal);
    asked_at.store(now);
  }
}

}  // namespace

void catch_stop_signals() {
  struct sigaction action {};
  action.sa_handler = ask;
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGINT, SIGTERM, SIGUSR1}) ::sigaction(signal, &action, nullptr);
}

int stop_requested() noexcept {
  return asked.load();
}

}  // namespace reprise
