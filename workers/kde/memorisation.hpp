#pragma once

#include <cstdint>
#include <vector>

#include "pipeline/run/paper.hpp"

namespace reprise::kde {

/// E11: a sample x = y_1 + h z of the estimate itself: the share of the kernel sum that its own y_1 has.
struct Memorisation {
  double load = 0.5;
  std::vector<std::int32_t> dimensions{100};
  std::vector<double> multiples{0.85, 0.95, 1.0, 1.05, 1.15};
  std::int32_t draws = 200;
  double nearest = 500.0;
};

constexpr auto fields(const Memorisation*) {
  using M = Memorisation;
  return std::tuple{field("load", &M::load, "load alpha = log(n)/d"),
                    field("dimensions", &M::dimensions, "dimensions d"),
                    field("multiples", &M::multiples, "bandwidths, in units of h_C at infinite d"),
                    field("draws", &M::draws, "samples, for each dimension and bandwidth"),
                    field("nearest", &M::nearest, "mean number of nearest points drawn for each")};
}

void validate(const Memorisation& job, const JobTable& table);

struct OwnWeightInput {
  std::int32_t dim = 100;
  double log_points = 50.0;
  double bandwidth = 1.0;
  double nearest = 500.0;
  std::uint64_t first_draw = 0;
  std::uint64_t draws = 50;
};

constexpr auto fields(const OwnWeightInput*) {
  using O = OwnWeightInput;
  return std::tuple{field("dim", &O::dim, "dimension d"),
                    field("log_points", &O::log_points, "log n"),
                    field("bandwidth", &O::bandwidth, "bandwidth h", "sigma"),
                    field("nearest", &O::nearest, "mean number of nearest points drawn"),
                    field("first_draw", &O::first_draw, "first of the samples"),
                    field("draws", &O::draws, "number of samples")};
}

/// [draws]
struct OwnWeights {
  std::vector<double> simulated;
  std::vector<double> expected;
};

constexpr auto fields(const OwnWeights*) {
  return std::tuple{field("simulated", &OwnWeights::simulated, "p_1 in a simulated data set"),
                    field("expected", &OwnWeights::expected,
                          "E[p_1 | y_1, z] over data sets by the theory at finite size")};
}

OwnWeights own_weights(const OwnWeightInput& input, TaskContext& context);
double seconds(const OwnWeightInput& input);

inline const Task<OwnWeightInput, OwnWeights> kOwnWeights{
    "kde.own_weights", 1, own_weights, "share of the kernel sum that a sample's own point has", seconds};

Experiment memorisation_experiment();

}  // namespace reprise::kde
