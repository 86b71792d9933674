#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/statistics/moments.hpp"
#include "pipeline/run/paper.hpp"
#include "workers/kde/brute_force.hpp"
#include "workers/kde/finite_size_curve.hpp"
#include "workers/kde/thresholds.hpp"

namespace reprise::kde {

/// Data sets of Gaussian points and where they are looked at, as jobs ask for them. Experiments with the same
/// study share its tasks.
struct BruteForceStudy {
  std::vector<std::int32_t> dimensions{10};
  std::vector<std::uint64_t> points{10000};
  std::vector<std::int32_t> data_sets{20};
  std::int32_t queries = 60;
  double largest_bandwidth = 3.0;
  std::int32_t bandwidths = 14;
  std::int32_t bandwidths_per_octave = 4;
};

constexpr auto fields(const BruteForceStudy*) {
  using S = BruteForceStudy;
  return std::tuple{
      field("dimensions", &S::dimensions, "dimensions d"),
      field("points", &S::points, "number n of data points, for each dimension"),
      field("data_sets", &S::data_sets, "data sets, for each dimension"),
      field("queries", &S::queries, "points x at which each data set's estimate is looked at"),
      field("largest_bandwidth", &S::largest_bandwidth, "largest bandwidth, in units of h_G at infinite d"),
      field("bandwidths", &S::bandwidths, "number of bandwidths, falling from the largest"),
      field("bandwidths_per_octave", &S::bandwidths_per_octave,
            "bandwidths within a factor of 2: 2, 4, 8 or 16, so that they share exponentials")};
}

void validate(const BruteForceStudy& study, const JobTable& table);

/// One pair (d, n) of a study.
struct StudyCase {
  DataLaw law;
  std::uint64_t points = 0;
  std::int32_t data_sets = 0;
  double condensation_bandwidth = 0.0;  ///< h_G at infinite d
  std::vector<double> bandwidths;

  [[nodiscard]] double log_points() const;
  [[nodiscard]] double load() const { return log_points() / law.dim; }
  [[nodiscard]] std::string title() const;  ///< "d = 10, n = 1e4"
};

/// All pairs; `law` with its dimension replaced.
[[nodiscard]] std::vector<StudyCase> cases(const BruteForceStudy& study, const DataLaw& law = {});

/// Estimates of a case's data sets: `fresh` queries for each data set, or one set of queries that all see.
[[nodiscard]] Results<DensityEstimate> map_data_sets(Run& run, const BruteForceStudy& study,
                                                     const StudyCase& one, bool fresh_queries = true);

/// Means over data sets of their means over queries, with standard errors from the data sets (queries that
/// share a data set are correlated). [bandwidths]
struct StudyMeans {
  std::size_t data_sets = 0;         ///< that are there
  std::vector<Estimate> divergence;  ///< log rho - log rho_hat, whose mean is KL(rho || rho_hat)
  std::vector<Estimate> participation;
  std::vector<Estimate> largest_weight;
  std::vector<Estimate> entropy;
  Estimate log_density;  ///< log rho(x)
};

[[nodiscard]] StudyMeans means(const Results<DensityEstimate>& estimates);

/// A case of isotropic data with fresh queries, beside the theory at its size averaged over x.
struct MeasuredCase {
  StudyCase one;
  StudyMeans measured;
  JoinedCurve theory;
  Edge finite_size;  ///< at typical x
};

/// Runs all cases of a study of isotropic data.
[[nodiscard]] std::vector<MeasuredCase> measure(Run& run, const BruteForceStudy& study);

}  // namespace reprise::kde
