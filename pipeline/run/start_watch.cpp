#include "pipeline/run/start_watch.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>

#include "pipeline/base/errors.hpp"
#include "pipeline/store/lock.hpp"

namespace reprise {

std::chrono::seconds start_patience() {
  const char* asked = std::getenv("REPRISE_START_SECONDS");
  if (asked == nullptr || *asked == '\0') return std::chrono::seconds(300);
  const std::string text = asked;
  int seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || end != text.data() + text.size() || seconds < 1 || seconds > 86400) {
    throw UsageError(
        fmt::format("REPRISE_START_SECONDS is \"{}\"; it may be a whole number from 1 to 86400", text));
  }
  return std::chrono::seconds(seconds);
}

bool StartPatience::over(std::size_t there, Clock::time_point now) {
  if (there != there_) {
    there_ = there;
    since_ = now;
  }
  return now - since_ > limit_;
}

std::string StartWatch::address() const {
  return fmt::format("{} {} {}", this_process().boot_id, hub_->address().port, hub_->address().token);
}

std::optional<int> StartWatch::lost() {
  std::optional<int> first;
  if (!hub_) return first;
  hub_->poll([&](int rank) { first = first.value_or(rank); }, [&](int rank) { over_ |= rank == 0; });
  return over_ ? std::nullopt : first;
}

StartLink::StartLink() {
  const char* given = std::getenv(start_variable);
  const char* rank = std::getenv("OMPI_COMM_WORLD_RANK");
  char boot[64] = {};
  LivenessHub::Address address{{"127.0.0.1"}, 0, 0};
  if (given == nullptr || rank == nullptr ||
      std::sscanf(given, "%63s %" SCNu16 " %" SCNu64, boot, &address.port, &address.token) != 3 ||
      this_process().boot_id != boot) {
    return;
  }
  try {
    link_.emplace(address, std::atoi(rank), [] { ::_exit(static_cast<int>(ExitCode::interrupted)); });
  } catch (const Error&) {
    // The launcher has gone, and mpirun with it; or the loopback interface is another.
  }
}

void StartLink::done() {
  if (!link_) return;
  link_->take_leave();
  link_.reset();
}

}  // namespace reprise
