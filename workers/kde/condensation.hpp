#pragma once

#include <cstdint>
#include <vector>

#include "workers/common/presentation.hpp"
#include "workers/kde/brute_force_study.hpp"

namespace reprise::kde {

/// E4: how few points carry the estimate.
struct Condensation {
  BruteForceStudy study;
  double load = 0.5;
  std::vector<std::int32_t> dimensions{10, 100};
  std::vector<double> indices{0.25, 0.5, 0.75, 1.25, 1.5, 1.75, 2.5, 4.0};
  std::int32_t data_sets = 3000;
  double nearest = 3000.0;
};

constexpr auto fields(const Condensation*) {
  using C = Condensation;
  return std::tuple{
      field("study", &C::study, "data sets measured by brute force, averaged over x"),
      field("load", &C::load, "load alpha = log(n)/d of simulated data sets"),
      field("dimensions", &C::dimensions, "their dimensions d"),
      field("indices", &C::indices, "stable indices mu = (h/h_G)^2 at this (d, n), for each a bandwidth"),
      field("data_sets", &C::data_sets, "simulated data sets, for each dimension"),
      field("nearest", &C::nearest, "mean number of nearest points drawn for each")};
}

void validate(const Condensation& job, const JobTable& table);

/// What P3 is judged by.
struct ParticipationRow {
  std::int32_t dim = 0;
  double index = 0.0;  ///< mu_fd
  Estimate measured;   ///< E Y2
};
[[nodiscard]] Finding judge_condensation(const Agreement& with_theory, std::size_t sizes,
                                         std::int32_t data_sets, const std::vector<ParticipationRow>& rows);

Experiment condensation_experiment();

}  // namespace reprise::kde
