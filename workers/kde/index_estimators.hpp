#pragma once

#include <span>

namespace reprise::kde {

/// The edge slope from the nearest neighbours of x (spec 2.10): lambda_hat = 2 (k-1)/sum_{i<=k} (D_(k+1) -
/// D_(i)), with squared distances ascending, at least k + 1 of them. mu_hat(h) = lambda_hat h^2.
[[nodiscard]] double neighbour_slope(std::span<const double> squared_distances, int k = 10);

/// mu_hat = (1 + 6 Var[log Z]/pi^2)^-1/2 over data sets at fixed x, for mu < 1.
[[nodiscard]] double log_variance_index(std::span<const double> log_sums);

}  // namespace reprise::kde
