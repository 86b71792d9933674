#pragma once

#include <cstdint>

#include "pipeline/run/paper.hpp"
#include "workers/slepian/interval_sums.hpp"
#include "workers/slepian/model.hpp"

namespace reprise::slepian {

/// A block of simulated stationary paths: by their state space where that is of finite dimension, by
/// circulant embedding otherwise.
struct PathInput {
  Model model;
  double step = 0.0;
  std::uint64_t steps = 0;  ///< of each path
  std::uint64_t paths = 0;
  std::uint64_t block = 0;
  IntervalAsk ask;
};

constexpr auto fields(const PathInput*) {
  using P = PathInput;
  return std::tuple{field("model", &P::model, "the covariance"),
                    field("step", &P::step, "of the grid", "time"),
                    field("steps", &P::steps, "steps of each path"),
                    field("paths", &P::paths, "number of paths"),
                    field("block", &P::block, "which block of paths"),
                    field("ask", &P::ask, "what is asked of the intervals")};
}

IntervalSums simulate_paths(const PathInput& input, TaskContext& context);
double seconds(const PathInput& input);

inline const Task<PathInput, IntervalSums> kPaths{
    "slepian.paths", 1, simulate_paths, "intervals between zeros of simulated stationary paths", seconds};

/// For each input the blocks from, from + 1, ..., from + blocks - 1 of it, made on demand.
[[nodiscard]] Sequence<PathInput> all_blocks(std::vector<PathInput> inputs, std::uint64_t blocks,
                                             std::uint64_t from = 0);

/// The same for crossings of a level, apart for excursions above and below it.
struct LevelPathInput {
  PathInput paths;
  double level = 0.0;
};

constexpr auto fields(const LevelPathInput*) {
  using L = LevelPathInput;
  return std::tuple{field("paths", &L::paths, "the paths, and what is asked; no lags"),
                    field("level", &L::level, "u", "standard deviations")};
}

struct LevelSums {
  IntervalSums above;
  IntervalSums below;
};

constexpr auto fields(const LevelSums*) {
  return std::tuple{field("above", &LevelSums::above, "of excursions above the level"),
                    field("below", &LevelSums::below, "of excursions below it")};
}

LevelSums simulate_level_paths(const LevelPathInput& input, TaskContext& context);
double seconds(const LevelPathInput& input);

inline const Task<LevelPathInput, LevelSums> kLevelPaths{
    "slepian.level_paths", 1, simulate_level_paths, "excursions of simulated paths above and below a level",
    seconds};

/// A block of excursions drawn from their own law (that of Palm): the Slepian process after an up-crossing,
/// until it is no longer positive.
struct ExcursionInput {
  Model model;
  double step = 0.0;
  std::uint64_t steps = 0;  ///< what is longer is cut off
  std::uint64_t excursions = 0;
  std::uint64_t block = 0;
  IntervalAsk ask;  ///< no lags
};

constexpr auto fields(const ExcursionInput*) {
  using E = ExcursionInput;
  return std::tuple{field("model", &E::model, "the covariance"),
                    field("step", &E::step, "of the grid", "time"),
                    field("steps", &E::steps, "steps after which an excursion is cut off"),
                    field("excursions", &E::excursions, "number of excursions"),
                    field("block", &E::block, "which block of them"),
                    field("ask", &E::ask, "what is asked of the intervals")};
}

IntervalSums simulate_excursions(const ExcursionInput& input, TaskContext& context);
double seconds(const ExcursionInput& input);

inline const Task<ExcursionInput, IntervalSums> kExcursions{"slepian.excursions", 1, simulate_excursions,
                                                            "excursions of the Slepian process", seconds};

}  // namespace reprise::slepian
