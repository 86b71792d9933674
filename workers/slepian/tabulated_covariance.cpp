#include <algorithm>
#include <boost/math/interpolators/cardinal_quintic_b_spline.hpp>
#include <cmath>
#include <limits>

#include "kernels/expects.hpp"
#include "workers/slepian/families.hpp"

namespace reprise::slepian {
namespace {

/// Values at -mirrored step, ..., 0, step, ...: a spline through both sides is even without being told so.
std::vector<double> mirrored(const std::vector<double>& values, std::size_t count) {
  std::vector<double> both(values.rend() - static_cast<std::ptrdiff_t>(count) - 1, values.rend() - 1);
  both.insert(both.end(), values.begin(), values.end());
  return both;
}

constexpr std::size_t kMirrored = 32;

class Tabulated final : public Covariance {
 public:
  Tabulated(double step, const std::vector<double>& values)
      : spline_(mirrored(values, std::min(kMirrored, values.size() - 1)),
                -step * static_cast<double>(std::min(kMirrored, values.size() - 1)), step),
        end_(step * static_cast<double>(values.size() - 1)),
        last_(values.back()) {
    const double before = values[values.size() - 2];
    if (last_ > 0.0 && before > last_) decay_ = std::log(before / last_) / step;
  }

  double value(double t) const override {
    if (t <= end_) return spline_(t);
    return std::isinf(decay_) ? 0.0 : last_ * std::exp(-decay_ * (t - end_));
  }
  double slope(double t) const override {
    if (t <= end_) return spline_.prime(t);
    return std::isinf(decay_) ? 0.0 : -decay_ * value(t);
  }
  double curvature(double t) const override {
    if (t <= end_) return spline_.double_prime(t);
    return std::isinf(decay_) ? 0.0 : decay_ * decay_ * value(t);
  }
  double log_descent(double t) const override {
    if (t <= end_ || std::isinf(decay_)) return Covariance::log_descent(t);
    return std::log(decay_ * last_) - decay_ * (t - end_);
  }
  double second_moment() const override { return -spline_.double_prime(0.0); }
  double decay() const override { return decay_; }
  double smoothness() const override { return std::numeric_limits<double>::infinity(); }

 private:
  boost::math::interpolators::cardinal_quintic_b_spline<double> spline_;
  double end_;
  double last_;
  double decay_ = std::numeric_limits<double>::infinity();
};

}  // namespace

std::unique_ptr<const Covariance> tabulated_covariance(double step, const std::vector<double>& values) {
  constexpr std::size_t kLeast = 8;
  expects(values.size() >= kLeast, "a table of a covariance has at least 8 values");
  expects(step > 0.0, "the lags of a table rise");
  expects(std::abs(values.front() - 1.0) < 1e-9, "a table of a covariance begins with r(0) = 1");
  auto made = std::make_unique<Tabulated>(step, values);
  expects(made->second_moment() > 0.0, "the covariance of a table falls from r(0)");
  return made;
}

}  // namespace reprise::slepian
