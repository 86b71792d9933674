#include "workers/slepian/path_blocks.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>
#include <vector>

#include "kernels/gaussian/circulant.hpp"
#include "kernels/gaussian/state_space.hpp"
#include "workers/slepian/covariance.hpp"
#include "workers/slepian/covariance_table.hpp"

namespace reprise::slepian {
namespace {

constexpr std::uint64_t kPathsAtOnce = 256;
constexpr std::uint64_t kStretch = 256;  // steps
constexpr int kMostDerivatives = 5;

/// p of a Matern smoothness p + 1/2 that has a state space of moderate size; 0: none.
int derivatives(const Model& model) {
  if (model.family != Family::matern) return 0;
  const double p = model.smoothness - 0.5;
  return p == std::floor(p) && p >= 1.0 && p <= kMostDerivatives ? static_cast<int>(p) : 0;
}

void simulate_states(const PathGrid& grid, RandomKey key, const std::function<void(const PathRows&)>& visit) {
  const StateSpaceModel model = grid.model.family == Family::random_acceleration
                                    ? reprise::random_acceleration(grid.step)
                                    : reprise::matern(derivatives(grid.model), grid.model.length, grid.step);
  std::vector<double> rows;
  for (std::uint64_t from = 0; from < grid.paths; from += kPathsAtOnce) {
    const auto count = static_cast<std::size_t>(std::min(kPathsAtOnce, grid.paths - from));
    StateSpacePaths paths(model, derive(key, from), count);
    for (std::uint64_t done = 0; done < grid.steps;) {
      const std::uint64_t steps = std::min(kStretch, grid.steps - done);
      rows.resize(static_cast<std::size_t>(steps + 1) * count);
      paths.advance(rows);
      visit({rows, count, done == 0, done + steps == grid.steps});
      done += steps;
    }
  }
}

/// sin(t)/t decays too slowly for a circle. This is the covariance of the periodic process that has the same
/// flat spectrum at the circle's own frequencies: over a path it differs by the square of the share of the
/// period.
double band_limited(double t, double period) {
  const double waves = 2.0 * std::floor(period / (2.0 * std::numbers::pi)) + 1.0;
  const double angle = std::numbers::pi * t / period;
  return t == 0.0 ? 1.0 : std::sin(waves * angle) / (waves * std::sin(angle));
}

double simulate_circles(const PathGrid& grid, RandomKey key,
                        const std::function<void(const PathRows&)>& visit) {
  const auto covariance = covariance_of(grid.model);
  const auto points = static_cast<std::size_t>(grid.steps) + 1;
  const double period = grid.step * static_cast<double>(std::bit_ceil(2 * points));
  const bool endless = grid.model.family == Family::sinc;
  CirculantOptions options;
  options.wrapping = endless ? 0.0 : 1e-15;
  if (grid.model.family == Family::table) {
    options.largest_clipped = kLargestDefect;
    options.rounding = kLargestDefect;
  }
  const CirculantEmbedding embedding(
      [&](double t) { return endless ? band_limited(t, period) : covariance->value(t); }, grid.step, points,
      options);
  std::vector<double> first(embedding.period()), second(embedding.period());
  for (std::uint64_t path = 0; path < grid.paths; path += 2) {
    embedding.draw(key, path / 2, first, second);
    visit({std::span(first).first(points), 1, true, true});
    visit({std::span(second).first(points), 1, true, true});
  }
  return embedding.clipped();
}

}  // namespace

bool has_state_space(const Model& model) {
  return model.family == Family::random_acceleration || derivatives(model) > 0;
}

double simulate(const PathGrid& grid, RandomKey key, const std::function<void(const PathRows&)>& visit) {
  if (!has_state_space(grid.model)) return simulate_circles(grid, key, visit);
  simulate_states(grid, key, visit);
  return 0.0;
}

}  // namespace reprise::slepian
