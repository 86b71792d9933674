#pragma once

#include "workers/slepian/covariance.hpp"

namespace reprise::slepian {

/// What the independent interval approximation gives for a covariance (spec 2.9). V1: 1 - E0 is a
/// distribution function, that of the divisor. V2: no divisor, but T has a proper distribution. V3: the
/// "distribution" of T has negative density or survival.
enum class ValidityVerdict { divisor, proper, improper };

constexpr auto enumerators(const ValidityVerdict*) {
  return std::array{Enumerator{"V1", ValidityVerdict::divisor}, Enumerator{"V2", ValidityVerdict::proper},
                    Enumerator{"V3", ValidityVerdict::improper}};
}

/// The verdict and what it is judged by.
struct Validity {
  ValidityVerdict verdict = ValidityVerdict::divisor;
  double largest_rise = 0.0;      ///< of E0 from one grid point to the next; 0 where it never rises
  double rise_at = 0.0;           ///< t/mu there
  double least_sign = 0.0;        ///< min E0
  double least_density = 0.0;     ///< min f_T mu, 0 < t <= 12 mu
  double least_density_at = 0.0;  ///< t/mu there
  double least_survival = 0.0;    ///< min P(T > t) there
};

/// On what E0 is looked at, and which rises are no more than rounding.
struct ValidityGrid {
  double time_unit = 1.0;   ///< stretches the grid: 1/sqrt(lambda_2) for a user's covariance
  double tolerance = 1e-9;  ///< of a rise from one point to the next; wider for values that were rounded
};
[[nodiscard]] Validity judge_validity(const Covariance& covariance, const ValidityGrid& grid = {});

}  // namespace reprise::slepian
