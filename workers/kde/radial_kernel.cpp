#include "workers/kde/radial_kernel.hpp"

#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>

#include "kernels/expects.hpp"

namespace reprise::kde {

using std::numbers::pi;

double RadialKernel::log_normalisation(double dim) const {
  const double half = 0.5 * dim;
  const double nu = degrees_of_freedom;
  switch (shape) {
    case KernelShape::gaussian:
      return -half * std::log(2.0 * pi);
    case KernelShape::exponential: {
      const double log_sphere = std::numbers::ln2 + half * std::log(pi) - std::lgamma(half);
      return -log_sphere - std::lgamma(dim) + half * std::log(dim);
    }
    case KernelShape::student:
      return std::lgamma(half * (nu + 1.0)) - std::lgamma(half * nu) - half * std::log(nu * dim * pi);
    case KernelShape::top_hat: {
      const double log_ball = half * std::log(pi) - std::lgamma(half + 1.0);
      return -log_ball - half * std::log(dim);
    }
  }
  throw std::logic_error("unknown kernel");
}

double RadialKernel::log_weight(double half_squared_distance, double dim, double bandwidth) const {
  const double u = half_squared_distance / (dim * bandwidth * bandwidth);
  const double nu = degrees_of_freedom;
  switch (shape) {
    case KernelShape::gaussian:
      return -dim * u;
    case KernelShape::exponential:
      return -dim * std::sqrt(2.0 * u);
    case KernelShape::student:
      return -0.5 * dim * (nu + 1.0) * std::log1p(2.0 * u / nu);
    case KernelShape::top_hat:
      return 2.0 * u <= 1.0 ? 0.0 : -std::numeric_limits<double>::infinity();
  }
  throw std::logic_error("unknown kernel");
}

double RadialKernel::stable_index(const Edge& edge, double bandwidth) const {
  const double h = bandwidth;
  const double nu = degrees_of_freedom;
  switch (shape) {
    case KernelShape::gaussian:
      return edge.lambda * h * h;
    case KernelShape::exponential:
      return edge.lambda * h * std::sqrt(edge.nearest_scale);
    case KernelShape::student:
      return edge.lambda * (nu * h * h + edge.nearest_scale) / (nu + 1.0);
    case KernelShape::top_hat:
      throw std::domain_error("the index of the top hat kernel jumps");
  }
  throw std::logic_error("unknown kernel");
}

std::optional<double> RadialKernel::bandwidth_at_index(const Edge& edge, double index) const {
  expects(index > 0.0, "an index is above 0");
  const double nu = degrees_of_freedom;
  switch (shape) {
    case KernelShape::gaussian:
      return std::sqrt(index / edge.lambda);
    case KernelShape::exponential:
      return index / (edge.lambda * std::sqrt(edge.nearest_scale));
    case KernelShape::student: {
      const double squared = (index * (nu + 1.0) / edge.lambda - edge.nearest_scale) / nu;
      return squared > 0.0 ? std::optional(std::sqrt(squared)) : std::nullopt;
    }
    case KernelShape::top_hat:
      return index == 1.0 ? std::optional(std::sqrt(edge.nearest_scale)) : std::nullopt;
  }
  throw std::logic_error("unknown kernel");
}

std::string_view to_string(KernelShape shape) {
  switch (shape) {
    case KernelShape::gaussian:
      return "gaussian";
    case KernelShape::exponential:
      return "exponential";
    case KernelShape::student:
      return "student";
    case KernelShape::top_hat:
      return "top_hat";
  }
  throw std::logic_error("unknown kernel");
}

}  // namespace reprise::kde
