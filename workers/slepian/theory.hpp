#pragma once

#include <cstdint>
#include <vector>

#include "pipeline/run/paper.hpp"
#include "workers/slepian/model.hpp"
#include "workers/slepian/validity.hpp"

namespace reprise::slepian {

/// All that the independent interval approximation says of one covariance.
struct TheoryInput {
  Model model;
  std::int32_t steps = 400;  ///< of the renewal equation in a mean interval; a multiple of 20
  double end = 6.0;          ///< P(T > t) up to here, in mean intervals
};

constexpr auto fields(const TheoryInput*) {
  using T = TheoryInput;
  return std::tuple{field("model", &T::model, "the covariance"),
                    field("steps", &T::steps, "steps of the renewal equation in a mean interval"),
                    field("end", &T::end, "the survival function reaches so far", "mean intervals")};
}

struct Theory {
  double mean_interval = 0.0;
  double smoothness = 0.0;
  double decay = 0.0;
  double exponent = 0.0;  ///< NaN where there is none
  double amplitude = 0.0;
  double divisor_mean = 0.0;    ///< E X, half the mean interval
  double divisor_second = 0.0;  ///< E X^2, half the variance of T
  ValidityVerdict verdict = ValidityVerdict::divisor;
  double largest_rise = 0.0;
  double rise_at = 0.0;
  double least_sign = 0.0;
  double least_density = 0.0;
  double least_density_at = 0.0;
  double least_survival = 0.0;
  double step = 0.0;             ///< of the curves, 20 to a mean interval
  std::vector<double> value;     ///< r
  std::vector<double> sign;      ///< E0
  std::vector<double> survival;  ///< P(T > t)
  std::vector<double> density;   ///< of T, times the mean interval
};

constexpr auto fields(const Theory*) {
  using T = Theory;
  return std::tuple{field("mean_interval", &T::mean_interval, "mu = pi/sqrt(lambda_2)", "time"),
                    field("smoothness", &T::smoothness, "nu_s of r near 0; infinite: analytic"),
                    field("decay", &T::decay, "alpha: E0 decays like exp(-alpha t)", "1/time"),
                    field("exponent", &T::exponent, "theta by the root; NaN: none", "1/time"),
                    field("amplitude", &T::amplitude, "A of P(T > t) ~ A exp(-theta t)"),
                    field("divisor_mean", &T::divisor_mean, "E X by quadrature", "time"),
                    field("divisor_second", &T::divisor_second, "E X^2, half the variance of T", "time^2"),
                    field("verdict", &T::verdict, "V1: divisor; V2: proper without divisor; V3: improper"),
                    field("largest_rise", &T::largest_rise, "of E0 between grid points"),
                    field("rise_at", &T::rise_at, "where", "mean intervals"),
                    field("least_sign", &T::least_sign, "min E0"),
                    field("least_density", &T::least_density, "min f_T mu"),
                    field("least_density_at", &T::least_density_at, "where", "mean intervals"),
                    field("least_survival", &T::least_survival, "min P(T > t)"),
                    field("step", &T::step, "of the curves", "time"),
                    field("value", &T::value, "r at 0, step, 2 step, ..."),
                    field("sign", &T::sign, "E0 there"),
                    field("survival", &T::survival, "P(T > t) there"),
                    field("density", &T::density, "f_T mu there, by differences of the survival function")};
}

[[nodiscard]] Theory theory_of(const TheoryInput& input);
Theory compute_theory(const TheoryInput& input, TaskContext& context);
/// The results, or while `reprise check` plans, the same computed on the spot: what follows is made from
/// them.
[[nodiscard]] std::vector<Theory> theories_of(Run& run, const std::vector<TheoryInput>& inputs);
/// On the usual grid.
[[nodiscard]] std::vector<Theory> theories_of(Run& run, const std::vector<Model>& models);
double seconds(const TheoryInput& input);

inline const Task<TheoryInput, Theory> kTheory{
    "slepian.theory", 1, compute_theory,
    "exponent, distribution and validity under the independent interval approximation", seconds};

/// A table's values may be rounded: smaller rises of E0 are not counted.
inline constexpr double kTableTolerance = 1e-4;

/// Curves have so many points to a mean interval.
inline constexpr std::int32_t kPointsPerMean = 20;

}  // namespace reprise::slepian
