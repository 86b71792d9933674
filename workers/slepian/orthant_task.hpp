#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "kernels/gaussian/lattice.hpp"
#include "kernels/statistics/moments.hpp"
#include "pipeline/run/paper.hpp"
#include "workers/slepian/model.hpp"
#include "workers/slepian/monte_carlo_settings.hpp"

namespace reprise {

constexpr auto enumerators(const LatticeRule*) {
  return std::array{Enumerator{"richtmyer", LatticeRule::richtmyer},
                    Enumerator{"rank_one", LatticeRule::rank_one}};
}

}  // namespace reprise

namespace reprise::slepian {

/// What an orthant probability is for (spec 2.7 (b), (d), (e)): P0(t), P(T > t) by the Slepian model, the
/// density of T by Durbin's formula.
enum class OrthantKind { no_zero, survival, density };

constexpr auto enumerators(const OrthantKind*) {
  return std::array{Enumerator{"no_zero", OrthantKind::no_zero},
                    Enumerator{"survival", OrthantKind::survival},
                    Enumerator{"density", OrthantKind::density}};
}

/// A probability on a grid of `steps` steps in (0, time).
struct OrthantPoint {
  Model model;
  OrthantKind kind = OrthantKind::no_zero;
  double time = 1.0;
  std::int32_t steps = 8;
};

constexpr auto fields(const OrthantPoint*) {
  using O = OrthantPoint;
  return std::tuple{field("model", &O::model, "the covariance"), field("kind", &O::kind, "what is computed"),
                    field("time", &O::time, "t", "time"),
                    field("steps", &O::steps, "steps of the grid in (0, t)")};
}

/// A range of some randomly shifted lattices.
struct OrthantInput {
  OrthantPoint point;
  LatticeRule rule = LatticeRule::richtmyer;
  std::uint32_t shift = 0;
  std::uint32_t shifts = 1;
  std::uint64_t first = 0;
  std::uint64_t count = 4096;
};

constexpr auto fields(const OrthantInput*) {
  using O = OrthantInput;
  return std::tuple{field("point", &O::point, "the probability"),
                    field("rule", &O::rule, "how points fill the cube"),
                    field("shift", &O::shift, "first random shift of the lattice"),
                    field("shifts", &O::shifts, "how many shifts follow each other"),
                    field("first", &O::first, "first point of each"),
                    field("count", &O::count, "points of each")};
}

/// [shifts]
struct OrthantSums {
  std::vector<double> sum;
  std::vector<double> rest;
};

constexpr auto fields(const OrthantSums*) {
  return std::tuple{field("sum", &OrthantSums::sum, "of the integrand over each shift's points"),
                    field("rest", &OrthantSums::rest, "what rounding took from the sums")};
}

OrthantSums sum_orthant(const OrthantInput& input, TaskContext& context);
double seconds(const OrthantInput& input);

inline const Task<OrthantInput, OrthantSums> kOrthant{
    "slepian.orthant", 2, sum_orthant, "Gaussian orthant probabilities by quasi-Monte Carlo", seconds};

/// Means over shifts with standard errors [points], by lattices of rank one where these go as far. Each
/// point's lattice is doubled until its relative error is no larger than `relative_error` [points] or it has
/// as many points as it may. NaN where tasks failed.
[[nodiscard]] std::vector<Estimate> estimate_orthants(Run& run, const std::vector<OrthantPoint>& points,
                                                      const std::vector<double>& relative_error,
                                                      const LatticeSettings& lattice,
                                                      const std::string& stage);

}  // namespace reprise::slepian
