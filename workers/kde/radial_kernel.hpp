#pragma once

#include <optional>
#include <string_view>

#include "workers/kde/thresholds.hpp"

namespace reprise::kde {

enum class KernelShape { gaussian, exponential, student, top_hat };

/// Radial kernels K(z) = A_d exp(-d kappa(|z|^2/(2d))) (spec 2.11).
///   gaussian     kappa(u) = u
///   exponential  kappa(u) = sqrt(2u),                       exp(-sqrt(d) |z|)
///   student      kappa(u) = (nu+1)/2 log(1 + 2u/nu),        (1 + |z|^2/(nu d))^(-(nu+1)d/2)
///   top hat      kappa(u) = 0 for |z|^2 <= d, else infinite
struct RadialKernel {
  KernelShape shape = KernelShape::gaussian;
  double degrees_of_freedom = 4.0;  ///< nu, of the Student kernel

  /// log A_d, which makes the kernel integrate to one.
  [[nodiscard]] double log_normalisation(double dim) const;

  /// log of exp(-d kappa(u)) at Q = |x - y|^2/2: u = Q/(d h^2).
  [[nodiscard]] double log_weight(double half_squared_distance, double dim, double bandwidth) const;

  /// mu(h) = lambda h^2/kappa'(u), u = e/h^2. Throws for the top hat, where it jumps.
  [[nodiscard]] double stable_index(const Edge& edge, double bandwidth) const;

  /// The h with mu(h) = index: 1 gives h_G, 2 gives h_CLT. Nothing when the index never gets so low
  /// (Student), or, for the top hat, when index is not 1.
  [[nodiscard]] std::optional<double> bandwidth_at_index(const Edge& edge, double index) const;
};

[[nodiscard]] std::string_view to_string(KernelShape shape);

}  // namespace reprise::kde
