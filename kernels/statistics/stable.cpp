#include "kernels/statistics/stable.hpp"

#include <cmath>
#include <numbers>

#include "kernels/expects.hpp"
#include "kernels/random/distributions.hpp"

namespace reprise {

using std::numbers::pi;

StableLaw::StableLaw(double index) : index_(index), shift_(0.0), scale_(0.0) {
  expects(index > 0.0 && index < 2.0 && index != 1.0, "a stable law's index lies in (0, 2) and is not 1");
  const double tangent = std::tan(pi * index / 2.0);
  shift_ = std::atan(tangent) / index;
  scale_ = std::pow(1.0 + tangent * tangent, 1.0 / (2.0 * index));
}

double StableLaw::operator()(Philox& random) const {
  const double v = pi * (uniform(random) - 0.5);
  const double w = exponential(random);
  const double angle = index_ * (v + shift_);
  return scale_ * std::sin(angle) / std::pow(std::cos(v), 1.0 / index_) *
         std::pow(std::cos(v - angle) / w, (1.0 - index_) / index_);
}

double positive_stable(Philox& random, double index) {
  expects(index > 0.0 && index < 1.0, "a positive stable law's index lies in (0, 1)");
  const double v = pi * uniform(random);
  const double w = exponential(random);
  return std::sin(index * v) / std::pow(std::sin(v), 1.0 / index) *
         std::pow(std::sin((1.0 - index) * v) / w, (1.0 - index) / index);
}

}  // namespace reprise
