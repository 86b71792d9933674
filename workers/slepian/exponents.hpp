#pragma once

#include <vector>

#include "workers/slepian/persistency_study.hpp"

namespace reprise::slepian {

/// E1: diffusing fields in d dimensions, and their limit at large d.
struct DiffusionJob {
  std::vector<double> dimensions{1.0, 2.0, 3.0};
  bool limit = true;
  PersistencyStudy study;
};

constexpr auto fields(const DiffusionJob*) {
  using D = DiffusionJob;
  return std::tuple{field("dimensions", &D::dimensions, "dimensions d"),
                    field("limit", &D::limit, "the Gaussian covariance, the limit of large d, too"),
                    field("study", &D::study, "how thoroughly")};
}
void validate(const DiffusionJob& job, const JobTable& table);

/// E2: random acceleration.
struct AccelerationJob {
  PersistencyStudy study;
};

constexpr auto fields(const AccelerationJob*) {
  return std::tuple{field("study", &AccelerationJob::study, "how thoroughly")};
}

/// E3: shifted Matern covariances.
struct ShiftedMaternJob {
  std::vector<double> smoothness{0.5};
  std::vector<double> shifts{1.0};
  ShiftReading reading = ShiftReading::radial;
  PersistencyStudy study;
};

constexpr auto fields(const ShiftedMaternJob*) {
  using S = ShiftedMaternJob;
  return std::tuple{field("smoothness", &S::smoothness, "values of nu"),
                    field("shifts", &S::shifts, "values of delta, each with each nu"),
                    field("reading", &S::reading, "what a shifted Matern covariance is"),
                    field("study", &S::study, "how thoroughly")};
}
void validate(const ShiftedMaternJob& job, const JobTable& table);

/// E4: Matern covariances.
struct MaternJob {
  std::vector<double> smoothness{1.5, 2.5};
  PersistencyStudy study;
};

constexpr auto fields(const MaternJob*) {
  using M = MaternJob;
  return std::tuple{field("smoothness", &M::smoothness, "values of nu, above 1"),
                    field("study", &M::study, "how thoroughly")};
}
void validate(const MaternJob& job, const JobTable& table);

Experiment diffusion_experiment();
Experiment acceleration_experiment();
Experiment shifted_matern_experiment();
Experiment matern_experiment();

}  // namespace reprise::slepian
