#include "kernels/quantise/integer_softmax.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

#include "kernels/expects.hpp"

namespace reprise::nn {
namespace {

constexpr double kMinusLog2 = -0.6931;
constexpr double kQuadratic =
    0.35815147;  // exp(r) is about kQuadratic (r (r + kLinear) + kConstant), -log 2 < r <= 0
constexpr double kLinear = 0.96963238 / kQuadratic;
constexpr double kConstant = 1 / kQuadratic;
constexpr double kShifts = 30;  // exponentials have so many binary places

/// exp(t scale) times a constant, for whole t <= 0.
class IntegerExponential {
 public:
  explicit IntegerExponential(double scale)
      : log2_(std::floor(kMinusLog2 / scale)),
        linear_(std::floor(kLinear / scale)),
        constant_(std::floor(kConstant / (scale * scale))) {}

  double operator()(double t) const {
    t = std::max(t, kShifts * log2_);
    const double halvings = std::floor(t / log2_);
    const double r = t - log2_ * halvings;
    return std::max(
        std::floor(std::ldexp(r * (r + linear_) + constant_, static_cast<int>(kShifts - halvings))), 0.0);
  }

 private:
  double log2_;
  double linear_;
  double constant_;
};

/// The whole number nearest to log2 v, where halfway is 3/2 of a power of two; v is whole.
double nearest_log2(double v) {
  const int below = std::ilogb(v);
  return v - std::ldexp(1.0, below) >= std::ldexp(1.0, below - 1) ? below + 1 : below;
}

}  // namespace

void log_int_softmax(std::span<const float> x, std::int64_t columns, float scale, std::int32_t bits,
                     std::span<float> y) {
  expects(scale > 0 && std::isfinite(scale), "the scale of integer softmax is positive");
  expects(bits >= 1 && bits <= 8, "integer softmax gives 1 to 8 bits");
  expects(columns >= 1 && static_cast<std::int64_t>(x.size()) % columns == 0 && x.size() == y.size(),
          "softmax takes whole rows and gives as many values");
  const IntegerExponential exponential(static_cast<double>(scale));
  const double most = std::exp2(bits) - 1;
  std::vector<double> row(static_cast<std::size_t>(columns));
  for (std::size_t first = 0; first < x.size(); first += row.size()) {
    for (std::size_t c = 0; c < row.size(); ++c)
      row[c] = std::nearbyint(static_cast<double>(x[first + c]) / static_cast<double>(scale));
    const double largest = std::ranges::max(row);
    for (double& each : row) each = exponential(each - largest);
    const double sum = std::accumulate(row.begin(), row.end(), 0.0);
    for (std::size_t c = 0; c < row.size(); ++c) {
      const double k = row[c] > 0 ? nearest_log2(std::nearbyint(sum / row[c])) : most + 1;
      y[first + c] = k > most ? 0.0F : static_cast<float>(std::exp2(-k));
    }
  }
}

}  // namespace reprise::nn
