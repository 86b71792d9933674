#include "workers/slepian/model.hpp"

#include <fmt/format.h>

namespace reprise::slepian {
namespace {

Model of(Family family) {
  Model model;
  model.family = family;
  return model;
}

}  // namespace

Model diffusion(double dimension) {
  Model model = of(Family::diffusion);
  model.dimension = dimension;
  return model;
}

Model random_acceleration() {
  return of(Family::random_acceleration);
}

Model matern(double smoothness, double length) {
  Model model = of(Family::matern);
  model.smoothness = smoothness;
  model.length = length;
  return model;
}

Model shifted_matern(double smoothness, double shift, ShiftReading reading) {
  Model model = of(Family::shifted_matern);
  model.smoothness = smoothness;
  model.shift = shift;
  model.reading = reading;
  return model;
}

Model gaussian() {
  return of(Family::gaussian);
}

Model cauchy(double exponent) {
  Model model = of(Family::cauchy);
  model.exponent = exponent;
  return model;
}

Model wendland() {
  return of(Family::wendland);
}

Model gaussian_mixture(double weight, double fast, double slow) {
  Model model = of(Family::gaussian_mixture);
  model.weight = weight;
  model.fast = fast;
  model.slow = slow;
  return model;
}

Model gaussian_cosine(double frequency) {
  Model model = of(Family::gaussian_cosine);
  model.frequency = frequency;
  return model;
}

Model damped_oscillator(double damping) {
  Model model = of(Family::damped_oscillator);
  model.damping = damping;
  return model;
}

Model sinc() {
  return of(Family::sinc);
}

std::string title(const Model& model) {
  switch (model.family) {
    case Family::diffusion:
      return fmt::format("diffusion, d = {:g}", model.dimension);
    case Family::random_acceleration:
      return "random acceleration";
    case Family::matern:
      return model.length == 1.0 ? fmt::format("Matérn, ν = {:g}", model.smoothness)
                                 : fmt::format("Matérn, ν = {:g}, ℓ = {:g}", model.smoothness, model.length);
    case Family::shifted_matern:
      return fmt::format("shifted Matérn, ν = {:g}, δ = {:g}{}", model.smoothness, model.shift,
                         model.reading == ShiftReading::radial     ? ""
                         : model.reading == ShiftReading::spectral ? " (spectral)"
                                                                   : " (lag average)");
    case Family::gaussian:
      return "Gaussian";
    case Family::cauchy:
      return fmt::format("Cauchy, b = {:g}", model.exponent);
    case Family::wendland:
      return "Wendland";
    case Family::gaussian_mixture:
      return fmt::format("mixture {:g}, {:g}, {:g}", model.weight, model.fast, model.slow);
    case Family::gaussian_cosine:
      return fmt::format("Gaussian × cos {:g}t", model.frequency);
    case Family::damped_oscillator:
      return fmt::format("damped oscillator, ζ = {:g}", model.damping);
    case Family::sinc:
      return "sinc";
    case Family::table:
      return "own covariance";
  }
  return "";
}

}  // namespace reprise::slepian
