#pragma once

namespace reprise::kde {

/// Scott's rule h = s n^(-1/(d+4)), s the pooled standard deviation.
[[nodiscard]] double scott_bandwidth(double deviation, double points, double dim);

/// Silverman's: Scott's times (4/(d+2))^(1/(d+4)).
[[nodiscard]] double silverman_bandwidth(double deviation, double points, double dim);

/// h minimising the mean integrated squared error for N(0, deviation^2 I) (spec 2.9): with b = h/deviation,
/// MISE (4 pi)^(d/2) deviation^d = 1/(n b^d) + (1 - 1/n)(1+b^2)^(-d/2) - 2 (1+b^2/2)^(-d/2) + 1.
[[nodiscard]] double least_squares_bandwidth(double deviation, double log_points, double dim);

/// Its limit for large d at load alpha: deviation (e^(2 alpha) - 1/2)^-1/2.
[[nodiscard]] double least_squares_bandwidth_limit(double deviation, double load);

}  // namespace reprise::kde
