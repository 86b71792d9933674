#include "workers/slepian/renewal.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>

#include "kernels/expects.hpp"
#include "kernels/numerics/fourier.hpp"
#include "workers/slepian/extrapolation.hpp"

namespace reprise::slepian {
namespace {

/// Without extrapolation.
std::vector<double> survival_on_grid(const Covariance& covariance, double step, std::size_t steps) {
  std::vector<double> sign(steps + 1), increment(steps);
  for (std::size_t k = 0; k <= steps; ++k) sign[k] = covariance.expected_sign(step * static_cast<double>(k));
  for (std::size_t j = 0; j < steps; ++j) increment[j] = sign[j] - sign[j + 1];
  return solve_renewal(sign, increment, 0.5);
}

/// target[k] += sum over j in [from, middle) of source[j] kernel[k - j], k in [middle, to), by Fourier
/// transforms.
void add_convolution(const std::vector<double>& kernel, const std::vector<double>& source, std::size_t from,
                     std::size_t middle, std::size_t to, std::vector<double>& target) {
  const std::size_t lags = std::min(to - from, kernel.size());
  const std::size_t length = std::bit_ceil(to - from + middle - from);
  const FourierTransform transform(length);
  // Two real sequences in one complex one: their product's transform follows from the even and odd parts.
  std::vector<std::complex<double>> both(length), product(length);
  for (std::size_t j = from; j < middle; ++j) both[j - from].real(source[j]);
  for (std::size_t j = 1; j < lags; ++j) both[j].imag(kernel[j]);
  transform.forward(both);
  for (std::size_t k = 0; k < length; ++k) {
    const auto mirrored = std::conj(both[k == 0 ? 0 : length - k]);
    const std::complex<double> first = 0.5 * (both[k] + mirrored);
    const std::complex<double> second = std::complex<double>(0.0, -0.5) * (both[k] - mirrored);
    product[k] = std::conj(first * second);
  }
  transform.forward(product);  // of conjugates: the inverse, but for a factor
  for (std::size_t k = middle; k < to; ++k)
    target[k] += product[k - from].real() / static_cast<double>(length);
}

/// Solution at [from, to), whose known part has what comes of all before `from`: halves, the first of which
/// goes into the known part of the second. n log^2 n operations in all.
void solve_range(const std::vector<double>& kernel, double own, std::size_t from, std::size_t to,
                 std::vector<double>& known, std::vector<double>& solution) {
  constexpr std::size_t kDirect = 1024;
  if (to - from > kDirect) {
    const std::size_t middle = from + (to - from) / 2;
    solve_range(kernel, own, from, middle, known, solution);
    add_convolution(kernel, solution, from, middle, to, known);
    solve_range(kernel, own, middle, to, known, solution);
    return;
  }
  for (std::size_t k = from; k < to; ++k) {
    double sum = known[k];
    for (std::size_t j = from; j < k; ++j) sum += kernel[k - j] * solution[j];
    solution[k] = sum / own;
  }
}

}  // namespace

std::vector<double> solve_renewal(std::span<const double> forcing, std::span<const double> increment,
                                  double weight) {
  expects(!forcing.empty() && increment.size() + 1 == forcing.size(),
          "a renewal equation has one increment less than values of its forcing");
  const std::size_t steps = increment.size();
  // Half of weight times (increment j + increment j + 1) meets S(t_(k-j)): the trapezoid, put together.
  std::vector<double> kernel(steps);
  for (std::size_t j = 1; j < steps; ++j) kernel[j] = 0.5 * weight * (increment[j - 1] + increment[j]);
  std::vector<double> solution(steps + 1);
  solution[0] = forcing[0];
  // So far: what is known of the right-hand side.
  std::vector<double> known(forcing.begin(), forcing.end());
  for (std::size_t k = 1; k <= steps; ++k) known[k] += 0.5 * weight * increment[k - 1] * solution[0];
  const double own = steps == 0 ? 1.0 : 1.0 - 0.5 * weight * increment[0];
  solve_range(kernel, own, 1, steps + 1, known, solution);
  return solution;
}

double SurvivalCurve::at(double t) const {
  const double place = t / step;
  const auto below = static_cast<std::size_t>(place);
  if (below + 1 >= survival.size()) return survival.back();
  const double part = place - static_cast<double>(below);
  return (1.0 - part) * survival[below] + part * survival[below + 1];
}

SurvivalCurve interval_survival(const Covariance& covariance, double step, double end) {
  expects(step > 0.0 && end > 0.0, "a survival function is computed over some time in positive steps");
  const auto steps = static_cast<std::size_t>(std::ceil(end / step - 1e-9));
  const double order = std::min(2.0, 2.0 * covariance.smoothness() - 1.0);
  const auto coarse = survival_on_grid(covariance, step, steps);
  const auto fine = survival_on_grid(covariance, 0.5 * step, 2 * steps);
  SurvivalCurve curve{step, {}};
  for (std::size_t k = 0; k <= steps; ++k)
    curve.survival.push_back(extrapolate(Estimate{coarse[k], 0.0}, Estimate{fine[2 * k], 0.0}, order).value);
  return curve;
}

std::vector<double> density_of(const SurvivalCurve& curve) {
  std::vector<double> density;
  for (std::size_t k = 0; k + 1 < curve.survival.size(); ++k)
    density.push_back((curve.survival[k] - curve.survival[k + 1]) / curve.step);
  return density;
}

}  // namespace reprise::slepian
