// Stationary Gaussian paths simulated and scanned for zero crossings: ours, beside what one writes first. One
// thread. Counter: ns a step of a path, normals, path and crossings together.
#include <benchmark/benchmark.h>

#include <Eigen/Dense>
#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

#include "kernels/gaussian/circulant.hpp"
#include "kernels/gaussian/crossings.hpp"
#include "kernels/gaussian/interval_statistics.hpp"
#include "kernels/gaussian/random_waves.hpp"
#include "kernels/gaussian/slepian_paths.hpp"
#include "kernels/gaussian/state_space.hpp"
#include "kernels/numerics/fourier.hpp"
#include "kernels/random/blocks.hpp"
#include "kernels/random/distributions.hpp"

namespace reprise {
namespace {

const IntervalQuestions kQuestions{.mean = 2.0 * std::numbers::pi,
                                   .survival_time = {1, 2, 5, 10, 20},
                                   .threshold = {15, 25},
                                   .lag = {1, 2, 4, 8, 16, 32}};
constexpr double kStep = 0.0625;  // a hundredth of diffusion's mean interval

double diffusion(double t) {
  return 1.0 / std::cosh(0.5 * t);
}

void count_steps(benchmark::State& state, double steps) {
  state.counters["a step"] =
      benchmark::Counter(steps, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

/// Paths of 2^(n - 1) points on circles of 2^n, or of nearly 2^n where covariances vanish.
void circulant(benchmark::State& state, std::size_t points, double wrapping) {
  const CirculantEmbedding embedding(diffusion, kStep, points, {.wrapping = wrapping});
  std::vector<double> first(embedding.period());
  std::vector<double> second(embedding.period());
  CrossingScan scan(1, kStep);
  IntervalStatistics statistics(kQuestions);
  std::uint64_t number = 0;
  for (auto _ : state) {
    embedding.draw(random_key(1), number++, first, second);
    for (const auto* path : {&first, &second}) {
      scan.clear();
      scan.scan(std::span(*path).first(points));
      statistics.add(kQuestions, scan);
    }
  }
  count_steps(state, static_cast<double>(2 * (points - 1)));
  state.counters["mean"] = statistics.mean_interval();
}

void circulant_of_two_lengths(benchmark::State& state) {
  circulant(state, (std::size_t{1} << static_cast<unsigned>(state.range(0))) / 2, 0.0);
}

void circulant_of_one_length(benchmark::State& state) {
  circulant(state, (std::size_t{1} << static_cast<unsigned>(state.range(0))) - 1200, 1e-15);
}

/// Parts of the above, each alone over 2^16 points: ns a step of one of the two paths.
void part_normals(benchmark::State& state) {
  std::vector<float> normals(1U << 17U);
  std::uint64_t number = 0;
  for (auto _ : state) {
    fill_normal({random_key(1), 0, number++, 1, normals.size()}, std::span(normals));
    benchmark::DoNotOptimize(normals.data());
  }
  count_steps(state, 1U << 17U);
}

void part_waves(benchmark::State& state) {
  constexpr std::size_t kLength = 1U << 16U;
  const RandomWaves waves(std::vector<double>(kLength, 1.0));
  std::vector<float> noise(kLength, 0.5F);
  std::vector<double> first(kLength);
  std::vector<double> second(kLength);
  for (auto _ : state) {
    waves.sum(noise, noise, first, second);
    benchmark::DoNotOptimize(first.data());
  }
  count_steps(state, 2.0 * kLength);
}

/// FFTW's transform with the same bits everywhere, in place of these.
void part_transform(benchmark::State& state) {
  constexpr std::size_t kLength = 1U << 16U;
  const FourierTransform transform(kLength);
  std::vector<std::complex<double>> values(kLength);
  for (auto _ : state) {
    transform.forward(values);
    benchmark::DoNotOptimize(values.data());
  }
  count_steps(state, 2.0 * kLength);
}

void part_scan(benchmark::State& state) {
  constexpr std::size_t kLength = 1U << 16U;
  const CirculantEmbedding embedding(diffusion, kStep, kLength / 2);
  std::vector<double> first(kLength);
  std::vector<double> second(kLength);
  embedding.draw(random_key(1), 0, first, second);
  CrossingScan scan(1, kStep);
  IntervalStatistics statistics(kQuestions);
  for (auto _ : state) {
    scan.clear();
    scan.scan(first);
    statistics.add(kQuestions, scan);
  }
  count_steps(state, kLength);
}

/// One factor of the covariance of 1,024 points, one product a path.
void naive_cholesky(benchmark::State& state) {
  constexpr Eigen::Index kPoints = 1024;
  Eigen::MatrixXd covariance(kPoints, kPoints);
  for (Eigen::Index i = 0; i < kPoints; ++i) {
    for (Eigen::Index j = 0; j < kPoints; ++j) {
      covariance(i, j) = diffusion(kStep * static_cast<double>(std::abs(i - j))) + (i == j ? 1e-10 : 0.0);
    }
  }
  const Eigen::MatrixXd factor = covariance.llt().matrixL();
  Philox random(random_key(1), 0);
  Eigen::VectorXd z(kPoints);
  std::size_t crossings = 0;
  for (auto _ : state) {
    for (double& value : z) value = normal(random);
    const Eigen::VectorXd x = factor.triangularView<Eigen::Lower>() * z;
    for (Eigen::Index i = 0; i + 1 < kPoints; ++i) crossings += (x(i) > 0) != (x(i + 1) > 0) ? 1U : 0U;
    benchmark::DoNotOptimize(crossings);
  }
  count_steps(state, kPoints - 1);
}

void state_space(benchmark::State& state, const StateSpaceModel& model) {
  constexpr std::size_t kPaths = 256;
  constexpr std::size_t kRows = 64;
  StateSpacePaths paths(model, random_key(1), kPaths);
  CrossingScan scan(kPaths, model.step);
  std::vector<double> rows((kRows + 1) * kPaths);
  IntervalStatistics statistics(kQuestions);
  for (auto _ : state) {
    scan.clear();
    for (int tile = 0; tile < 128; ++tile) {
      paths.advance(rows);
      scan.scan(rows);
    }
    statistics.add(kQuestions, scan);
  }
  count_steps(state, 128.0 * kRows * kPaths);
  state.counters["mean"] = statistics.mean_interval();
}

void state_space_random_acceleration(benchmark::State& state) {
  state_space(state, random_acceleration(0.01));
}
void state_space_matern32(benchmark::State& state) {
  state_space(state, matern(1, 1.0, 0.005));
}
void state_space_matern52(benchmark::State& state) {
  state_space(state, matern(2, 1.0, 0.01));
}

/// The loop over steps of one path that one writes first.
void naive_random_acceleration(benchmark::State& state) {
  constexpr int kSteps = 65536;
  const double h = 0.01;
  const double growth = std::exp(h) - 1;
  const double a = std::sqrt(growth * growth * growth / 3);
  const double b = growth * growth / 2 / a;
  const double c = std::sqrt(growth - b * b);
  const double decay = std::exp(-h / 2);
  Philox random(random_key(1), 0);
  std::vector<double> times;
  for (auto _ : state) {
    times.clear();
    double x = normal(random);
    double u = std::sqrt(0.75) * x + 0.5 * normal(random);
    for (int i = 0; i < kSteps; ++i) {
      const double first = normal(random);
      const double position = x / std::sqrt(3.0) + u * growth + a * first;
      u = (u + b * first + c * normal(random)) * decay;
      const double next = std::sqrt(3.0) * position * decay * decay * decay;
      if ((x > 0) != (next > 0)) times.push_back((i + x / (x - next)) * h);
      x = next;
    }
    benchmark::DoNotOptimize(times.data());
  }
  count_steps(state, kSteps);
}

struct Slepian {
  static constexpr Eigen::Index kPoints = 300;
  static constexpr double kGrid = 0.1;
  Eigen::VectorXd drift{kPoints};
  Eigen::MatrixXd factor;

  Slepian() {
    Eigen::MatrixXd covariance(kPoints, kPoints);
    const auto at = [](Eigen::Index i) { return kGrid * static_cast<double>(i + 1); };
    for (Eigen::Index i = 0; i < kPoints; ++i) drift(i) = std::tanh(0.5 * at(i)) * diffusion(at(i));
    for (Eigen::Index i = 0; i < kPoints; ++i) {
      for (Eigen::Index j = 0; j < kPoints; ++j) {
        covariance(i, j) =
            diffusion(at(i) - at(j)) - diffusion(at(i)) * diffusion(at(j)) - drift(i) * drift(j);
      }
    }
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance);
    const auto rank = (solver.eigenvalues().array() > 1e-12).count();
    factor = solver.eigenvectors().rightCols(rank) * solver.eigenvalues().tail(rank).cwiseSqrt().asDiagonal();
  }
};

/// Steps are those until the end of the grid, computed or not.
void slepian(benchmark::State& state) {
  const Slepian process;
  const SlepianPaths paths(process.drift, process.factor, Slepian::kGrid);
  std::vector<double> intervals(3072);
  IntervalStatistics statistics(kQuestions);
  std::uint64_t first = 0;
  for (auto _ : state) {
    paths.sample(random_key(1), first, intervals);
    statistics.add_first_intervals(kQuestions, intervals, paths.end());
    first += intervals.size();
  }
  count_steps(state, static_cast<double>(intervals.size()) * static_cast<double>(Slepian::kPoints));
  state.counters["S(5)"] = statistics.survival(2);
}

void naive_slepian(benchmark::State& state) {
  const Slepian process;
  Philox random(random_key(1), 0);
  Eigen::VectorXd z(process.factor.cols());
  std::size_t over = 0;
  for (auto _ : state) {
    for (double& value : z) value = normal(random);
    const double radius = std::sqrt(2 * exponential(random));
    const Eigen::VectorXd x = radius * process.drift + process.factor * z;
    for (Eigen::Index i = 0; i < Slepian::kPoints; ++i) {
      if (!(x(i) > 0)) {
        ++over;
        break;
      }
    }
    benchmark::DoNotOptimize(over);
  }
  count_steps(state, static_cast<double>(Slepian::kPoints));
}

BENCHMARK(circulant_of_two_lengths)->Arg(12)->Arg(14)->Arg(16)->Arg(18);
BENCHMARK(circulant_of_one_length)->Arg(12)->Arg(14)->Arg(16)->Arg(18);
BENCHMARK(part_normals);
BENCHMARK(part_waves);
BENCHMARK(part_transform);
BENCHMARK(part_scan);
BENCHMARK(naive_cholesky);
BENCHMARK(state_space_random_acceleration);
BENCHMARK(state_space_matern32);
BENCHMARK(state_space_matern52);
BENCHMARK(naive_random_acceleration);
BENCHMARK(slepian);
BENCHMARK(naive_slepian);

}  // namespace
}  // namespace reprise

BENCHMARK_MAIN();
