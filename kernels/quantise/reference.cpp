// The formulas of quantizers in double precision, element by element: what the vectorised loops are checked
// against.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>

#include "kernels/expects.hpp"
#include "kernels/quantise/loops.hpp"
#include "kernels/quantise/quantizer.hpp"

namespace reprise::nn {
namespace {

struct Numbers {
  double scale;
  double zero;
  double outer;
};

/// Rounds half to even, as the default rounding mode does.
double rounded(double x) {
  return std::nearbyint(x);
}

double clamped(double x, double low, double high) {
  return std::clamp(x, low, high);
}

double regions(double x, const Numbers& n, double least, double most_small, double most_large) {
  const double small = rounded(x / n.scale);
  return small <= most_small ? std::max(small, least) * n.scale
                             : clamped(rounded(x / n.outer), 0, most_large) * n.outer;
}

double value(QuantizerKind kind, std::int32_t bits, const Numbers& n, double x) {
  if (std::isnan(x)) return x;
  const double half = std::exp2(bits - 1);
  const double most = 2 * half - 1;
  switch (kind) {
    case QuantizerKind::none:
      return x;
    case QuantizerKind::symmetric:
      return clamped(rounded(x / n.scale), -half, half - 1) * n.scale;
    case QuantizerKind::asymmetric:
      return (clamped(rounded(x / n.scale) + n.zero, 0, most) - n.zero) * n.scale;
    case QuantizerKind::log2: {
      if (x < static_cast<double>(std::numeric_limits<float>::min())) return 0;
      const double r = rounded(-std::log2(x));
      return r > most ? 0 : std::exp2(-clamped(r, 0, most));
    }
    case QuantizerKind::log_sqrt2: {
      const double ratio = x / n.scale;
      if (ratio < static_cast<double>(std::numeric_limits<float>::min())) return 0;
      const double r = rounded(-2 * std::log2(ratio));
      if (r > most) return 0;
      const double q = clamped(r, 0, most);
      return std::exp2(-std::ceil(q / 2)) * (std::fmod(q, 2) == 1 ? std::numbers::sqrt2 : 1) * n.scale;
    }
    case QuantizerKind::sign_regions:
      return x < 0 ? clamped(rounded(x / n.scale), -half, 0) * n.scale
                   : clamped(rounded(x / n.outer), 0, half - 1) * n.outer;
    case QuantizerKind::magnitude_regions:
      return regions(x, n, -half / 2, half / 2 - 1, half - 1);
    case QuantizerKind::probability_regions:
      return regions(x, n, 0, half - 1, half - 1);
    case QuantizerKind::twin_probabilities: {
      const double split = std::exp2(rounded(std::log2(n.scale * (half - 1))));
      const double low = clamped(rounded(x / n.scale), 0, half - 1) * n.scale;
      return low + std::min(rounded(std::max(x, split) * (half - 1)), half - 1) * n.outer;
    }
  }
  return x;
}

}  // namespace

void fake_quantise(const Quantizer& quantizer, const Grouping& grouping, std::span<const double> x,
                   std::span<double> y) {
  expects(x.size() == y.size(), "as many values come out as go in");
  const auto view = quantise_loops::view_of(quantizer, grouping, x.size());
  const auto at = [](const float* numbers, std::size_t group) {
    return numbers == nullptr ? 0.0 : static_cast<double>(numbers[group]);
  };
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto group =
        i / static_cast<std::size_t>(grouping.inner) % static_cast<std::size_t>(grouping.groups);
    const Numbers numbers{at(view.scale, group), at(view.zero, group), at(view.outer, group)};
    y[i] = value(view.kind, view.bits, numbers, x[i]);
  }
}

}  // namespace reprise::nn
