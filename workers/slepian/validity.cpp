#include "workers/slepian/validity.hpp"

#include <algorithm>
#include <cmath>

#include "workers/slepian/renewal.hpp"

namespace reprise::slepian {
namespace {

/// 4000 points from 10^-3 to 1 in geometric steps, 40 000 more to 80 in equal ones.
template <class Visit>
void walk_grid(double unit, const Visit& visit) {
  constexpr int kNear = 4000, kFar = 40000;
  constexpr double kFrom = 1e-3, kTo = 80.0;
  for (int i = 0; i < kNear; ++i) visit(unit * kFrom * std::pow(1.0 / kFrom, i / (kNear - 1.0)));
  for (int i = 1; i < kFar; ++i) visit(unit * (1.0 + (kTo - 1.0) * i / (kFar - 1.0)));
}

}  // namespace

Validity judge_validity(const Covariance& covariance, const ValidityGrid& grid) {
  constexpr double kBelowZero = 1e-3;  // of the tolerance of rises
  constexpr double kStep = 0.005, kEnd = 12.0, kImproper = 1e-4;
  const double mean = covariance.mean_interval();
  Validity found;
  double before = 1.0;
  found.least_sign = 1.0;
  walk_grid(grid.time_unit, [&](double t) {
    const double sign = covariance.expected_sign(t);
    if (sign == 0.0) return;
    if (sign - before > found.largest_rise) {
      found.largest_rise = sign - before;
      found.rise_at = t / mean;
    }
    found.least_sign = std::min(found.least_sign, sign);
    before = sign;
  });
  const SurvivalCurve curve = interval_survival(covariance, kStep * mean, kEnd * mean);
  found.least_survival = std::ranges::min(curve.survival);
  const auto density = density_of(curve);
  const auto least = std::ranges::min_element(density);
  found.least_density = mean * *least;
  found.least_density_at = kStep * (static_cast<double>(least - density.begin()) + 0.5);
  if (found.largest_rise <= grid.tolerance && found.least_sign >= -kBelowZero * grid.tolerance) {
    found.verdict = ValidityVerdict::divisor;
  } else if (found.least_density >= -kImproper && found.least_survival >= -kImproper) {
    found.verdict = ValidityVerdict::proper;
  } else {
    found.verdict = ValidityVerdict::improper;
  }
  return found;
}

}  // namespace reprise::slepian
