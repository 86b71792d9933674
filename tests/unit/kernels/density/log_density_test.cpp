#include "kernels/density/log_density.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "kernels/random/blocks.hpp"

namespace reprise {
namespace {

std::vector<float> normals(std::uint32_t stream, std::size_t count, std::size_t dim) {
  std::vector<float> out(count * dim);
  fill_normal({random_key(77), stream, 0, count, dim}, std::span<float>(out));
  return out;
}

std::vector<double> widen(const std::vector<float>& x) {
  return {x.begin(), x.end()};
}

/// One query, one bandwidth, in one go and in long double.
struct OneShot {
  double log_sum, participation, largest, entropy, mean_squared;
  std::vector<double> distances;
};

OneShot one_shot(std::span<const double> x, std::span<const double> points, double h,
                 std::uint64_t without = kNoIndex) {
  OneShot result{};
  for (std::size_t i = 0; i * x.size() < points.size(); ++i) {
    long double sum = 0.0L;
    for (std::size_t a = 0; a < x.size(); ++a) {
      const long double step =
          static_cast<long double>(x[a]) - static_cast<long double>(points[i * x.size() + a]);
      sum += step * step;
    }
    if (i != without) {
      result.distances.push_back(static_cast<double>(sum));
    }
  }
  std::ranges::sort(result.distances);
  long double z = 0.0L;
  for (const double d : result.distances) {
    z += std::exp(static_cast<long double>(result.distances[0] - d) / (2.0L * h * h));
  }
  for (const double d : result.distances) {
    const long double log_p =
        static_cast<long double>(result.distances[0] - d) / (2.0L * h * h) - std::log(z);
    const long double p = std::exp(log_p);
    result.participation += static_cast<double>(p * p);
    result.entropy -= static_cast<double>(p * log_p);
    result.mean_squared += static_cast<double>(p * d);
  }
  result.largest = static_cast<double>(1.0L / z);
  result.log_sum = static_cast<double>(std::log(z)) - result.distances[0] / (2.0 * h * h);
  return result;
}

template <class T>
void expect_one_shot(const std::vector<DensityState>& states, const BandwidthGrid& grid,
                     const std::vector<double>& queries, const std::vector<double>& points, std::size_t dim,
                     double tolerance) {
  for (std::size_t q = 0; q < states.size(); ++q) {
    for (std::size_t k = 0; k < grid.size(); ++k) {
      const OneShot exact = one_shot(std::span(queries).subspan(q * dim, dim), points, grid[k]);
      const double scale = 1.0 + std::abs(exact.log_sum);
      EXPECT_NEAR(log_kernel_sum(states[q], grid, k), exact.log_sum, tolerance * scale)
          << q << " " << grid[k];
      EXPECT_NEAR(participation(states[q], k), exact.participation, tolerance * scale);
      EXPECT_NEAR(largest_weight(states[q], k), exact.largest, tolerance * scale);
      EXPECT_NEAR(weight_entropy(states[q], grid, k), exact.entropy, 4.0 * tolerance * scale);
      EXPECT_NEAR(mean_squared_distance(states[q], k), exact.mean_squared,
                  tolerance * (1.0 + exact.mean_squared));
    }
  }
}

// 8.16: streaming equals the one-shot computation to 1e-12; single precision to 1e-5.
TEST(LogDensity, MatchesOneShotInDoublePrecision) {
  for (const std::size_t dim : {std::size_t{1}, std::size_t{10}, std::size_t{33}}) {
    const auto points = widen(normals(0, 3001, dim));
    const auto queries = widen(normals(1, 7, dim));
    const auto grid = BandwidthGrid::named(std::vector{0.2, 0.5, 1.0, 3.0});
    expect_one_shot<double>(density_states<double>(grid, {}, queries, points, dim), grid, queries, points,
                            dim, 1e-12);
  }
}

TEST(LogDensity, LadderMatchesOneShotInBothPrecisions) {
  const std::size_t dim = 20;
  const auto points = normals(0, 5000, dim);
  const auto queries = normals(1, 6, dim);
  const auto grid = BandwidthGrid::ladder(2.6, 32);
  const auto single = density_states<float>(grid, {}, queries, points, dim);
  expect_one_shot<float>(single, grid, widen(queries), widen(points), dim, 1e-5);
  const auto wide = density_states<double>(grid, {}, widen(queries), widen(points), dim);
  expect_one_shot<double>(wide, grid, widen(queries), widen(points), dim, 1e-12);
}

TEST(LogDensity, ProductsOfManyDimensionsMatchOneShot) {
  const std::size_t dim = 150;
  const auto points = normals(0, 2500, dim);
  const auto queries = normals(1, 70, dim);
  const auto grid = BandwidthGrid::named(std::vector{0.7, 1.5});
  const auto states =
      density_states<float>(grid, {.distances = DistanceMethod::product}, queries, points, dim);
  expect_one_shot<float>(states, grid, widen(queries), widen(points), dim, 1e-5);
}

void expect_same_bits(const DensityState& a, const DensityState& b) {
  EXPECT_EQ(a.nearest_squared, b.nearest_squared);
  EXPECT_EQ(a.sum, b.sum);
  EXPECT_EQ(a.sum_of_squares, b.sum_of_squares);
  EXPECT_EQ(a.excess, b.excess);
  EXPECT_EQ(a.nearest, b.nearest);
}

// 8.16
TEST(LogDensity, IsTheSameBitsForAnyBlockOfQueries) {
  for (const std::size_t dim : {std::size_t{20}, std::size_t{130}}) {
    const auto points = normals(0, 3000, dim);
    const auto queries = normals(1, 131, dim);
    const auto grid = BandwidthGrid::ladder(2.0, 32);
    const DensityOptions options{.nearest = 5};
    const auto whole = density_states<float>(grid, options, queries, points, dim);
    for (const std::size_t block : {std::size_t{1}, std::size_t{3}, std::size_t{64}, std::size_t{100}}) {
      for (std::size_t q = 0; q < 131; q += block) {
        const std::size_t size = std::min(block, 131 - q);
        const auto part =
            density_states<float>(grid, options, std::span(queries).subspan(q * dim, size * dim),
                                  std::span<const float>(points), dim);
        for (std::size_t i = 0; i < size; ++i) {
          expect_same_bits(part[i], whole[q + i]);
        }
      }
    }
  }
}

TEST(LogDensity, BlocksMergeToTheWhole) {
  const std::size_t dim = 4;
  const auto points = normals(0, kPointBlock + 5000, dim);
  const auto queries = normals(1, 3, dim);
  const auto grid = BandwidthGrid::ladder(1.0, 32);
  const DensityOptions options{.nearest = 20};
  const auto whole = density_states<float>(grid, options, queries, points, dim);
  const std::span<const float> all(points);
  const PackedPoints<float> first(all.first(kPointBlock * dim), dim);
  const PackedPoints<float> second(all.subspan(kPointBlock * dim), dim, kPointBlock);
  auto merged = block_states<float>(grid, options, queries, first);
  merge_states(merged, block_states<float>(grid, options, queries, second), grid);
  for (std::size_t q = 0; q < 3; ++q) {
    expect_same_bits(merged[q], whole[q]);
    const OneShot exact = one_shot(widen({queries.begin() + static_cast<std::ptrdiff_t>(q * dim),
                                          queries.begin() + static_cast<std::ptrdiff_t>((q + 1) * dim)}),
                                   widen(points), grid[10]);
    EXPECT_NEAR(log_kernel_sum(whole[q], grid, 10), exact.log_sum, 1e-5);
    ASSERT_EQ(whole[q].nearest.size(), 20U);
    for (std::size_t i = 0; i < 20; ++i) {
      EXPECT_NEAR(whole[q].nearest[i].squared_distance, exact.distances[i], 1e-6);
    }
  }
}

TEST(LogDensity, LeavesOutWhatItIsTold) {
  const std::size_t dim = 3;
  const auto points = widen(normals(0, 2100, dim));
  const auto grid = BandwidthGrid::named(std::vector{0.3});
  const std::vector<std::uint64_t> self{0, 1024, 2099};
  std::vector<double> queries;
  for (const std::uint64_t i : self) {
    queries.insert(queries.end(), points.begin() + static_cast<std::ptrdiff_t>(i * dim),
                   points.begin() + static_cast<std::ptrdiff_t>((i + 1) * dim));
  }
  const auto states = density_states<double>(grid, {.nearest = 4}, queries, points, dim, self);
  for (std::size_t q = 0; q < self.size(); ++q) {
    const OneShot exact = one_shot(std::span(queries).subspan(q * dim, dim), points, 0.3, self[q]);
    EXPECT_EQ(states[q].count, 2099U);
    EXPECT_NEAR(log_kernel_sum(states[q], grid, 0), exact.log_sum, 1e-12);
    EXPECT_GT(states[q].nearest.front().squared_distance, 0.0);
  }
}

TEST(LogDensity, IsNotChangedByRotationAndShiftsUnderScaling) {
  const std::size_t dim = 8;
  const auto points = widen(normals(0, 1500, dim));
  const auto queries = widen(normals(1, 5, dim));
  const auto reference =
      density_states<double>(BandwidthGrid::named(std::vector{0.6}), {}, queries, points, dim);
  // Rotations by angle 0.7 in the planes (a, a+1), then everything times 3.
  const auto turn = [&](std::vector<double> rows, double scale) {
    for (std::size_t i = 0; i < rows.size(); i += dim) {
      for (std::size_t a = 0; a + 1 < dim; ++a) {
        const double x = rows[i + a];
        const double y = rows[i + a + 1];
        rows[i + a] = std::cos(0.7) * x - std::sin(0.7) * y;
        rows[i + a + 1] = std::sin(0.7) * x + std::cos(0.7) * y;
      }
    }
    for (double& x : rows) {
      x *= scale;
    }
    return rows;
  };
  const auto same = BandwidthGrid::named(std::vector{0.6});
  const auto thrice = BandwidthGrid::named(std::vector{1.8});
  const auto rotated = density_states<double>(same, {}, turn(queries, 1.0), turn(points, 1.0), dim);
  const auto scaled = density_states<double>(thrice, {}, turn(queries, 3.0), turn(points, 3.0), dim);
  for (std::size_t q = 0; q < 5; ++q) {
    const double exact = log_density(reference[q], same, 0, dim);
    EXPECT_NEAR(log_density(rotated[q], same, 0, dim), exact, 1e-10);
    EXPECT_NEAR(log_density(scaled[q], thrice, 0, dim), exact - static_cast<double>(dim) * std::log(3.0),
                1e-10);
  }
}

TEST(LogDensity, FarQueriesDoNotUnderflow) {
  const std::vector<double> points{0.0, 1.0, 2.0};
  const std::vector<double> query{1000.0};
  const auto grid = BandwidthGrid::named(std::vector{0.5});
  const auto states = density_states<double>(grid, {}, query, points, 1);
  EXPECT_NEAR(log_kernel_sum(states[0], grid, 0), -2.0 * 998.0 * 998.0, 1e-6);
  EXPECT_NEAR(participation(states[0], 0), 1.0, 1e-12);
}

TEST(SinglePrecision, IsRefusedForNarrowBandwidths) {
  EXPECT_TRUE(single_precision_suffices(60.0, 0.5, DistanceMethod::product));
  EXPECT_FALSE(single_precision_suffices(60.0, 0.1, DistanceMethod::product));
}

}  // namespace
}  // namespace reprise
