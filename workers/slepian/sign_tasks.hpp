#pragma once

#include <cstdint>
#include <vector>

#include "pipeline/run/paper.hpp"
#include "workers/slepian/model.hpp"

namespace reprise::slepian {

/// Signs of the Slepian process at single times, drawn from R a(t) + Z sqrt(1 - r^2 - a^2).
struct ClippedInput {
  Model model;
  std::vector<double> times;
  std::uint64_t draws = 0;
  std::uint64_t block = 0;
};

constexpr auto fields(const ClippedInput*) {
  using C = ClippedInput;
  return std::tuple{
      field("model", &C::model, "the covariance"), field("times", &C::times, "after an up-crossing", "time"),
      field("draws", &C::draws, "draws for each time"), field("block", &C::block, "which block of them")};
}

/// Signs of a stationary switch process: intervals drawn from the divisor, laid on a line.
struct SwitchInput {
  Model model;
  std::uint64_t intervals = 0;
  std::uint64_t block = 0;
  double step = 0.05;        ///< of the grid on which signs are looked at
  std::vector<double> lags;  ///< multiples of it
};

constexpr auto fields(const SwitchInput*) {
  using S = SwitchInput;
  return std::tuple{
      field("model", &S::model, "the covariance"), field("intervals", &S::intervals, "number of intervals"),
      field("block", &S::block, "which block of them"), field("step", &S::step, "of the grid", "time"),
      field("lags", &S::lags, "for the mean of s(t) s(t + lag)", "time")};
}

struct SignMeans {
  std::vector<double> mean;  ///< at each time or lag
  std::uint64_t count = 0;
};

constexpr auto fields(const SignMeans*) {
  return std::tuple{field("mean", &SignMeans::mean, "mean sign, or mean product of signs"),
                    field("count", &SignMeans::count, "number of them")};
}

SignMeans draw_clipped(const ClippedInput& input, TaskContext& context);
double seconds(const ClippedInput& input);
SignMeans draw_switches(const SwitchInput& input, TaskContext& context);
double seconds(const SwitchInput& input);

inline const Task<ClippedInput, SignMeans> kClipped{"slepian.clipped", 1, draw_clipped,
                                                    "mean sign of the Slepian process", seconds};
inline const Task<SwitchInput, SignMeans> kSwitches{
    "slepian.switches", 1, draw_switches,
    "covariance of a switch process whose intervals are sums of divisors", seconds};

}  // namespace reprise::slepian
