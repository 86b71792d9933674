#include "pipeline/report/axis_scale.hpp"

#include <algorithm>
#include <cmath>

#include "pipeline/report/format.hpp"

namespace reprise::reporting {
namespace {

constexpr double kAir = 0.04;       // left free at either end, as a part of the range
constexpr double kAbout = 0.9;      // of the step asked for is enough, for one tick more
constexpr double kRounding = 1e-9;  // of a range: ticks this near its ends are inside

double nice_step(double span, int most_ticks) {
  const double rough = span / std::max(1, most_ticks);
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  for (const double step : {1.0, 2.0, 2.5, 5.0}) {
    if (step * power >= rough * kAbout) return step * power;
  }
  return 10 * power;
}

int decimals_of_step(double step) {
  for (int decimals = 0; decimals < 12; ++decimals) {
    const double scaled = step * std::pow(10.0, decimals);
    if (std::abs(scaled - std::round(scaled)) < 1e-6 * scaled) return decimals;
  }
  return 12;
}

void linear_ticks(Scale& scale, int most_ticks) {
  const double low = std::min(scale.from, scale.to);
  const double high = std::max(scale.from, scale.to);
  const double span = high - low;
  const double step = nice_step(span, most_ticks);
  const double largest = std::max(std::abs(low), std::abs(high));
  const int power = largest >= 1e5 || largest < 1e-3 ? static_cast<int>(std::floor(std::log10(largest))) : 0;
  const double unit = std::pow(10.0, power);
  const int decimals = decimals_of_step(step / unit);
  for (double k = std::ceil(low / step - kRounding); k * step <= high + span * kRounding; k += 1) {
    const double at = k == 0 ? 0.0 : k * step;
    auto label = fixed(at / unit, decimals);
    if (power != 0) label = at == 0 ? "0" : label + "×" + power_of_ten(power);
    scale.ticks.push_back({at, label});
  }
}

std::string log_label(int mantissa, int exponent, bool powers) {
  if (!powers) return fixed(mantissa * std::pow(10.0, exponent), std::max(0, -exponent));
  const auto power = power_of_ten(exponent);
  return mantissa == 1 ? power : fixed(mantissa, 0) + "×" + power;
}

void log_ticks(Scale& scale, int most_ticks) {
  const double low = std::log10(std::min(scale.from, scale.to));
  const double high = std::log10(std::max(scale.from, scale.to));
  const auto inside = [&](double value) {
    return std::log10(value) >= low - kRounding && std::log10(value) <= high + kRounding;
  };
  const int first = static_cast<int>(std::floor(low));
  const int last = static_cast<int>(std::ceil(high));
  const int first_decade = static_cast<int>(std::ceil(low - kRounding));
  const int last_decade = static_cast<int>(std::floor(high + kRounding));
  const int decades = last_decade - first_decade + 1;
  const bool powers = first_decade < -2 || last_decade > 4;
  if (decades >= 3 || (decades == 2 && most_ticks < 5)) {
    const int stride = std::max(1, (decades + most_ticks - 1) / most_ticks);
    for (int k = first_decade; k <= last_decade; ++k) {
      if ((k - first_decade) % stride == 0) {
        scale.ticks.push_back({std::pow(10.0, k), log_label(1, k, powers)});
      } else {
        scale.minor.push_back(std::pow(10.0, k));
      }
    }
    if (stride > 1 || decades > 7) return;
  } else {
    for (int k = first; k <= last; ++k) {
      for (const int mantissa : {1, 2, 5}) {
        const double at = mantissa * std::pow(10.0, k);
        if (inside(at)) scale.ticks.push_back({at, log_label(mantissa, k, powers)});
      }
    }
    if (scale.ticks.size() < 3) {
      scale.ticks.clear();
      linear_ticks(scale, most_ticks);
      return;
    }
  }
  for (int k = first; k <= last; ++k) {
    for (int mantissa = 2; mantissa <= 9; ++mantissa) {
      const double at = mantissa * std::pow(10.0, k);
      const bool labelled = std::any_of(scale.ticks.begin(), scale.ticks.end(),
                                        [&](const Tick& tick) { return std::abs(tick.at - at) < 1e-9 * at; });
      if (inside(at) && !labelled) scale.minor.push_back(at);
    }
  }
}

void choose_range(Scale& scale, const Axis& axis, Extent extent, bool from_zero) {
  if (extent.empty) extent = axis.log ? Extent{1, 10, false} : Extent{0, 1, false};
  if (axis.log) {
    const double air = std::max(kAir * std::log10(extent.greatest / extent.least),
                                extent.greatest == extent.least ? 0.3 : 0.02);
    scale.from = extent.least * std::pow(10.0, -air);
    scale.to = extent.greatest * std::pow(10.0, air);
  } else {
    if (from_zero) extent = {std::min(0.0, extent.least), std::max(0.0, extent.greatest), false};
    double span = extent.greatest - extent.least;
    if (span <= 1e-12 * std::max(std::abs(extent.greatest), std::abs(extent.least))) {
      span = extent.greatest == 0 ? 1.0 : std::abs(extent.greatest);
    }
    scale.from = extent.least - kAir * span;
    scale.to = extent.greatest + kAir * span;
    const bool near_zero = extent.least >= 0 && (extent.least <= 0.15 * span || from_zero);
    if (near_zero) scale.from = extent.least > 0 || from_zero ? 0 : -0.02 * span;
    if (from_zero && extent.greatest <= 0) scale.to = 0;
  }
  if (axis.from && (!axis.log || *axis.from > 0)) scale.from = *axis.from;
  if (axis.to && (!axis.log || *axis.to > 0)) scale.to = *axis.to;
  if (scale.from == scale.to) scale.to = axis.log ? scale.from * 10 : scale.from + 1;
}

}  // namespace

void Extent::add(double value, bool log) {
  if (!std::isfinite(value) || (log && value <= 0)) return;
  least = empty ? value : std::min(least, value);
  greatest = empty ? value : std::max(greatest, value);
  empty = false;
}

double Scale::position(double value) const {
  if (log) return (std::log(value) - std::log(from)) / (std::log(to) - std::log(from));
  return (value - from) / (to - from);
}

Scale make_scale(const Axis& axis, const Extent& extent, int most_ticks, bool from_zero) {
  Scale scale;
  scale.log = axis.log;
  choose_range(scale, axis, extent, from_zero && !axis.log);
  if (!axis.ticks.empty()) {
    for (const auto& tick : axis.ticks) {
      const double place = axis.log && tick.at <= 0 ? -1 : scale.position(tick.at);
      if (place >= -kRounding && place <= 1 + kRounding) scale.ticks.push_back(tick);
    }
  } else if (axis.log) {
    log_ticks(scale, most_ticks);
  } else {
    linear_ticks(scale, most_ticks);
  }
  return scale;
}

}  // namespace reprise::reporting
