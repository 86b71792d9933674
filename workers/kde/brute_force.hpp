#pragma once

#include <cstdint>
#include <vector>

#include "pipeline/run/task.hpp"
#include "workers/kde/query_point.hpp"

namespace reprise::kde {

/// A Gaussian data set and the queries that look at it, both regenerated from their numbers (spec 5, W1).
struct BruteForceSample {
  DataLaw law;
  std::uint64_t points = 10000;
  std::uint64_t data_set = 0;
  QueryPoint query = QueryPoint::sampled;
  std::uint64_t query_set = 0;
  std::uint64_t queries = 1;
  std::vector<double> bandwidths;
  std::int32_t nearest = 64;
};

constexpr auto fields(const BruteForceSample*) {
  using S = BruteForceSample;
  return std::tuple{field("law", &S::law, "law of the data"),
                    field("points", &S::points, "number n of data points"),
                    field("data_set", &S::data_set, "which data set"),
                    field("query", &S::query, "where the density is looked at"),
                    field("query_set", &S::query_set, "which set of queries"),
                    field("queries", &S::queries, "number of queries x"),
                    field("bandwidths", &S::bandwidths, "bandwidths h", "sigma"),
                    field("nearest", &S::nearest, "nearest neighbours kept for each query")};
}

/// A share of a large data set: points part * kPartPoints and on.
struct DataPart {
  BruteForceSample sample;
  std::uint64_t part = 0;
};

constexpr auto fields(const DataPart*) {
  return std::tuple{field("sample", &DataPart::sample, "the data set and its queries"),
                    field("part", &DataPart::part, "which part of 2^23 points")};
}

/// Kernel sums relative to the nearest point of the part; parts merge.
struct PartialSums {
  std::uint64_t count = 0;
  std::vector<double> nearest_squared;
  NdArray<double> sum;
  NdArray<double> sum_of_squares;
  NdArray<double> excess;
  NdArray<double> neighbour_squared;
  NdArray<std::uint64_t> neighbour_index;
};

constexpr auto fields(const PartialSums*) {
  using P = PartialSums;
  return std::tuple{
      field("count", &P::count, "points in the part"),
      field("nearest_squared", &P::nearest_squared, "D_min, squared distance of the nearest point",
            "sigma^2"),
      field("sum", &P::sum, "sum_i w_i, w_i = exp(-(D_i - D_min)/(2 h^2)) [queries, bandwidths]"),
      field("sum_of_squares", &P::sum_of_squares, "sum_i w_i^2 [queries, bandwidths]"),
      field("excess", &P::excess, "sum_i w_i (D_i - D_min) [queries, bandwidths]", "sigma^2"),
      field("neighbour_squared", &P::neighbour_squared, "smallest squared distances [queries, nearest]",
            "sigma^2"),
      field("neighbour_index", &P::neighbour_index, "the points they belong to [queries, nearest]")};
}

struct BruteForceInput {
  BruteForceSample sample;
  std::vector<Ref<PartialSums>> parts;
};

constexpr auto fields(const BruteForceInput*) {
  return std::tuple{field("sample", &BruteForceInput::sample, "the data set and its queries"),
                    field("parts", &BruteForceInput::parts, "sums over its parts, when it is large")};
}

/// The density estimate of one data set at its queries.
struct DensityEstimate {
  std::vector<double> squared_norm;
  std::vector<double> log_density;
  NdArray<double> log_estimate;
  NdArray<float> participation;
  NdArray<float> largest_weight;
  NdArray<float> entropy;
  NdArray<double> nearest_squared;
};

constexpr auto fields(const DensityEstimate*) {
  using D = DensityEstimate;
  return std::tuple{field("squared_norm", &D::squared_norm, "|x|^2 [queries]", "sigma^2"),
                    field("log_density", &D::log_density, "log rho(x) [queries]", "nat"),
                    field("log_estimate", &D::log_estimate, "log rho_hat(x) [queries, bandwidths]", "nat"),
                    field("participation", &D::participation, "Y2 = sum p_i^2 [queries, bandwidths]"),
                    field("largest_weight", &D::largest_weight, "max p_i [queries, bandwidths]"),
                    field("entropy", &D::entropy, "-sum p_i log p_i [queries, bandwidths]", "nat"),
                    field("nearest_squared", &D::nearest_squared,
                          "smallest |x - y|^2, ascending [queries, nearest]", "sigma^2")};
}

inline constexpr std::uint64_t kPartPoints = std::uint64_t{1} << 23U;

/// How many parts a sample is cut into; 1: it is summed in one task.
[[nodiscard]] std::uint64_t part_count(const BruteForceSample& sample);

PartialSums sum_part(const DataPart& input, TaskContext& context);
/// Parts are summed here when none are given; the bits are the same.
DensityEstimate estimate_density(const BruteForceInput& input, TaskContext& context);

double seconds(const DataPart& input);
double seconds(const BruteForceInput& input);

inline const Task<DataPart, PartialSums> kPartialSums{"kde.partial_sums", 1, sum_part,
                                                      "kernel sums over a part of a large data set", seconds};
inline const Task<BruteForceInput, DensityEstimate> kDensityEstimate{
    "kde.density_estimate", 1, estimate_density, "density estimate of a Gaussian data set by brute force",
    seconds};

}  // namespace reprise::kde
