#include "workers/slepian/path_task.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "kernels/expects.hpp"
#include "workers/slepian/covariance.hpp"
#include "workers/slepian/path_blocks.hpp"

namespace reprise::slepian {
namespace {

PathGrid grid_of(const PathInput& input) {
  expects(input.paths % 16 == 0, "paths come in multiples of 16");
  return {input.model, input.step, input.steps, input.paths};
}

RandomKey key_of(TaskContext& context) {
  return random_key(context.seed(), context.key().high, context.key().low);
}

/// Complete intervals of one path that begin as the path's first sign, or its opposite.
void add_every_second(const IntervalQuestions& questions, std::span<const double> crossings,
                      bool first_positive, IntervalStatistics& above, IntervalStatistics& below) {
  constexpr double kNever = std::numeric_limits<double>::infinity();
  for (std::size_t k = 0; k + 1 < crossings.size(); ++k) {
    const double interval = crossings[k + 1] - crossings[k];
    const bool positive = (k % 2 == 1) == first_positive;
    (positive ? above : below).add_first_intervals(questions, std::span(&interval, 1), kNever);
  }
}

}  // namespace

IntervalSums simulate_paths(const PathInput& input, TaskContext& context) {
  const double mean = covariance_of(input.model)->mean_interval();
  const IntervalQuestions questions = questions_of(input.ask, mean);
  IntervalStatistics statistics(questions);
  std::optional<CrossingScan> scan;
  const double clipped = simulate(grid_of(input), key_of(context), [&](const PathRows& stretch) {
    if (stretch.first) {
      if (scan && scan->paths() == stretch.paths) {
        scan->clear();
      } else {
        scan.emplace(stretch.paths, input.step);
      }
    }
    scan->scan(stretch.rows);
    if (stretch.last) statistics.add(questions, *scan);
  });
  IntervalSums sums = sums_of(statistics);
  sums.clipped = clipped;
  return sums;
}

double seconds(const PathInput& input) {
  constexpr double kStart = 0.02, kStep = 1e-8;
  return kStart + kStep * static_cast<double>(input.steps) * static_cast<double>(input.paths);
}

Sequence<PathInput> all_blocks(std::vector<PathInput> inputs, std::uint64_t blocks, std::uint64_t from) {
  const std::size_t size = inputs.size() * blocks;
  return {size, [inputs = std::move(inputs), blocks, from](std::size_t k) {
            PathInput input = inputs[k / blocks];
            input.block = from + k % blocks;
            return input;
          }};
}

LevelSums simulate_level_paths(const LevelPathInput& input, TaskContext& context) {
  expects(input.paths.ask.lags.empty(),
          "stretches without a crossing are not asked of excursions on one side");
  const double mean = covariance_of(input.paths.model)->mean_interval();
  const IntervalQuestions questions = questions_of(input.paths.ask, mean);
  IntervalStatistics above(questions), below(questions);
  std::optional<CrossingScan> scan;
  std::vector<bool> positive;
  simulate(grid_of(input.paths), key_of(context), [&](const PathRows& stretch) {
    for (double& x : stretch.rows) x -= input.level;
    if (stretch.first) {
      scan.emplace(stretch.paths, input.paths.step);
      positive.clear();
      for (std::size_t path = 0; path < stretch.paths; ++path) positive.push_back(stretch.rows[path] > 0.0);
    }
    scan->scan(stretch.rows);
    if (!stretch.last) return;
    for (std::size_t path = 0; path < stretch.paths; ++path)
      add_every_second(questions, scan->crossings(path), positive[path], above, below);
  });
  return {sums_of(above), sums_of(below)};
}

double seconds(const LevelPathInput& input) {
  return seconds(input.paths);
}

}  // namespace reprise::slepian
