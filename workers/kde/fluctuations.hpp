#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "workers/kde/brute_force.hpp"
#include "workers/kde/simulated_sums.hpp"

namespace reprise::kde {

/// E3: the law of the estimate at a fixed x over data sets.
struct Fluctuations {
  double load = 0.5;
  std::vector<std::int32_t> dimensions{100};
  std::vector<double> indices{0.25, 0.5, 0.75, 1.25, 1.5, 1.75, 2.5, 4.0};
  std::int32_t data_sets = 3000;
  double nearest = 3000.0;
  std::int32_t resamples = 200;
  std::int32_t check_dimension = 20;
  std::uint64_t check_points = 100000;
  std::int32_t check_data_sets = 40;
};

constexpr auto fields(const Fluctuations*) {
  using F = Fluctuations;
  return std::tuple{
      field("load", &F::load, "load alpha = log(n)/d"),
      field("dimensions", &F::dimensions, "dimensions d"),
      field("indices", &F::indices, "stable indices mu = (h/h_G)^2 at this (d, n), for each a bandwidth"),
      field("data_sets", &F::data_sets, "simulated data sets, for each dimension"),
      field("nearest", &F::nearest, "mean number of nearest points drawn for each"),
      field("resamples", &F::resamples, "bootstrap resamples for standard errors"),
      field("check_dimension", &F::check_dimension, "dimension of the check by brute force"),
      field("check_points", &F::check_points, "its number n of points"),
      field("check_data_sets", &F::check_data_sets, "its data sets")};
}

void validate(const Fluctuations& job, const JobTable& table);

/// Statistics of one bandwidth's sums over all data sets.
struct FluctuationInput {
  std::vector<Ref<SimulatedSums>> blocks;
  std::uint32_t bandwidth = 0;
  double index = 1.5;
  std::int32_t resamples = 200;
};

constexpr auto fields(const FluctuationInput*) {
  using F = FluctuationInput;
  return std::tuple{field("blocks", &F::blocks, "the simulated data sets"),
                    field("bandwidth", &F::bandwidth, "which bandwidth"),
                    field("index", &F::index, "mu at this (d, n): below 1 log Z is described, else Z - E Z"),
                    field("resamples", &F::resamples, "bootstrap resamples")};
}

/// Standardised values (minus median, over half the interquartile range) are counted in bins of width
/// kBinWidth from kFirstBin.
struct FluctuationStatistics {
  std::uint64_t data_sets = 0;
  double index = 0.0;
  double index_error = 0.0;
  double skewness = 0.0;
  double log_variance = 0.0;
  std::vector<std::uint64_t> counts;
};

constexpr auto fields(const FluctuationStatistics*) {
  using F = FluctuationStatistics;
  return std::tuple{
      field("data_sets", &F::data_sets, "data sets described"),
      field("index", &F::index, "mu_hat: from Var log Z below 1, else from the characteristic function"),
      field("index_error", &F::index_error, "its standard error by bootstrap over data sets"),
      field("skewness", &F::skewness, "of Z - E Z"),
      field("log_variance", &F::log_variance, "Var log Z over data sets", "nat^2"),
      field("counts", &F::counts, "standardised values in bins of 1/4 from -4 to 12")};
}

inline constexpr double kFirstBin = -4.0;
inline constexpr double kBinWidth = 0.25;
inline constexpr std::size_t kBins = 64;

FluctuationStatistics describe_fluctuations(const FluctuationInput& input, TaskContext& context);
double seconds(const FluctuationInput& input);

inline const Task<FluctuationInput, FluctuationStatistics> kFluctuationStatistics{
    "kde.fluctuation_statistics", 1, describe_fluctuations, "stable index and histogram over data sets",
    seconds};

/// Density of the limit law with the same standardisation: stable, of log Z for mu < 1; Gaussian for mu > 2.
[[nodiscard]] std::vector<double> standardised_limit(double index, const std::vector<double>& at);

/// What P2 is judged by: rows of d = 100, alpha = 1/2.
struct IndexRow {
  double theory = 0.0;    ///< mu_fd
  double measured = 0.0;  ///< mu_hat, NaN when missing
  double skewness = 0.0;
};
[[nodiscard]] Finding judge_fluctuations(double load, const std::vector<std::int32_t>& dimensions,
                                         std::int32_t data_sets, const std::vector<IndexRow>& rows);

Experiment fluctuations_experiment();

}  // namespace reprise::kde
