#include "workers/slepian/theory.hpp"

#include <cmath>
#include <limits>

#include "kernels/expects.hpp"
#include "workers/slepian/exponent.hpp"
#include "workers/slepian/renewal.hpp"

namespace reprise::slepian {

Theory theory_of(const TheoryInput& input) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  expects(input.steps >= kPointsPerMean && input.steps % kPointsPerMean == 0,
          "the renewal equation has a multiple of 20 steps in a mean interval");
  const auto covariance = covariance_of(input.model);
  Theory theory;
  theory.mean_interval = covariance->mean_interval();
  theory.smoothness = covariance->smoothness();
  theory.decay = covariance->decay();
  const auto exponent = persistency_exponent(*covariance);
  theory.exponent = exponent ? exponent->exponent : kNone;
  theory.amplitude = exponent ? exponent->amplitude : kNone;
  const DivisorMoments moments = divisor_moments(*covariance);
  theory.divisor_mean = moments.mean;
  theory.divisor_second = moments.second;
  ValidityGrid grid;
  if (input.model.family == Family::table)
    grid = {1.0 / std::sqrt(covariance->second_moment()), kTableTolerance};
  const Validity validity = judge_validity(*covariance, grid);
  theory.verdict = validity.verdict;
  theory.largest_rise = validity.largest_rise;
  theory.rise_at = validity.rise_at;
  theory.least_sign = validity.least_sign;
  theory.least_density = validity.least_density;
  theory.least_density_at = validity.least_density_at;
  theory.least_survival = validity.least_survival;
  const SurvivalCurve curve =
      interval_survival(*covariance, theory.mean_interval / input.steps, input.end * theory.mean_interval);
  const auto stride = static_cast<std::size_t>(input.steps / kPointsPerMean);
  theory.step = curve.step * static_cast<double>(stride);
  for (std::size_t k = 0; k < curve.survival.size(); k += stride) {
    const double t = curve.step * static_cast<double>(k);
    const std::size_t before = k == 0 ? 0 : k - 1;
    const std::size_t after = std::min(k + 1, curve.survival.size() - 1);
    theory.value.push_back(covariance->value(t));
    theory.sign.push_back(covariance->expected_sign(t));
    theory.survival.push_back(curve.survival[k]);
    theory.density.push_back(theory.mean_interval * (curve.survival[before] - curve.survival[after]) /
                             (curve.step * static_cast<double>(after - before)));
  }
  return theory;
}

Theory compute_theory(const TheoryInput& input, TaskContext& /*context*/) {
  return theory_of(input);
}

std::vector<Theory> theories_of(Run& run, const std::vector<TheoryInput>& inputs) {
  const auto results = run.map(kTheory, inputs, "theory");
  std::vector<Theory> theories;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    try {
      theories.push_back(results.at(i));
    } catch (const NeedsResults&) {
      theories.push_back(theory_of(inputs[i]));
    }
  }
  return theories;
}

std::vector<Theory> theories_of(Run& run, const std::vector<Model>& models) {
  std::vector<TheoryInput> inputs;
  for (const Model& model : models) inputs.push_back({model});
  return theories_of(run, inputs);
}

double seconds(const TheoryInput& input) {
  constexpr double kQuick = 0.05, kBessel = 1.0, kPair = 1e-9;
  const bool bessel = input.model.family == Family::matern || input.model.family == Family::shifted_matern;
  const double steps = 2.0 * input.steps * input.end;
  return (bessel ? kBessel : kQuick) + 0.5 * kPair * steps * steps;
}

}  // namespace reprise::slepian
