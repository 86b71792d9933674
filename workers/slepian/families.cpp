#include "workers/slepian/families.hpp"

namespace reprise::slepian {

std::unique_ptr<const Covariance> covariance_of(const Model& model) {
  switch (model.family) {
    case Family::diffusion:
      return diffusion_covariance(model.dimension);
    case Family::random_acceleration:
      return acceleration_covariance();
    case Family::matern:
      return matern_covariance(model.smoothness, model.length);
    case Family::shifted_matern:
      return shifted_matern_covariance(model.smoothness, model.shift, model.reading);
    case Family::gaussian:
      return mixture_covariance(1.0, 1.0, 1.0);
    case Family::cauchy:
      return cauchy_covariance(model.exponent);
    case Family::wendland:
      return wendland_covariance();
    case Family::gaussian_mixture:
      return mixture_covariance(model.weight, model.fast, model.slow);
    case Family::gaussian_cosine:
      return cosine_covariance(model.frequency);
    case Family::damped_oscillator:
      return oscillator_covariance(model.damping);
    case Family::sinc:
      return sinc_covariance();
    case Family::table:
      return tabulated_covariance(model.step, model.values);
  }
  throw std::logic_error("a family of covariances without its function");
}

}  // namespace reprise::slepian
