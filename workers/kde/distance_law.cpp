#include "workers/kde/distance_law.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "kernels/expects.hpp"
#include "kernels/statistics/log_sum_exp.hpp"

namespace reprise::kde {
namespace {

/// Up to here isotropic laws are exact; beyond, the saddlepoint errs by less than 1e-5 in E log Z and is
/// faster.
constexpr double kExactDimension = 50.0;

/// Cumulants of the tilted law, and the logarithm of the saddlepoint mass per unit of xi.
struct Saddlepoint {
  double q;
  double log_mass;
  double spread;  ///< dq/dxi
};

/// Log density of the noncentral chi-squared law with `dim` degrees of freedom at u, as the Poisson mixture
/// sum_j Pois(j; eta/2) chi2_{dim+2j}(u), summed outward from its largest term.
double log_noncentral_chi_squared(double u, double dim, double eta) {
  const double half = 0.5 * dim;
  const double product = 0.25 * eta * u;
  const double peak = std::floor(0.5 * (std::sqrt(half * half + 4.0 * product) - half));
  double sum = 1.0;
  double term = 1.0;
  for (double j = peak; term > 1e-18 * sum; ++j) {
    term *= product / ((j + 1.0) * (half + j));
    sum += term;
  }
  term = 1.0;
  for (double j = peak; j > 0.0 && term > 1e-18 * sum; --j) {
    term *= j * (half + j - 1.0) / product;
    sum += term;
  }
  const double log_poisson = peak > 0.0 ? peak * std::log(0.5 * eta) - std::lgamma(peak + 1.0) : 0.0;
  const double log_chi_squared =
      (half + peak - 1.0) * std::log(0.5 * u) - 0.5 * u - std::numbers::ln2 - std::lgamma(half + peak);
  return log_poisson - 0.5 * eta + log_chi_squared + std::log(sum);
}

Saddlepoint saddlepoint(const LargeDeviations& law, double dim, double largest, double xi) {
  const Spectrum& spectrum = law.spectrum();
  const double step = std::exp(xi);
  const double theta = 1.0 / largest - step;
  double k0 = 0.0;
  double k1 = 0.0;
  double k2 = 0.0;
  double k3 = 0.0;
  double k4 = 0.0;
  for (std::size_t a = 0; a < spectrum.size(); ++a) {
    const double c = spectrum.eigenvalue[a];
    const double v = law.squared_coordinates()[a];
    const double many = dim * spectrum.weight[a];
    const double r = (1.0 - c / largest) + c * step;
    const double cr = c / r;
    const double vr = v / r;
    k0 += many * (-0.5 * std::log(r) + 0.5 * theta * vr);
    k1 += many * 0.5 * (cr + vr / r);
    k2 += many * cr * (0.5 * cr + vr / r);
    k3 += many * cr * cr * (cr + 3.0 * vr / r);
    k4 += many * cr * cr * cr * (3.0 * cr + 12.0 * vr / r);
  }
  const double correction = 1.0 + k4 / (8.0 * k2 * k2) - 5.0 * k3 * k3 / (24.0 * k2 * k2 * k2);
  return {k1,
          k0 - theta * k1 + 0.5 * std::log(k2 / (2.0 * std::numbers::pi)) + xi +
              std::log(std::max(correction, 1e-12)),
          k2 * step};
}

}  // namespace

DistanceLaw::DistanceLaw(LargeDeviations law, double dim, int nodes) : law_(std::move(law)), dim_(dim) {
  expects(dim >= 1.0 && (nodes == 0 || nodes >= 2), "a law of distances needs a dimension and nodes");
  if (nodes == 0) {
    nodes = static_cast<int>(std::clamp(50.0 * dim, 4000.0, 2e5));
  }
  const Spectrum& spectrum = law_.spectrum();
  const double largest = *std::ranges::max_element(spectrum.eigenvalue);
  expects(largest > 0.0, "data need a variance above 0");
  double mean = 0.0;
  for (std::size_t a = 0; a < spectrum.size(); ++a) {
    mean += spectrum.weight[a] * spectrum.eigenvalue[a];
  }
  const double low = std::log(1e-4 / largest);
  const double high = std::log(1e9 / mean);
  const double step = (high - low) / (nodes - 1);
  double log_sum = -std::numeric_limits<double>::infinity();
  for (int i = 0; i < nodes; ++i) {  // from the largest xi down: Q ascends
    const Saddlepoint node = saddlepoint(law_, dim, largest, high - i * step);
    double log_mass = node.log_mass + std::log(step);
    if (spectrum.size() == 1 && dim <= kExactDimension) {
      const double scale = 0.5 * largest;
      log_mass =
          log_noncentral_chi_squared(node.q / scale, dim, dim * law_.squared_coordinates()[0] / largest) +
          std::log(node.spread * step / scale);
    }
    q_.push_back(node.q);
    log_mass_.push_back(log_mass);
    log_cdf_.push_back(log_add_exp(log_sum, log_mass - std::numbers::ln2));
    log_sum = log_add_exp(log_sum, log_mass);
  }
}

double DistanceLaw::quantile(double log_probability) const {
  const auto above = std::ranges::lower_bound(log_cdf_, log_probability);
  if (above == log_cdf_.begin()) {
    return q_.front();
  }
  if (above == log_cdf_.end()) {
    return q_.back();
  }
  const auto i = static_cast<std::size_t>(above - log_cdf_.begin());
  const double fraction = (log_probability - log_cdf_[i - 1]) / (log_cdf_[i] - log_cdf_[i - 1]);
  return std::exp(std::lerp(std::log(q_[i - 1]), std::log(q_[i]), fraction));
}

}  // namespace reprise::kde
