#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace reprise {

/// Which worker ranks are bound to cores: REPRISE_BIND. By itself a run binds only where a scheduler has
/// given it the CPUs: two runs that bind to the same ones would take twice as long, and nobody would see why.
enum class BindMode { automatic, cores, none };
/// Throws UsageError for a value that is none.
BindMode bind_mode();

/// What a worker rank says of the CPUs that it was started on.
struct Seat {
  std::string machine;  ///< the boot it belongs to: "nodes" that are but names for one machine have the same
  std::string host;
  std::string cpus;           ///< those allowed, as cpu_list() writes them
  std::int32_t cores = 0;     ///< that these are of
  std::int32_t threads = 0;   ///< of the rank; 0: as many as it finds
  std::string may_be_shared;  ///< why they may be others' too; empty: a scheduler gave them to this job
};
Seat this_seat();

/// Which part of its machine's CPUs a worker rank takes: one of `ranks`, of `threads` threads each.
struct Share {
  std::int32_t index = 0;
  std::int32_t ranks = 0;  ///< 0: it is not bound
  std::int32_t threads = 0;
};

/// Who sits where.
struct Seating {
  std::vector<Share> shares;  ///< by rank
  bool bound = false;         ///< any of them
  std::string told;           ///< what was done, and why not, for the user
};

/// Decides for all ranks; those without a seat are not there. Depends on nothing else.
Seating seat_ranks(const std::vector<std::optional<Seat>>& seats, BindMode mode);

/// Binds this process to its share. Returns the CPUs; empty when it is not bound, or the system refused.
std::vector<int> take_share(const Seat& seat, const Share& share);

}  // namespace reprise
