#include "workers/kde/spectrum.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include "kernels/expects.hpp"

namespace reprise::kde {

Spectrum isotropic(double variance) {
  expects(variance > 0.0, "isotropic data need a variance above 0");
  return {{variance}, {1.0}};
}

Spectrum two_level(double high, double low) {
  expects(high > 0.0 && low > 0.0, "variances are above 0");
  return {{high, low}, {0.5, 0.5}};
}

Spectrum power_law(int dim, double exponent) {
  expects(dim > 0, "a spectrum needs a dimension");
  std::vector<double> c;
  for (int a = 1; a <= dim; ++a) {
    c.push_back(std::pow(a, -exponent));
  }
  const double mean = std::accumulate(c.begin(), c.end(), 0.0) / dim;
  for (double& value : c) {
    value /= mean;
  }
  return spectrum_of(std::move(c));
}

Spectrum marchenko_pastur(double ratio, int nodes) {
  expects(ratio > 0.0 && ratio < 1.0, "this Marchenko-Pastur law needs a ratio in (0, 1)");
  expects(nodes > 0, "a quadrature needs nodes");
  const double low = (1.0 - std::sqrt(ratio)) * (1.0 - std::sqrt(ratio));
  const double high = (1.0 + std::sqrt(ratio)) * (1.0 + std::sqrt(ratio));
  Spectrum spectrum;
  for (int i = 0; i < nodes; ++i) {
    const double theta = (i + 0.5) * std::numbers::pi / nodes;
    const double c = 0.5 * (low + high) + 0.5 * (high - low) * std::cos(theta);
    spectrum.eigenvalue.push_back(c);
    spectrum.weight.push_back(std::sin(theta) * std::sin(theta) / c);
  }
  const double total = std::accumulate(spectrum.weight.begin(), spectrum.weight.end(), 0.0);
  for (double& weight : spectrum.weight) {
    weight /= total;
  }
  return spectrum;
}

Spectrum spectrum_of(std::vector<double> eigenvalues) {
  expects(!eigenvalues.empty(), "a spectrum needs eigenvalues");
  expects(std::ranges::all_of(eigenvalues, [](double c) { return c >= 0.0 && std::isfinite(c); }),
          "eigenvalues of a covariance are finite and not below 0");
  const std::vector<double> weight(eigenvalues.size(), 1.0 / static_cast<double>(eigenvalues.size()));
  return {std::move(eigenvalues), weight};
}

}  // namespace reprise::kde
