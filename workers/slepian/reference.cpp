#include "workers/slepian/reference.hpp"

#include "kernels/expects.hpp"
#include "workers/slepian/exact_acceleration.hpp"
#include "workers/slepian/exact_diffusion.hpp"

namespace reprise::slepian {

Reference compute_reference(const ReferenceInput& input, TaskContext& /*context*/) {
  expects(exact_exponent(input.model).has_value(), "the exact law of an excursion is known for this process");
  Reference reference;
  std::optional<ExactAcceleration> acceleration;
  if (input.model.family == Family::random_acceleration) acceleration.emplace();
  for (std::int32_t i = 0; i < input.points; ++i) {
    const double t = input.step * i;
    reference.survival.push_back(acceleration ? acceleration->survival(t) : diffusion_survival(t));
    reference.density.push_back(acceleration ? acceleration->density(t) : diffusion_density(t));
  }
  return reference;
}

double seconds(const ReferenceInput& input) {
  constexpr double kStart = 0.05, kPoint = 4e-3;
  return kStart + kPoint * input.points;
}

std::optional<double> exact_exponent(const Model& model) {
  if (model.family == Family::random_acceleration) return kAccelerationExponent;
  if (model.family == Family::diffusion && model.dimension == 2.0) return kDiffusionExponent;
  return std::nullopt;
}

}  // namespace reprise::slepian
