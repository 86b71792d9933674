#pragma once

#include <cstdint>
#include <vector>

#include "workers/common/presentation.hpp"
#include "workers/kde/brute_force_study.hpp"

namespace reprise::kde {

/// E7: Gaussian data with a general covariance spectrum, seen from a fixed set of queries x ~ rho.
struct Spectra {
  BruteForceStudy study{.dimensions = {12}, .queries = 20, .bandwidths = 10};
  std::vector<double> exponents{1.0};
  bool two_level = false;
};

constexpr auto fields(const Spectra*) {
  return std::tuple{
      field("study", &Spectra::study, "data sets measured by brute force, for each spectrum"),
      field("exponents", &Spectra::exponents, "exponents of power-law spectra c_a ~ a^-gamma"),
      field("two_level", &Spectra::two_level, "also the spectrum {4, 1/4}, half the coordinates each")};
}

void validate(const Spectra& job, const JobTable& table);

/// What P4 is judged by.
struct SpectraEvidence {
  std::size_t spectra = 0;
  std::int32_t least_dimension = 0;
  std::uint64_t least_points = 0;
  std::int32_t least_data_sets = 0;
  std::int32_t queries = 0;
  Agreement divergence;
  Agreement participation;
};
[[nodiscard]] Finding judge_spectra(const SpectraEvidence& evidence);

Experiment spectra_experiment();

}  // namespace reprise::kde
