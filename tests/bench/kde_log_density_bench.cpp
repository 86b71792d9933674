// Log density of many points at 32 bandwidths (a ladder) and at one: ours beside what one writes first, a
// plain loop, and beside Eigen. One thread: OMP_NUM_THREADS=1 bench_kde. Counters: ns a pair of query and
// point, all bandwidths together; for the parts, the share of the peak that oneDNN's product of square
// matrices, or Highway's exponential of registers, reaches in this run.
#include <benchmark/benchmark.h>
#include <oneapi/dnnl/dnnl.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <limits>
#include <span>
#include <vector>

#include "exp_peak.hpp"
#include "kernels/density/log_density.hpp"
#include "kernels/random/blocks.hpp"

namespace {

using reprise::BandwidthGrid;
using reprise::DistanceMethod;

constexpr std::size_t kPoints = 16384;
constexpr std::size_t kQueries = 256;

std::vector<float> normals(std::uint32_t stream, std::size_t count, std::size_t dim) {
  std::vector<float> out(count * dim);
  reprise::fill_normal({reprise::random_key(1), stream, 0, count, dim}, std::span<float>(out));
  return out;
}

/// h_max = 4 h_G^fd is about 2.6 at alpha = 1/2; the bandwidths grow little with d.
BandwidthGrid ladder(std::size_t count) {
  return count == 1 ? BandwidthGrid::named(std::vector{0.65}) : BandwidthGrid::ladder(2.6, count);
}

/// flop/s of a product of 1024 x 1024 matrices.
double product_peak() {
  static const double peak = [] {
    constexpr dnnl_dim_t kSize = 1024;
    const std::vector<float> a(kSize * kSize, 0.5F);
    const std::vector<float> b(kSize * kSize, 0.25F);
    std::vector<float> c(kSize * kSize);
    const auto multiply = [&] {
      dnnl_sgemm('N', 'N', kSize, kSize, kSize, 1.0F, a.data(), kSize, b.data(), kSize, 0.0F, c.data(),
                 kSize);
    };
    multiply();
    constexpr int kRepeats = 10;
    std::clock_t least = std::numeric_limits<std::clock_t>::max();  // processor time, as the rates below
    for (int i = 0; i < kRepeats; ++i) {
      const auto start = std::clock();
      multiply();
      least = std::min(least, std::clock() - start);
    }
    const double least_seconds = static_cast<double>(least) / CLOCKS_PER_SEC;
    return 2.0 * static_cast<double>(kSize * kSize * kSize) / least_seconds;
  }();
  return peak;
}

void count_pairs(benchmark::State& state, std::size_t queries, std::size_t points) {
  const auto pairs = static_cast<double>(queries * points);
  state.counters["a pair"] =
      benchmark::Counter(pairs, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void ours(benchmark::State& state) {
  const auto dim = static_cast<std::size_t>(state.range(0));
  const BandwidthGrid grid = ladder(static_cast<std::size_t>(state.range(1)));
  const std::vector<float> queries = normals(1, kQueries, dim);
  const std::vector<float> points = normals(0, kPoints, dim);
  for (auto _ : state) {
    benchmark::DoNotOptimize(reprise::density_states<float>(grid, {.excess = false}, queries, points, dim));
  }
  count_pairs(state, kQueries, kPoints);
}

void ours_with_entropy_and_neighbours(benchmark::State& state) {
  const auto dim = static_cast<std::size_t>(state.range(0));
  const BandwidthGrid grid = ladder(static_cast<std::size_t>(state.range(1)));
  const std::vector<float> queries = normals(1, kQueries, dim);
  const std::vector<float> points = normals(0, kPoints, dim);
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        reprise::density_states<float>(grid, {.nearest = 64, .excess = true}, queries, points, dim));
  }
  count_pairs(state, kQueries, kPoints);
}

void ours_in_double(benchmark::State& state) {
  const auto dim = static_cast<std::size_t>(state.range(0));
  const BandwidthGrid grid = ladder(static_cast<std::size_t>(state.range(1)));
  const std::vector<float> x = normals(1, kQueries, dim);
  const std::vector<float> y = normals(0, kPoints, dim);
  const std::vector<double> queries(x.begin(), x.end());
  const std::vector<double> points(y.begin(), y.end());
  for (auto _ : state) {
    benchmark::DoNotOptimize(reprise::density_states<double>(grid, {.excess = false}, queries, points, dim));
  }
  count_pairs(state, kQueries, kPoints);
}

/// The loop one writes first, in single precision, with the log-sum-exp done right in two passes.
void plain_loop(benchmark::State& state) {
  const auto dim = static_cast<std::size_t>(state.range(0));
  const BandwidthGrid grid = ladder(static_cast<std::size_t>(state.range(1)));
  constexpr std::size_t kFew = 8;
  const std::vector<float> queries = normals(1, kFew, dim);
  const std::vector<float> points = normals(0, kPoints, dim);
  std::vector<float> distance(kPoints);
  for (auto _ : state) {
    for (std::size_t q = 0; q < kFew; ++q) {
      float least = 1e30F;
      for (std::size_t i = 0; i < kPoints; ++i) {
        float sum = 0.0F;
        for (std::size_t a = 0; a < dim; ++a) {
          const float step = queries[q * dim + a] - points[i * dim + a];
          sum += step * step;
        }
        distance[i] = sum;
        least = std::min(least, sum);
      }
      for (std::size_t k = 0; k < grid.size(); ++k) {
        const auto precision = static_cast<float>(grid.precision(k));
        double sum = 0.0;
        for (const float d : distance) {
          sum += static_cast<double>(std::exp((least - d) * precision));
        }
        benchmark::DoNotOptimize(std::log(sum) - static_cast<double>(least * precision));
      }
    }
  }
  count_pairs(state, kFew, kPoints);
}

/// Whole arrays in Eigen, as its vectorised expressions invite.
void eigen_arrays(benchmark::State& state) {
  using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto dim = static_cast<Eigen::Index>(state.range(0));
  const BandwidthGrid grid = ladder(static_cast<std::size_t>(state.range(1)));
  constexpr Eigen::Index kFew = 64;
  const std::vector<float> x = normals(1, kFew, static_cast<std::size_t>(dim));
  const std::vector<float> y = normals(0, kPoints, static_cast<std::size_t>(dim));
  const Eigen::Map<const Matrix> queries(x.data(), kFew, dim);
  const Eigen::Map<const Matrix> points(y.data(), static_cast<Eigen::Index>(kPoints), dim);
  for (auto _ : state) {
    Matrix distance = -2.0F * queries * points.transpose();
    distance.colwise() += queries.rowwise().squaredNorm();
    distance.rowwise() += points.rowwise().squaredNorm().transpose();
    const Eigen::VectorXf least = distance.rowwise().minCoeff();
    distance.colwise() -= least;
    for (std::size_t k = 0; k < grid.size(); ++k) {
      const auto precision = static_cast<float>(grid.precision(k));
      const Eigen::VectorXf sum = (distance.array() * -precision).exp().rowwise().sum();
      benchmark::DoNotOptimize(sum.array().log().eval());
    }
  }
  count_pairs(state, static_cast<std::size_t>(kFew), kPoints);
}

/// Distances alone, as a share of the peak of matrix products counted at 2 d flop a pair (subtraction does 3
/// d).
void distances(benchmark::State& state) {
  const auto dim = static_cast<std::size_t>(state.range(0));
  const bool product = state.range(1) != 0;
  const std::vector<float> queries = normals(1, kQueries, dim);
  const std::vector<float> points = normals(0, kPoints, dim);
  const reprise::PackedPoints<float> packed(points, dim);
  const BandwidthGrid narrow = BandwidthGrid::named(std::vector{1e-6});
  const double peak = product_peak();
  for (auto _ : state) {
    benchmark::DoNotOptimize(reprise::block_states<float>(
        narrow,
        {.excess = false, .distances = product ? DistanceMethod::product : DistanceMethod::subtraction},
        queries, packed));
  }
  count_pairs(state, kQueries, kPoints);
  state.counters["of GEMM peak"] =
      benchmark::Counter(2.0 * static_cast<double>(dim * kQueries * kPoints) / peak,
                         benchmark::Counter::kIsIterationInvariantRate);
}

/// Exponentials alone: a tile in cache, summed for `length` bandwidths; items are exponentials and squarings.
void exponentials(benchmark::State& state) {
  const auto length = static_cast<std::size_t>(state.range(0));
  auto tile = hwy::AllocateAligned<float>(reprise::kTile);
  for (std::size_t j = 0; j < reprise::kTile; ++j) {
    tile[j] = 10.0F * static_cast<float>(j) / static_cast<float>(reprise::kTile);
  }
  reprise::ChainSums sums;
  const double peak = reprise::bench::exp_peak();
  for (auto _ : state) {
    reprise::sum_chain(tile.get(), 0.0F, 0.3, length, false, sums);
    benchmark::DoNotOptimize(sums);
  }
  const auto weights = static_cast<double>(length * reprise::kTile);
  state.counters["weights/s"] = benchmark::Counter(weights, benchmark::Counter::kIsIterationInvariantRate);
  state.counters["of exp peak"] =
      benchmark::Counter(weights / peak, benchmark::Counter::kIsIterationInvariantRate);
}

void normal_numbers(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(normals(0, 4096, static_cast<std::size_t>(state.range(0))));
  }
  state.counters["normals/s"] = benchmark::Counter(static_cast<double>(4096 * state.range(0)),
                                                   benchmark::Counter::kIsIterationInvariantRate);
}

const std::vector<std::int64_t> kDims{10, 20, 64, 784};
const std::vector<std::int64_t> kBandwidths{1, 32};

BENCHMARK(ours)->ArgsProduct({kDims, kBandwidths})->Unit(benchmark::kMillisecond);
BENCHMARK(ours_with_entropy_and_neighbours)->ArgsProduct({{20}, kBandwidths})->Unit(benchmark::kMillisecond);
BENCHMARK(ours_in_double)->ArgsProduct({{20}, kBandwidths})->Unit(benchmark::kMillisecond);
BENCHMARK(plain_loop)->ArgsProduct({kDims, kBandwidths})->Unit(benchmark::kMillisecond);
BENCHMARK(eigen_arrays)->ArgsProduct({kDims, kBandwidths})->Unit(benchmark::kMillisecond);
BENCHMARK(distances)->ArgsProduct({{10, 20, 64, 128, 784}, {0, 1}})->Unit(benchmark::kMillisecond);
BENCHMARK(exponentials)->Arg(1)->Arg(8);
BENCHMARK(normal_numbers)->Arg(10)->Arg(20);

}  // namespace

BENCHMARK_MAIN();
