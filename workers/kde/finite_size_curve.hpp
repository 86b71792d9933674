#pragma once

#include <cstdint>
#include <vector>

#include "pipeline/run/paper.hpp"
#include "workers/kde/query_point.hpp"

namespace reprise::kde {

/// The theory at finite n and d (spec 2.7) where Monte Carlo looks: what every measured point is set beside.
struct CurveInput {
  DataLaw law;
  double log_points = 0.0;
  QueryPoint query = QueryPoint::typical;
  std::uint64_t query_set = 0;
  std::uint64_t first_query = 0;
  std::uint64_t queries = 1;
  std::vector<double> bandwidths;
};

constexpr auto fields(const CurveInput*) {
  using C = CurveInput;
  return std::tuple{field("law", &C::law, "law of the data"),
                    field("log_points", &C::log_points, "log n"),
                    field("query", &C::query, "where the density is looked at"),
                    field("query_set", &C::query_set, "which set of queries, where they are sampled"),
                    field("first_query", &C::first_query, "first of the queries"),
                    field("queries", &C::queries, "number of queries"),
                    field("bandwidths", &C::bandwidths, "bandwidths h", "sigma")};
}

/// Expectations over data sets. [queries, bandwidths]; one row where the query is averaged over.
struct Curve {
  std::vector<double> log_density;
  NdArray<double> log_estimate;
  NdArray<double> variance;
  NdArray<double> participation;
};

constexpr auto fields(const Curve*) {
  using C = Curve;
  return std::tuple{field("log_density", &C::log_density, "log rho(x) [queries]", "nat"),
                    field("log_estimate", &C::log_estimate, "E log rho_hat(x) [queries, bandwidths]", "nat"),
                    field("variance", &C::variance,
                          "Var log rho_hat(x) over data sets; NaN for an average over x", "nat^2"),
                    field("participation", &C::participation, "E Y2 [queries, bandwidths]")};
}

Curve finite_size_curve(const CurveInput& input, TaskContext& context);
double seconds(const CurveInput& input);

inline const Task<CurveInput, Curve> kFiniteSizeCurve{"kde.finite_size_curve", 1, finite_size_curve,
                                                      "semi-exact theory at finite n and d", seconds};

/// A curve over all of `bandwidths`, farmed out a few at a time.
[[nodiscard]] std::vector<CurveInput> curve_inputs(const DataLaw& law, double log_points, QueryPoint query,
                                                   const std::vector<double>& bandwidths);

/// Its rows joined. [bandwidths]
struct JoinedCurve {
  std::vector<double> log_density;   ///< log rho(x), or its average
  std::vector<double> log_estimate;  ///< NaN where a task failed
  std::vector<double> variance;
  std::vector<double> participation;

  [[nodiscard]] double divergence(std::size_t k) const { return log_density[k] - log_estimate[k]; }
};
[[nodiscard]] JoinedCurve join(const std::vector<CurveInput>& inputs, const Results<Curve>& rows);

/// The bandwidth of least divergence of isotropic data by the same theory.
struct OptimumInput {
  std::int32_t dim = 10;
  double log_points = 0.0;
  QueryPoint query = QueryPoint::typical;
  double lowest = 0.1;
  double highest = 2.0;
};

constexpr auto fields(const OptimumInput*) {
  using O = OptimumInput;
  return std::tuple{field("dim", &O::dim, "dimension d"), field("log_points", &O::log_points, "log n"),
                    field("query", &O::query, "typical x, or averaged over x"),
                    field("lowest", &O::lowest, "the optimum is sought from here", "sigma"),
                    field("highest", &O::highest, "to here", "sigma")};
}

struct Optimum {
  double bandwidth = 0.0;
  double divergence = 0.0;
  double participation = 0.0;
};

constexpr auto fields(const Optimum*) {
  return std::tuple{field("bandwidth", &Optimum::bandwidth, "h of least divergence", "sigma"),
                    field("divergence", &Optimum::divergence, "KL(rho || rho_hat) there", "nat"),
                    field("participation", &Optimum::participation, "E Y2 there")};
}

Optimum find_optimum(const OptimumInput& input, TaskContext& context);
double seconds(const OptimumInput& input);

inline const Task<OptimumInput, Optimum> kOptimum{"kde.optimum", 1, find_optimum,
                                                  "bandwidth of least divergence at finite n and d", seconds};

}  // namespace reprise::kde
