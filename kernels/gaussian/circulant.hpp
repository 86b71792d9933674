#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "kernels/gaussian/random_waves.hpp"
#include "kernels/random/philox.hpp"

namespace reprise {

struct CirculantOptions {
  /// Eigenvalues may lie this far below zero, over the largest, before the period is doubled.
  double rounding = 1e-12;
  /// What negative eigenvalues may sum up to, over the sum of all magnitudes, when the longest period has
  /// some.
  double largest_clipped = 1e-8;
  /// The longest period, over the points of a path.
  std::size_t longest = 64;
  /// The largest error allowed of covariances at lags beyond half a period, over the variance. 0: a period
  /// has at least two paths' lengths and no lag lies beyond. With about 1e-15, covariances that have vanished
  /// before a path ends are as exact as rounding leaves any, and a path may take nearly all of its period.
  double wrapping = 0.0;
  /// Whether derivatives will be drawn.
  bool derivatives = false;
};

/// Paths of a stationary Gaussian process of mean zero on a regular grid, exact: the covariance matrix is put
/// into a circulant one, whose eigenvectors are Fourier's (Dietrich and Newsam, SIAM J. Sci. Comput. 18,
/// 1997; Wood and Chan, J. Comput. Graph. Stat. 3, 1994). One transform makes two independent paths.
/// Immutable, so that threads share it.
class CirculantEmbedding {
 public:
  /// `covariance(t)` for t >= 0, `step` in the unit of t, paths of `points` >= 2. Throws
  /// std::invalid_argument when the covariance is not positive definite by more than options allow.
  CirculantEmbedding(const std::function<double(double)>& covariance, double step, std::size_t points,
                     const CirculantOptions& options = {});

  [[nodiscard]] std::size_t points() const { return points_; }
  [[nodiscard]] double step() const { return step_; }
  /// Points of the circle, a power of two: values that a drawn pair has room for.
  [[nodiscard]] std::size_t period() const { return waves_.length(); }
  /// What negative eigenvalues, taken as zero, sum up to over the sum of all magnitudes.
  [[nodiscard]] double clipped() const { return clipped_; }

  /// Two independent paths, the first points() of `first` and `second` [period()]; what follows belongs to
  /// the same circle, not to the paths. Any (key, number) is a pair independent of all others: normals are
  /// the row `number` of stream 0 of `key`, in single precision (their errors of 6e-8 each are independent
  /// and change the variance by less than 1e-8).
  void draw(RandomKey key, std::uint64_t number, std::span<double> first, std::span<double> second) const;

  /// The same paths and their derivatives, by the derivative of the sum of waves: for processes whose
  /// spectrum has vanished at the grid's Nyquist frequency, and options that ask for derivatives.
  void draw(RandomKey key, std::uint64_t number, std::span<double> first, std::span<double> second,
            std::span<double> first_derivative, std::span<double> second_derivative) const;

 private:
  /// Eigenvalues [period] of the circle.
  struct Circle {
    std::vector<double> eigenvalue;
    double least = 0.0;     // over the largest
    double negative = 0.0;  // negative ones' share of the sum of all magnitudes
  };
  CirculantEmbedding(Circle circle, double step, std::size_t points, bool derivatives);
  static Circle make_circle(const std::function<double(double)>& covariance, double step, std::size_t period);
  static Circle embed(const std::function<double(double)>& covariance, double step, std::size_t points,
                      const CirculantOptions& options);

  std::size_t points_;
  double step_;
  double clipped_;
  RandomWaves waves_;
  std::optional<RandomWaves> derivatives_;  // amplitudes times frequencies
};

}  // namespace reprise
