#include "kernels/random/distributions.hpp"

#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <numbers>

#include "kernels/expects.hpp"

namespace reprise {
namespace {

std::uint64_t bits64(Philox& random) {
  const std::uint64_t low = random();
  return low | (std::uint64_t{random()} << 32U);
}

/// Hoermann 1993, algorithm PTRS: mean >= 10.
std::uint64_t poisson_transformed_rejection(Philox& random, double mean) {
  const double log_mean = std::log(mean);
  const double b = 0.931 + 2.53 * std::sqrt(mean);
  const double a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
  const double v_r = 0.9277 - 3.6224 / (b - 2.0);
  for (;;) {
    const double u = uniform(random) - 0.5;
    const double v = uniform(random);
    const double us = 0.5 - std::abs(u);
    const double k = std::floor((2.0 * a / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= v_r) {
      return static_cast<std::uint64_t>(k);
    }
    if (k < 0.0 || (us < 0.013 && v > us)) {
      continue;
    }
    if (std::log(v) + std::log(inverse_alpha) - std::log(a / (us * us) + b) <=
        -mean + k * log_mean - std::lgamma(k + 1.0)) {
      return static_cast<std::uint64_t>(k);
    }
  }
}

}  // namespace

double uniform(Philox& random) {
  const std::uint64_t bits = bits64(random) >> 12U;
  return (static_cast<double>(bits) + 0.5) * 0x1.0p-52;
}

std::uint64_t uniform_below(Philox& random, std::uint64_t count) {
  expects(count > 0, "uniform_below needs at least one value");
  __extension__ using Wide = unsigned __int128;
  Wide product = static_cast<Wide>(bits64(random)) * count;
  auto low = static_cast<std::uint64_t>(product);
  if (low < count) {
    const std::uint64_t threshold = (0 - count) % count;
    while (low < threshold) {
      product = static_cast<Wide>(bits64(random)) * count;
      low = static_cast<std::uint64_t>(product);
    }
  }
  return static_cast<std::uint64_t>(product >> 64U);
}

double normal(Philox& random) {
  const double radius = std::sqrt(-2.0 * std::log(uniform(random)));
  return radius * std::cos(2.0 * std::numbers::pi * uniform(random));
}

double exponential(Philox& random) {
  return -std::log(uniform(random));
}

double gamma(Philox& random, double shape) {
  expects(shape > 0.0, "a gamma law needs a shape above 0");
  if (shape < 1.0) {
    const double boost = std::pow(uniform(random), 1.0 / shape);
    return gamma(random, shape + 1.0) * boost;
  }
  const double d = shape - 1.0 / 3.0;
  const double c = 1.0 / std::sqrt(9.0 * d);
  for (;;) {
    const double x = normal(random);
    const double root = 1.0 + c * x;
    if (root <= 0.0) {
      continue;
    }
    const double v = root * root * root;
    if (std::log(uniform(random)) < 0.5 * x * x + d * (1.0 - v + std::log(v))) {
      return d * v;
    }
  }
}

std::uint64_t poisson(Philox& random, double mean) {
  expects(mean >= 0.0 && mean < 1e15, "a Poisson law needs a mean in [0, 1e15)");
  if (mean >= 10.0) {
    return poisson_transformed_rejection(random, mean);
  }
  const double floor = std::exp(-mean);
  std::uint64_t count = 0;
  for (double product = uniform(random); product > floor; product *= uniform(random)) {
    ++count;
  }
  return count;
}

std::uint64_t binomial(Philox& random, std::uint64_t trials, double probability) {
  expects(probability >= 0.0 && probability <= 1.0, "a binomial law needs a probability in [0, 1]");
  if (trials == 0 || probability == 0.0) {
    return 0;
  }
  if (probability == 1.0) {
    return trials;
  }
  using boost::math::policies::discrete_quantile;
  using boost::math::policies::integer_round_up;
  using Policy = boost::math::policies::policy<discrete_quantile<integer_round_up>>;
  const boost::math::binomial_distribution<double, Policy> law(static_cast<double>(trials), probability);
  return static_cast<std::uint64_t>(boost::math::quantile(law, uniform(random)));
}

}  // namespace reprise
