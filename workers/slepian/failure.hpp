#pragma once

#include <vector>

#include "workers/slepian/monte_carlo_settings.hpp"

namespace reprise::slepian {

/// E5: covariances that oscillate, for which the approximation is not made.
struct FailureJob {
  std::vector<double> frequencies{1.0, 2.0};
  std::vector<double> dampings{0.3};
  bool sinc = true;
  bool mixture = true;
  PathSettings paths;
};

constexpr auto fields(const FailureJob*) {
  using F = FailureJob;
  return std::tuple{field("frequencies", &F::frequencies, "omega of exp(-t^2/2) cos(omega t)"),
                    field("dampings", &F::dampings, "zeta of damped oscillators"),
                    field("sinc", &F::sinc, "band-limited noise, too"),
                    field("mixture", &F::mixture, "a falling covariance whose E0 rises, too"),
                    field("paths", &F::paths, "simulated paths")};
}
void validate(const FailureJob& job, const JobTable& table);

Experiment failure_experiment();

}  // namespace reprise::slepian
