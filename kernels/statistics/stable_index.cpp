#include "kernels/statistics/stable_index.hpp"

#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "kernels/expects.hpp"
#include "kernels/statistics/quantile.hpp"

namespace reprise {

double characteristic_function_index(std::span<const double> draws) {
  expects(draws.size() >= 20, "an index needs at least 20 draws");
  const auto quartiles = quantiles(draws, std::array{0.25, 0.5, 0.75});
  const double scale = 0.5 * (quartiles[2] - quartiles[0]);
  expects(scale > 0.0 && std::isfinite(scale), "an index needs draws with a finite spread above 0");

  // Powers of e^{i t_1 z} give all frequencies from one sine and cosine.
  constexpr std::size_t kFrequencies = 11;
  constexpr double kStep = std::numbers::pi / 25.0;
  std::array<double, kFrequencies> real{};
  std::array<double, kFrequencies> imaginary{};
  for (const double draw : draws) {
    const double angle = kStep * (draw - quartiles[1]) / scale;
    const double c = std::cos(angle);
    const double s = std::sin(angle);
    double re = c;
    double im = s;
    for (std::size_t k = 0; k < kFrequencies; ++k) {
      real[k] += re;
      imaginary[k] += im;
      const double next = re * c - im * s;
      im = re * s + im * c;
      re = next;
    }
  }

  double mean_x = 0.0;
  double mean_y = 0.0;
  std::array<double, kFrequencies> x{};
  std::array<double, kFrequencies> y{};
  for (std::size_t k = 0; k < kFrequencies; ++k) {
    const double modulus = std::hypot(real[k], imaginary[k]) / static_cast<double>(draws.size());
    x[k] = std::log(kStep * static_cast<double>(k + 1));
    y[k] = std::log(-2.0 * std::log(modulus));
    mean_x += x[k] / kFrequencies;
    mean_y += y[k] / kFrequencies;
  }
  double covariance = 0.0;
  double variance = 0.0;
  for (std::size_t k = 0; k < kFrequencies; ++k) {
    covariance += (x[k] - mean_x) * (y[k] - mean_y);
    variance += (x[k] - mean_x) * (x[k] - mean_x);
  }
  return covariance / variance;
}

}  // namespace reprise
