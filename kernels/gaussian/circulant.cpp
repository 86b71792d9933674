#include "kernels/gaussian/circulant.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <numbers>
#include <stdexcept>

#include "kernels/expects.hpp"
#include "kernels/numerics/fourier.hpp"
#include "kernels/random/blocks.hpp"

namespace reprise {
namespace {

constexpr std::size_t kLeastPeriod = 16;

/// The largest error of covariances of lags between half a period and a path's length, over the variance.
double wrapping_error(const std::function<double(double)>& covariance, double step, std::size_t points,
                      std::size_t period) {
  double largest = 0.0;
  for (std::size_t k = period / 2 + 1; k < points; ++k) {
    largest = std::max(largest, std::abs(covariance(step * static_cast<double>(k)) -
                                         covariance(step * static_cast<double>(period - k))));
  }
  return largest / covariance(0.0);
}

/// Amplitudes of waves by frequency, sqrt(eigenvalue / period).
std::vector<double> amplitudes(std::span<const double> eigenvalue) {
  std::vector<double> result;
  for (const double value : eigenvalue) {
    result.push_back(std::sqrt(std::max(value, 0.0) / static_cast<double>(eigenvalue.size())));
  }
  return result;
}

/// The same times the frequency 2 pi k / (period step), folded to (-pi/step, pi/step]; zero at the Nyquist
/// frequency, whose sign is not known.
std::vector<double> derivative_amplitudes(std::span<const double> eigenvalue, double step) {
  std::vector<double> result = amplitudes(eigenvalue);
  const std::size_t period = result.size();
  const double unit = 2.0 * std::numbers::pi / (static_cast<double>(period) * step);
  for (std::size_t k = 0; k < period; ++k) {
    const double positive = unit * static_cast<double>(k);
    const double negative = -unit * static_cast<double>(period - k);
    result[k] *= 2 * k == period ? 0.0 : 2 * k < period ? positive : negative;
  }
  return result;
}

}  // namespace

CirculantEmbedding::Circle CirculantEmbedding::make_circle(const std::function<double(double)>& covariance,
                                                           double step, std::size_t period) {
  Circle circle{std::vector<double>(period)};
  std::vector<std::complex<double>> values(period);
  for (std::size_t k = 0; k <= period / 2; ++k) {
    values[k] = covariance(step * static_cast<double>(k));
    expects(std::isfinite(values[k].real()), "a covariance is finite");
    values[(period - k) % period] = values[k];
  }
  FourierTransform(period).forward(values);
  double largest = 0.0;
  double negative = 0.0;
  double all = 0.0;
  for (std::size_t k = 0; k < period; ++k) {
    const double eigenvalue = values[k].real();
    circle.eigenvalue[k] = eigenvalue;
    largest = std::max(largest, eigenvalue);
    circle.least = std::min(circle.least, eigenvalue);
    negative += std::max(-eigenvalue, 0.0);
    all += std::abs(eigenvalue);
  }
  expects(largest > 0.0, "a covariance has a positive eigenvalue");
  circle.least /= largest;
  circle.negative = negative / all;
  return circle;
}

CirculantEmbedding::Circle CirculantEmbedding::embed(const std::function<double(double)>& covariance,
                                                     double step, std::size_t points,
                                                     const CirculantOptions& options) {
  expects(points >= 2, "a path has two points or more");
  expects(step > 0.0 && std::isfinite(step), "a path's step is positive");
  expects(covariance(0.0) > 0.0, "a covariance is positive at lag zero");
  std::size_t period = std::max(std::bit_ceil(2 * points), kLeastPeriod);
  while (options.wrapping > 0.0 && period / 2 >= std::max(points, kLeastPeriod) &&
         wrapping_error(covariance, step, points, period / 2) <= options.wrapping) {
    period /= 2;
  }
  const std::size_t longest = std::max(period, std::bit_floor(options.longest * points));
  while (true) {
    Circle circle = make_circle(covariance, step, period);
    if (circle.least >= -options.rounding ||
        (period >= longest && circle.negative <= options.largest_clipped)) {
      return circle;
    }
    if (period >= longest) {
      throw std::invalid_argument(fmt::format(
          "the covariance on a grid of step {:g} is not positive definite: on a circle of {} points its "
          "least eigenvalue is {:.3g} of the largest, and negative ones are {:.3g} of the sum, more than "
          "the {:.3g} that may be taken as zero. Is it the covariance of a process, and does it vanish "
          "within {:g}?",
          step, period, circle.least, circle.negative, options.largest_clipped,
          step * static_cast<double>(period / 2)));
    }
    period *= 2;
  }
}

CirculantEmbedding::CirculantEmbedding(const std::function<double(double)>& covariance, double step,
                                       std::size_t points, const CirculantOptions& options)
    : CirculantEmbedding(embed(covariance, step, points, options), step, points, options.derivatives) {}

CirculantEmbedding::CirculantEmbedding(Circle circle, double step, std::size_t points, bool derivatives)
    : points_(points), step_(step), clipped_(circle.negative), waves_(amplitudes(circle.eigenvalue)) {
  if (derivatives) {
    derivatives_.emplace(derivative_amplitudes(circle.eigenvalue, step));
  }
}

void CirculantEmbedding::draw(RandomKey key, std::uint64_t number, std::span<double> first,
                              std::span<double> second) const {
  std::vector<float> noise(2 * period());
  fill_normal({key, 0, number, 1, noise.size()}, std::span(noise));
  const std::span<const float> of_both = noise;
  waves_.sum(of_both.first(period()), of_both.last(period()), first, second);
}

void CirculantEmbedding::draw(RandomKey key, std::uint64_t number, std::span<double> first,
                              std::span<double> second, std::span<double> first_derivative,
                              std::span<double> second_derivative) const {
  expects(derivatives_.has_value(), "derivatives are drawn by an embedding whose options ask for them");
  std::vector<float> noise(2 * period());
  fill_normal({key, 0, number, 1, noise.size()}, std::span(noise));
  const auto real = std::span(noise).first(period());
  const auto imaginary = std::span(noise).last(period());
  waves_.sum(real, imaginary, first, second);
  // The derivative of z exp(-i w t) is w exp(-i w t) times -i z = Im z - i Re z.
  for (float& value : real) value = -value;
  derivatives_->sum(imaginary, real, first_derivative, second_derivative);
}

}  // namespace reprise
