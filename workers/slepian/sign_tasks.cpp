#include "workers/slepian/sign_tasks.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/random/blocks.hpp"
#include "workers/slepian/divisor.hpp"

namespace reprise::slepian {
namespace {

constexpr double kDiscarded = 100.0;  // mean intervals at either end of the line

}  // namespace

SignMeans draw_clipped(const ClippedInput& input, TaskContext& context) {
  constexpr std::size_t kBlock = 1024;
  const auto covariance = covariance_of(input.model);
  const RandomKey key = random_key(context.seed(), context.key().high, context.key().low);
  SignMeans result{{}, input.draws};
  // A Rayleigh variable is the length of two normals.
  std::vector<double> normals(3 * kBlock);
  for (std::size_t i = 0; i < input.times.size(); ++i) {
    const double drift = covariance->drift(input.times[i]);
    const double rest =
        std::sqrt(std::max(covariance->conditional_variance(input.times[i]) - drift * drift, 0.0));
    std::int64_t sum = 0;
    for (std::uint64_t first = 0; first < input.draws; first += kBlock) {
      const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(kBlock, input.draws - first));
      fill_normal({key, static_cast<std::uint32_t>(i), first, count, 3}, std::span(normals).first(3 * count));
      for (std::size_t k = 0; k < count; ++k) {
        const double x = drift * std::hypot(normals[3 * k], normals[3 * k + 1]) + rest * normals[3 * k + 2];
        sum += x > 0.0 ? 1 : -1;
      }
    }
    result.mean.push_back(static_cast<double>(sum) / static_cast<double>(input.draws));
  }
  return result;
}

double seconds(const ClippedInput& input) {
  constexpr double kDraw = 3e-8;
  return 0.01 + kDraw * static_cast<double>(input.draws) * static_cast<double>(input.times.size());
}

SignMeans draw_switches(const SwitchInput& input, TaskContext& context) {
  const auto covariance = covariance_of(input.model);
  const Divisor divisor(*covariance);
  Philox random(random_key(context.seed(), context.key().high, context.key().low), 0);
  std::vector<double> switches;
  double now = 0.0;
  for (std::uint64_t i = 0; i < input.intervals; ++i)
    switches.push_back(now += divisor.sample_interval(random));
  const double from = kDiscarded * covariance->mean_interval(), to = now - from;
  std::vector<std::int8_t> sign;
  std::size_t passed = 0;
  for (double t = from; t < to; t = from + input.step * static_cast<double>(sign.size())) {
    while (switches[passed] <= t) ++passed;
    sign.push_back(passed % 2 == 0 ? 1 : -1);
  }
  SignMeans result{{}, sign.size()};
  for (const double lag : input.lags) {
    const auto offset = static_cast<std::size_t>(std::lround(lag / input.step));
    std::int64_t sum = 0;
    for (std::size_t i = 0; i + offset < sign.size(); ++i) sum += sign[i] * sign[i + offset];
    result.mean.push_back(static_cast<double>(sum) / static_cast<double>(sign.size() - offset));
  }
  return result;
}

double seconds(const SwitchInput& input) {
  constexpr double kInterval = 3e-7;
  return 0.05 + kInterval * static_cast<double>(input.intervals);
}

}  // namespace reprise::slepian
