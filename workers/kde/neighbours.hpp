#pragma once

#include <cstdint>
#include <vector>

#include "workers/kde/brute_force_study.hpp"

namespace reprise::kde {

/// E8: nearest neighbours: how far they are, and the slope of the energy spectrum's edge that they show.
struct Neighbours {
  BruteForceStudy study;
  std::int32_t simulated_queries = 200;
  std::int32_t simulated_data_sets = 10;
};

constexpr auto fields(const Neighbours*) {
  using N = Neighbours;
  return std::tuple{
      field("study", &N::study, "data sets measured by brute force"),
      field("simulated_queries", &N::simulated_queries, "points x for which neighbours are simulated"),
      field("simulated_data_sets", &N::simulated_data_sets, "simulated data sets for each x")};
}

void validate(const Neighbours& job, const JobTable& table);

/// Neighbour slopes lambda_hat over k of queries x ~ rho by the top-K sampler, which brute force is set
/// beside: at finite d they lie below lambda at the edge (spec 2.10).
struct SlopesInput {
  DataLaw law;
  double log_points = 0.0;
  std::uint64_t first_query = 0;
  std::uint64_t queries = 100;
  std::uint64_t data_sets = 10;
  std::vector<std::int32_t> neighbours;
};

constexpr auto fields(const SlopesInput*) {
  using S = SlopesInput;
  return std::tuple{field("law", &S::law, "law of the data"),
                    field("log_points", &S::log_points, "log n"),
                    field("first_query", &S::first_query, "first of the queries"),
                    field("queries", &S::queries, "number of queries x"),
                    field("data_sets", &S::data_sets, "data sets for each query"),
                    field("neighbours", &S::neighbours, "numbers k of neighbours")};
}

struct Slopes {
  std::vector<double> nearest_squared;
  NdArray<double> slope;
};

constexpr auto fields(const Slopes*) {
  return std::tuple{field("nearest_squared", &Slopes::nearest_squared,
                          "mean |x - y|^2 of the nearest point [queries]", "sigma^2"),
                    field("slope", &Slopes::slope, "mean lambda_hat [queries, k]", "sigma^-2")};
}

Slopes simulate_slopes(const SlopesInput& input, TaskContext& context);
double seconds(const SlopesInput& input);

inline const Task<SlopesInput, Slopes> kSlopes{"kde.neighbour_slopes", 1, simulate_slopes,
                                               "edge slopes from simulated nearest neighbours", seconds};

/// lambda_hat for k nearest neighbours of all queries of a case: mean with the error from data sets, and
/// median.
struct MeasuredSlope {
  Estimate mean;
  double median = 0.0;
};
[[nodiscard]] MeasuredSlope measured_slope(const Results<DensityEstimate>& estimates, int k);

/// The median over queries for k = 10, for each case of the study; NaN when nothing was measured.
[[nodiscard]] std::vector<double> measured_slopes(Run& run, const BruteForceStudy& study);

Experiment neighbours_experiment();

}  // namespace reprise::kde
