#include "kernels/gaussian/circulant.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <utility>

#include "kernels/expects.hpp"
#include "kernels/random/blocks.hpp"

namespace reprise {
namespace {

struct Circle {
  FourierTransform transform;
  std::vector<double> eigenvalue;  // [period]
  double least = 0.0;              // eigenvalue, over the largest
  double negative = 0.0;           // eigenvalues' share of the sum of all magnitudes
};

Circle make_circle(const std::function<double(double)>& covariance, double step, std::size_t period) {
  Circle circle{FourierTransform(period), std::vector<double>(period)};
  std::vector<std::complex<double>> values(period);
  for (std::size_t k = 0; k <= period / 2; ++k) {
    values[k] = covariance(step * static_cast<double>(k));
    expects(std::isfinite(values[k].real()), "a covariance is finite");
    values[(period - k) % period] = values[k];
  }
  circle.transform.forward(values);
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

Circle embed(const std::function<double(double)>& covariance, double step, std::size_t points,
             const CirculantOptions& options) {
  expects(points >= 2, "a path has two points or more");
  expects(step > 0.0 && std::isfinite(step), "a path's step is positive");
  expects(covariance(0.0) > 0.0, "a covariance is positive at lag zero");
  std::size_t period = std::bit_ceil(2 * points);
  while (options.wrapping > 0.0 && period / 2 >= points &&
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
          "least "
          "eigenvalue is {:.3g} of the largest, and negative ones are {:.3g} of the sum, more than the "
          "{:.3g} "
          "that may be taken as zero. Is it the covariance of a process, and does it vanish within {:g}?",
          step, period, circle.least, circle.negative, options.largest_clipped,
          step * static_cast<double>(period / 2)));
    }
    period *= 2;
  }
}

/// The derivative of waves_k exp(-i frequency_k t): times -i frequency_k, folded to (-pi/step, pi/step]; zero
/// at the Nyquist frequency, whose sign is not known.
void differentiate(std::span<const std::complex<double>> waves, double step,
                   std::span<std::complex<double>> derivative) {
  const std::size_t period = waves.size();
  const double unit = 2.0 * std::numbers::pi / (static_cast<double>(period) * step);
  for (std::size_t k = 0; k < period; ++k) {
    const bool negative = k > period / 2;
    const double frequency = 2 * k == period ? 0.0
                             : negative      ? -unit * static_cast<double>(period - k)
                                             : unit * static_cast<double>(k);
    derivative[k] = {frequency * waves[k].imag(), -frequency * waves[k].real()};
  }
}

}  // namespace

CirculantEmbedding::CirculantEmbedding(const std::function<double(double)>& covariance, double step,
                                       std::size_t points, const CirculantOptions& options)
    : points_(points), step_(step), transform_(1) {
  Circle circle = embed(covariance, step, points, options);
  transform_ = std::move(circle.transform);
  clipped_ = circle.negative;
  amplitude_ = std::move(circle.eigenvalue);
  for (double& a : amplitude_) {
    a = std::sqrt(std::max(a, 0.0) / static_cast<double>(period()));
  }
}

void CirculantEmbedding::draw_waves(RandomKey key, std::uint64_t number,
                                    std::span<std::complex<double>> waves) const {
  std::vector<float> normals(2 * period());
  fill_normal({key, 0, number, 1, normals.size()}, std::span(normals));
  for (std::size_t k = 0; k < period(); ++k) {
    waves[k] = {amplitude_[k] * static_cast<double>(normals[2 * k]),
                amplitude_[k] * static_cast<double>(normals[2 * k + 1])};
  }
}

void CirculantEmbedding::draw(RandomKey key, std::uint64_t number,
                              std::span<std::complex<double>> pair) const {
  expects(pair.size() == period(), "a drawn pair of paths has room for a period");
  draw_waves(key, number, pair);
  transform_.forward(pair);
}

void CirculantEmbedding::draw(RandomKey key, std::uint64_t number, std::span<std::complex<double>> pair,
                              std::span<std::complex<double>> derivatives) const {
  expects(pair.size() == period() && derivatives.size() == period(),
          "a drawn pair of paths and its derivatives have room for a period");
  draw_waves(key, number, pair);
  differentiate(pair, step_, derivatives);
  transform_.forward(pair);
  transform_.forward(derivatives);
}

std::span<const double> CirculantEmbedding::rows(std::span<const std::complex<double>> pair) const {
  expects(pair.size() >= points_, "a drawn pair of paths has all their points");
  // std::complex is documented to be its two parts in memory.
  return {reinterpret_cast<const double*>(pair.data()), 2 * points_};  // NOLINT(*-reinterpret-cast)
}

}  // namespace reprise
