#include "pipeline/run/start_watch.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>

#include "pipeline/base/errors.hpp"
#include "pipeline/store/lock.hpp"

namespace reprise {

std::string StartWatch::address() const {
  return fmt::format("{} {} {}", this_process().boot_id, hub_->address().port, hub_->address().token);
}

std::optional<int> StartWatch::lost() {
  std::optional<int> first;
  if (hub_) hub_->poll([&](int rank) { first = first.value_or(rank); });
  return first;
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
