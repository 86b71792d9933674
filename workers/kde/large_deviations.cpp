#include "workers/kde/large_deviations.hpp"

#include <cmath>
#include <utility>

#include "kernels/expects.hpp"

namespace reprise::kde {
namespace {

template <class Function>
double mean(const Spectrum& spectrum, const std::vector<double>& v, const Function& f) {
  double sum = 0.0;
  for (std::size_t a = 0; a < spectrum.size(); ++a) {
    sum += spectrum.weight[a] * f(spectrum.eigenvalue[a], v[a]);
  }
  return sum;
}

}  // namespace

LargeDeviations::LargeDeviations(Spectrum spectrum)
    : spectrum_(std::move(spectrum)), v_(spectrum_.eigenvalue) {}

LargeDeviations::LargeDeviations(Spectrum spectrum, std::vector<double> squared_coordinates)
    : spectrum_(std::move(spectrum)), v_(std::move(squared_coordinates)) {
  expects(v_.size() == spectrum_.size(), "a squared coordinate is given for each eigenvalue");
  for (std::size_t a = 0; a < v_.size(); ++a) {
    expects(v_[a] >= 0.0 && (spectrum_.eigenvalue[a] > 0.0 || v_[a] == 0.0),
            "squared coordinates are not below 0, and 0 where the data have no variance");
  }
}

double LargeDeviations::log_moment(double lambda) const {
  return -0.5 * mean(spectrum_, v_, [lambda](double c, double v) {
    return std::log1p(lambda * c) + lambda * v / (1.0 + lambda * c);
  });
}

double LargeDeviations::energy(double lambda) const {
  return 0.5 * mean(spectrum_, v_, [lambda](double c, double v) {
           const double r = 1.0 + lambda * c;
           return c / r + v / (r * r);
         });
}

double LargeDeviations::energy_variance(double lambda) const {
  return mean(spectrum_, v_, [lambda](double c, double v) {
    const double r = 1.0 + lambda * c;
    return c * c / (2.0 * r * r) + c * v / (r * r * r);
  });
}

double LargeDeviations::entropy(double lambda) const {
  // The linear terms of g and lambda e are taken together: s = -1/2 < log(1+lc) - lc/(1+lc) + l^2 c
  // v/(1+lc)^2 >.
  return -0.5 * mean(spectrum_, v_, [lambda](double c, double v) {
    const double r = 1.0 + lambda * c;
    return std::log1p(lambda * c) - lambda * c / r + lambda * lambda * c * v / (r * r);
  });
}

}  // namespace reprise::kde
