#pragma once

#include <cstdint>
#include <vector>

#include "workers/common/presentation.hpp"
#include "workers/kde/brute_force_study.hpp"

namespace reprise::kde {

/// E2: the typical log-density per dimension over the bandwidth.
struct TypicalDensity {
  BruteForceStudy study;
  double load = 0.5;
  std::vector<std::int32_t> dimensions{20, 40, 80};
  std::vector<double> multiples{0.6, 0.8, 1.0, 1.25, 1.5};
  std::int32_t simulated_data_sets = 300;
};

constexpr auto fields(const TypicalDensity*) {
  using T = TypicalDensity;
  return std::tuple{
      field("study", &T::study, "data sets measured by brute force"),
      field("load", &T::load, "load alpha = log(n)/d of the series in d"),
      field("dimensions", &T::dimensions, "dimensions of that series, rising"),
      field("multiples", &T::multiples, "its bandwidths, in units of h_G at infinite d"),
      field("simulated_data_sets", &T::simulated_data_sets, "its simulated data sets, for each dimension")};
}

void validate(const TypicalDensity& job, const JobTable& table);

/// What P1 and P6 are judged by.
struct DensityEvidence {
  std::vector<std::int32_t> dims;     ///< of brute force
  std::vector<std::uint64_t> points;  ///< n
  std::int32_t least_data_sets = 0;
  std::int32_t queries = 0;
  Agreement with_theory;             ///< KL_hat with the theory at its (d, n)
  std::vector<std::int32_t> series;  ///< dimensions at fixed load
  int falling = 0;                   ///< multiples of h_G where |phi_MC - phi| falls along the series
  int multiples = 0;
};
[[nodiscard]] Finding judge_typical_density(std::string claim, const DensityEvidence& evidence);

/// Do values fall from each to the next? Missing ones do not.
[[nodiscard]] bool falls(const std::vector<double>& values);

Experiment typical_density_experiment();

}  // namespace reprise::kde
