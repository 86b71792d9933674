#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>

namespace reprise::bench {

struct StoreSizes {
  std::size_t rows = 1'000'000;          ///< written and read
  std::size_t rows_a_segment = 100'000;  ///< five seconds' worth at 20,000 tasks/s
  std::size_t stored = 10'000'000;       ///< of the run that is resumed
};

/// Goes on with a run of `stored` results, in segments of state.range(0) rows, that lacks one: seconds from
/// the program's start until the missing result is stored; then how long the other commands take in that
/// folder.
void resume(benchmark::State& state, const StoreSizes& sizes);

}  // namespace reprise::bench
