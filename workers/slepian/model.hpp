#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "pipeline/reflect/fields.hpp"

namespace reprise::slepian {

/// Families of stationary covariances (spec 2.4); `table` is a user's own.
enum class Family {
  diffusion,
  random_acceleration,
  matern,
  shifted_matern,
  gaussian,
  cauchy,
  wendland,
  gaussian_mixture,
  gaussian_cosine,
  damped_oscillator,
  sinc,
  table
};

constexpr auto enumerators(const Family*) {
  return std::array{Enumerator{"diffusion", Family::diffusion},
                    Enumerator{"random_acceleration", Family::random_acceleration},
                    Enumerator{"matern", Family::matern},
                    Enumerator{"shifted_matern", Family::shifted_matern},
                    Enumerator{"gaussian", Family::gaussian},
                    Enumerator{"cauchy", Family::cauchy},
                    Enumerator{"wendland", Family::wendland},
                    Enumerator{"gaussian_mixture", Family::gaussian_mixture},
                    Enumerator{"gaussian_cosine", Family::gaussian_cosine},
                    Enumerator{"damped_oscillator", Family::damped_oscillator},
                    Enumerator{"sinc", Family::sinc},
                    Enumerator{"table", Family::table}};
}

/// What "shifted Matérn" may mean: R(sqrt(t^2 + shift^2)), R(t) cos(shift t), or 2 R(t) + R(t - shift) +
/// R(t + shift), each divided by its value at t = 0.
enum class ShiftReading { radial, spectral, lag_average };

constexpr auto enumerators(const ShiftReading*) {
  return std::array{Enumerator{"radial", ShiftReading::radial},
                    Enumerator{"spectral", ShiftReading::spectral},
                    Enumerator{"lag_average", ShiftReading::lag_average}};
}

/// A covariance r(t), r(0) = 1, as tasks name it. Parameters that a family doesn't have are ignored and stay
/// at their defaults.
struct Model {
  Family family = Family::diffusion;
  double dimension = 2.0;   ///< d of a diffusing field
  double smoothness = 1.5;  ///< nu of the Matérn families
  double length = 1.0;      ///< correlation length of Matérn
  double shift = 1.0;
  ShiftReading reading = ShiftReading::radial;
  double exponent = 1.0;  ///< b of (1 + t^2)^-b
  double weight = 0.5;    ///< of the fast part of a mixture
  double fast = 1.0;      ///< rates of a mixture's parts
  double slow = 0.1;
  double frequency = 1.0;      ///< of exp(-t^2/2) cos(frequency t)
  double damping = 0.5;        ///< of the damped oscillator, between 0 and 1
  double step = 0.0;           ///< a table's values are those at 0, step, 2 step, ...
  std::vector<double> values;  ///< of a table

  friend bool operator==(const Model&, const Model&) = default;
};

constexpr auto fields(const Model*) {
  using M = Model;
  return std::tuple{field("family", &M::family, "family of the covariance r(t)"),
                    field("dimension", &M::dimension, "diffusion: dimension d of the field"),
                    field("smoothness", &M::smoothness, "Matern and shifted Matern: nu"),
                    field("length", &M::length, "Matern: correlation length"),
                    field("shift", &M::shift, "shifted Matern: delta"),
                    field("reading", &M::reading, "shifted Matern: what the shift means"),
                    field("exponent", &M::exponent, "Cauchy: b of (1 + t^2)^-b"),
                    field("weight", &M::weight, "Gaussian mixture: weight of the fast part"),
                    field("fast", &M::fast, "Gaussian mixture: rate of the fast part"),
                    field("slow", &M::slow, "Gaussian mixture: rate of the slow part"),
                    field("frequency", &M::frequency, "Gaussian times cosine: angular frequency"),
                    field("damping", &M::damping, "damped oscillator: zeta, between 0 and 1"),
                    field("step", &M::step, "table: distance of its lags"),
                    field("values", &M::values, "table: r at lags 0, step, 2 step, ...")};
}

[[nodiscard]] Model diffusion(double dimension);
[[nodiscard]] Model random_acceleration();
[[nodiscard]] Model matern(double smoothness, double length = 1.0);
[[nodiscard]] Model shifted_matern(double smoothness, double shift,
                                   ShiftReading reading = ShiftReading::radial);
[[nodiscard]] Model gaussian();
[[nodiscard]] Model cauchy(double exponent);
[[nodiscard]] Model wendland();
[[nodiscard]] Model gaussian_mixture(double weight, double fast, double slow);
[[nodiscard]] Model gaussian_cosine(double frequency);
[[nodiscard]] Model damped_oscillator(double damping);
[[nodiscard]] Model sinc();

/// "diffusion, d = 2"
[[nodiscard]] std::string title(const Model& model);

}  // namespace reprise::slepian
