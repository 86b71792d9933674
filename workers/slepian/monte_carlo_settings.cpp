#include "workers/slepian/monte_carlo_settings.hpp"

#include <bit>

namespace reprise::slepian {

void validate(const PathSettings& paths, const JobTable& table) {
  table.require(paths.length >= 100.0 && paths.length <= 1e5, "length",
                "must be from 100 to 100000: in shorter paths complete intervals are a biased choice");
  table.require(paths.together >= 16 && paths.together % 16 == 0 && paths.together <= 100000, "together",
                "must be a multiple of 16, at most 100000");
  table.require(paths.blocks >= 8 && paths.blocks <= 10000000, "blocks",
                "must be from 8 to 10000000: errors come from the spread of blocks");
}

void validate(const LatticeSettings& lattice, const JobTable& table) {
  table.require(lattice.relative_error > 0.0, "relative_error", "must be greater than 0");
  table.require(lattice.shifts >= 4 && lattice.shifts <= 1024, "shifts", "must be from 4 to 1024");
  table.require(
      std::has_single_bit(lattice.points) && lattice.points >= 1024 && lattice.points <= (1ULL << 32U),
      "points", "must be a power of two from 1024 to 2^32");
}

void require_grids(std::int32_t grids, const JobTable& table) {
  table.require(grids == 3 || grids == 4, "grids", "must be 3 or 4");
}

}  // namespace reprise::slepian
