#include "workers/slepian/laplace_inversion.hpp"

#include <array>
#include <cmath>
#include <numbers>

namespace reprise::slepian {

double invert_laplace(const std::function<std::complex<double>(std::complex<double>)>& transform, double t) {
  constexpr int kTerms = 16;
  std::array<double, 2 * kTerms + 1> weight{};
  weight[0] = 0.5;
  for (int k = 1; k <= kTerms; ++k) weight[static_cast<std::size_t>(k)] = 1.0;
  double binomial = 1.0;
  weight[2 * kTerms] = std::exp2(-kTerms);
  for (int j = 1; j < kTerms; ++j) {
    binomial *= static_cast<double>(kTerms - j + 1) / j;
    weight[static_cast<std::size_t>(2 * kTerms - j)] =
        weight[static_cast<std::size_t>(2 * kTerms - j + 1)] + std::exp2(-kTerms) * binomial;
  }
  const double shift = kTerms * std::numbers::ln10 / 3.0;
  double sum = 0.0;
  for (int k = 0; k <= 2 * kTerms; ++k) {
    const std::complex<double> node(shift, std::numbers::pi * k);
    const double sign = k % 2 == 0 ? 1.0 : -1.0;
    sum += sign * weight[static_cast<std::size_t>(k)] * transform(node / t).real();
  }
  return std::exp(shift) / t * sum;
}

std::complex<double> digamma(std::complex<double> z) {
  constexpr double kAsymptotic = 10.0;
  constexpr std::array kBernoulli{1.0 / 12,  -1.0 / 120,     1.0 / 252, -1.0 / 240,
                                  1.0 / 132, -691.0 / 32760, 1.0 / 12};
  std::complex<double> sum = 0.0;
  while (z.real() < kAsymptotic) {
    sum -= 1.0 / z;
    z += 1.0;
  }
  const std::complex<double> square = 1.0 / (z * z);
  std::complex<double> power = square;
  sum += std::log(z) - 0.5 / z;
  for (const double coefficient : kBernoulli) {
    sum -= coefficient * power;
    power *= square;
  }
  return sum;
}

std::complex<double> diffusion_sign_transform(std::complex<double> s) {
  return digamma(0.5 * (s + 1.5)) - digamma(0.5 * (s + 0.5));
}

std::complex<double> acceleration_sign_transform(std::complex<double> s) {
  constexpr int kTerms = 60;
  double coefficient = 0.5 * std::numbers::sqrt3;  // (sqrt 3/2) binomial(2k, k)/16^k
  std::complex<double> sum = 0.0;
  for (int k = 0; k < kTerms; ++k) {
    sum += coefficient / (s + (k + 0.5));
    coefficient *= (2.0 * k + 1.0) / (8.0 * (k + 1.0));
  }
  return sum;
}

std::complex<double> survival_transform(std::complex<double> s, std::complex<double> sign_transform) {
  return 2.0 * sign_transform / (1.0 + s * sign_transform);
}

}  // namespace reprise::slepian
