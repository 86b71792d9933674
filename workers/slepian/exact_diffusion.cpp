#include "workers/slepian/exact_diffusion.hpp"

#include <Eigen/Dense>
#include <cmath>
#include <numbers>

#include "kernels/numerics/gauss_legendre.hpp"

namespace reprise::slepian {
namespace {

constexpr int kNodes = 80;
constexpr double kStep = 0.01;
constexpr double kMeanInterval = 2.0 * std::numbers::pi;

double kernel(double z) {
  return 1.0 / (2.0 * std::numbers::pi * std::cosh(0.5 * z));
}

/// P0 as an even function of t, as central differences near 0 want it: the determinant is analytic, and goes
/// on to t < 0 by the same formula.
double determinant(double t) {
  static const QuadratureRule rule = gauss_legendre(kNodes);
  Eigen::MatrixXd system(kNodes, kNodes);
  const double length = 0.5 * t;
  for (int i = 0; i < kNodes; ++i) {
    for (int j = 0; j < kNodes; ++j) {
      const double x = length * rule.node[static_cast<std::size_t>(i)];
      const double y = length * rule.node[static_cast<std::size_t>(j)];
      system(i, j) = (i == j ? 1.0 : 0.0) -
                     length * rule.weight[static_cast<std::size_t>(j)] * (kernel(x - y) + kernel(x + y));
    }
  }
  return system.partialPivLu().determinant();
}

}  // namespace

double diffusion_no_zero(double t) {
  return determinant(t);
}

double diffusion_survival(double t) {
  const auto difference = [t](int k) { return determinant(t + k * kStep) - determinant(t - k * kStep); };
  const double slope = (45.0 * difference(1) - 9.0 * difference(2) + difference(3)) / (60.0 * kStep);
  return -kMeanInterval * slope;
}

double diffusion_density(double t) {
  const auto sum = [t](int k) { return determinant(t + k * kStep) + determinant(t - k * kStep); };
  const double curvature = (16.0 * sum(1) - sum(2) - 30.0 * determinant(t)) / (12.0 * kStep * kStep);
  return kMeanInterval * curvature;
}

}  // namespace reprise::slepian
