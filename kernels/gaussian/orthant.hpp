#pragma once

#include <Eigen/Dense>
#include <cstdint>
#include <span>

#include "kernels/gaussian/lattice.hpp"
#include "kernels/gaussian/orthant_sweep.hpp"
#include "kernels/gaussian/pivoted_cholesky.hpp"
#include "kernels/random/philox.hpp"
#include "kernels/statistics/moments.hpp"

namespace reprise {

/// What is integrated besides the indicator that all variables are positive.
struct OrthantForm {
  /// [n], in the covariance's order: a Rayleigh variable R (density r exp(-r^2 / 2)), independent of the
  /// Gaussian ones, adds R rayleigh_i to variable i. Empty: none. A Slepian model has -r'(t) / sqrt(-r''(0)).
  Eigen::VectorXd rayleigh;
  /// The values of so many first variables multiply the integrand; they must have been kept first by
  /// PivotOptions::kept. Two velocities in Durbin's formula.
  Eigen::Index weighted = 0;
};

/// Weights of points of a lattice, added up exactly enough (in two doubles) that sums of ranges give that of
/// the whole.
struct LatticeSum {
  double sum = 0.0;
  double rest = 0.0;  ///< what rounding took from the sum
  std::uint64_t count = 0;

  LatticeSum& operator+=(const LatticeSum& other);
  [[nodiscard]] double mean() const { return (sum + rest) / static_cast<double>(count); }
};

/// E(Y_1 ... Y_w 1{Y_i > 0 for all i}) for Y = R a + N(0, C), by randomised quasi-Monte Carlo over truncated
/// variables in pivot order (Genz, Journal of Computational and Graphical Statistics 1, 1992): a sample draws
/// each variable given that it is positive, and its weight is the product of the probabilities of that.
/// Variables beyond the rank are given by those before. Pivot order matters: in time order errors are ten
/// times larger, and covariances of smooth processes give wrong values, since conditional variances fall
/// below rounding.
class GaussianOrthant {
 public:
  /// Ranges of a lattice that start at multiples of this have the same sums however they are cut.
  static constexpr std::uint64_t kBatch = SweepPlan::kBatch;
  static_assert(kBatch == ShiftedLattice::kRun);

  /// Throws std::invalid_argument when `form` does not fit the factor.
  explicit GaussianOrthant(const PivotedCholesky& factor, const OrthantForm& form = {});

  /// Coordinates of a point.
  [[nodiscard]] std::size_t dimensions() const { return plan_.columns; }

  /// Weights of the points first, ..., first + count - 1, batch by batch in order. A weight depends on its
  /// point only; one below 1e-30 counts as zero. `lattice` has dimensions() coordinates or more.
  [[nodiscard]] LatticeSum sum(const ShiftedLattice& lattice, std::uint64_t first, std::uint64_t count) const;

 private:
  SweepPlan plan_;
};

/// Means of complete shifts and their standard error. Two shifts or more.
[[nodiscard]] Estimate mean_over_shifts(std::span<const LatticeSum> shifts);

/// With shifts 0, ..., shifts - 1 of `key`, `points` each.
[[nodiscard]] Estimate integrate(const GaussianOrthant& orthant, const RandomKey& key, std::uint64_t points,
                                 std::uint64_t shifts, LatticeRule rule = LatticeRule::richtmyer);

/// P(Y_i > 0 for all i), Y ~ N(0, covariance).
[[nodiscard]] Estimate orthant_probability(const Eigen::MatrixXd& covariance, const RandomKey& key,
                                           std::uint64_t points, std::uint64_t shifts,
                                           const PivotOptions& options = {});

}  // namespace reprise
