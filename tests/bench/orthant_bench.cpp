// Gaussian orthant probabilities, ours beside what one writes first: a loop over samples with std::erfc and
// Boost's inverse, over the same factors and points. One thread. Counters: ns a sample and integrated
// variable, and the standard error relative to the probability that a time bought; orthant_peers.R measures
// mvtnorm on the same orthants. Parts: the normal law alone, ns a number.
#include <benchmark/benchmark.h>

#include <Eigen/Dense>
#include <algorithm>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <span>
#include <string>
#include <vector>

#include "kernels/gaussian/normal_law.hpp"
#include "kernels/gaussian/orthant.hpp"

namespace reprise {
namespace {

using Index = Eigen::Index;
using std::numbers::sqrt2;

constexpr std::uint64_t kShifts = 32;
const RandomKey kKey = random_key(1);

double diffusion(double t) {
  return 1.0 / std::cosh(0.5 * t);
}
double random_acceleration(double t) {
  return 1.5 * std::exp(-0.5 * std::abs(t)) - 0.5 * std::exp(-1.5 * std::abs(t));
}

struct Orthant {
  const char* name;
  double (*covariance)(double);
  Index points;
  double step;
};

/// The same as in orthant_peers.R.
constexpr Orthant kOrthants[] = {{"diffusion, 33 points", diffusion, 33, 0.25},
                                 {"diffusion, 65 points", diffusion, 65, 0.125},
                                 {"random acceleration, 65 points", random_acceleration, 65, 0.1},
                                 {"random acceleration, 129 points", random_acceleration, 129, 0.05}};

PivotedCholesky factor_of(const Orthant& orthant, PivotOrder order) {
  const auto n = orthant.points;
  const Eigen::MatrixXd c = Eigen::MatrixXd::NullaryExpr(
      n, n, [&](Index i, Index j) { return orthant.covariance(orthant.step * static_cast<double>(i - j)); });
  return pivoted_cholesky(c, {.order = order});
}

void count(benchmark::State& state, std::uint64_t samples, Index rank) {
  state.counters["a variable"] =
      benchmark::Counter(static_cast<double>(samples) * static_cast<double>(rank),
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
  state.counters["rank"] = static_cast<double>(rank);
}

void ours(benchmark::State& state, const Orthant& orthant, PivotOrder order, LatticeRule rule) {
  const auto points = static_cast<std::uint64_t>(state.range(0));
  const PivotedCholesky factor = factor_of(orthant, order);
  Estimate estimate;
  for (auto _ : state) {
    estimate = integrate(GaussianOrthant(factor), kKey, points, kShifts, rule);
    benchmark::DoNotOptimize(estimate);
  }
  count(state, points * kShifts, factor.rank);
  state.counters["probability"] = estimate.value;
  state.counters["relative error"] = estimate.standard_error / estimate.value;
}

double plain_weight(const PivotedCholesky& factor, const ShiftedLattice& lattice, std::uint64_t k,
                    Eigen::VectorXd& z) {
  double weight = 1.0;
  for (Index i = 0; i < factor.factor.rows(); ++i) {
    double mean = 0.0;
    for (Index j = 0; j < std::min(i, factor.rank); ++j) {
      mean += factor.factor(i, j) * z[j];
    }
    if (i >= factor.rank) {
      if (mean <= 0.0) return 0.0;
      continue;
    }
    const double p = 0.5 * std::erfc(-mean / (factor.factor(i, i) * sqrt2));
    const double u = lattice.coordinate(k, static_cast<std::size_t>(i));
    z[i] = sqrt2 * boost::math::erfc_inv(2.0 * std::max(p * u, 1e-300));
    weight *= p;
  }
  return weight;
}

void plain_loop(benchmark::State& state, const Orthant& orthant) {
  constexpr std::uint64_t kPoints = 1024;
  const PivotedCholesky factor = factor_of(orthant, PivotOrder::largest_variance);
  const ShiftedLattice lattice(static_cast<std::size_t>(factor.rank), kKey, 0);
  Eigen::VectorXd z(factor.rank);
  double sum = 0.0;
  for (auto _ : state) {
    sum = 0.0;
    for (std::uint64_t k = 0; k < kPoints; ++k) {
      sum += plain_weight(factor, lattice, k, z);
    }
    benchmark::DoNotOptimize(sum);
  }
  const LatticeSum same = GaussianOrthant(factor).sum(lattice, 0, kPoints);
  if (!(std::abs(same.sum - sum) < 1e-8 * sum)) {
    state.SkipWithError("the plain loop has another sum");
  }
  count(state, kPoints, factor.rank);
}

std::vector<double> probabilities() {
  const ShiftedLattice lattice(1, kKey, 0);
  std::vector<double> p(4096);
  for (std::size_t i = 0; i < p.size(); ++i) p[i] = lattice.coordinate(i, 0);
  return p;
}

template <class Function>
void law(benchmark::State& state, std::vector<double> from, const Function& function) {
  std::vector<double> to(from.size());
  for (auto _ : state) {
    function(std::span<const double>(from), std::span<double>(to));
    benchmark::DoNotOptimize(to.data());
    benchmark::ClobberMemory();
  }
  state.counters["a number"] =
      benchmark::Counter(static_cast<double>(from.size()),
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

template <class Function>
auto each(const Function& function) {
  return [function](std::span<const double> from, std::span<double> to) {
    std::ranges::transform(from, to.begin(), function);
  };
}

using InPlace = void (*)(std::span<const double>, std::span<double>);

void register_all() {
  for (const Orthant& orthant : kOrthants) {
    const std::string name = orthant.name;
    benchmark::RegisterBenchmark(("plain loop: " + name).c_str(), [&orthant](benchmark::State& state) {
      plain_loop(state, orthant);
    })->Unit(benchmark::kMillisecond);
    const auto add = [&](const char* how, PivotOrder order, LatticeRule rule) {
      benchmark::RegisterBenchmark(
          ("ours" + std::string(how) + ": " + name).c_str(),
          [&orthant, order, rule](benchmark::State& state) { ours(state, orthant, order, rule); })
          ->Arg(256)
          ->Arg(2048)
          ->Arg(16384)
          ->Unit(benchmark::kMillisecond);
    };
    add("", PivotOrder::largest_variance, LatticeRule::richtmyer);
    add(", least probable first", PivotOrder::smallest_probability, LatticeRule::richtmyer);
    add(", rank one", PivotOrder::largest_variance, LatticeRule::rank_one);
    add(", rank one, least probable first", PivotOrder::smallest_probability, LatticeRule::rank_one);
  }
  std::vector<double> x = probabilities();
  normal_quantile(x, x);
  benchmark::RegisterBenchmark(
      "normal_cdf", [x](benchmark::State& state) { law(state, x, static_cast<InPlace>(normal_cdf)); });
  benchmark::RegisterBenchmark("std::erfc", [x](benchmark::State& state) {
    law(state, x, each([](double v) { return 0.5 * std::erfc(-v / sqrt2); }));
  });
  benchmark::RegisterBenchmark("normal_quantile", [](benchmark::State& state) {
    law(state, probabilities(), static_cast<InPlace>(normal_quantile));
  });
  benchmark::RegisterBenchmark("Boost's inverse", [](benchmark::State& state) {
    law(state, probabilities(), each([](double p) { return -sqrt2 * boost::math::erfc_inv(2.0 * p); }));
  });
}

}  // namespace
}  // namespace reprise

int main(int argc, char** argv) {
  reprise::register_all();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
