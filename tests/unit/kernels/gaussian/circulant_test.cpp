#include "kernels/gaussian/circulant.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "covariances.hpp"
#include "kernels/statistics/moments.hpp"

namespace reprise {
namespace {

struct Pair {
  std::vector<double> first;
  std::vector<double> second;

  explicit Pair(const CirculantEmbedding& embedding)
      : first(embedding.period()), second(embedding.period()) {}
  friend bool operator==(const Pair&, const Pair&) = default;
};

// Statistical tests allow four standard errors: each wrong once in 16,000 seeds.
void expect_mean(const RunningMoments& moments, double expected, const std::string& what) {
  EXPECT_LT(std::abs(moments.mean() - expected), 4 * moments.standard_error() + 1e-15) << what;
}

void expect_covariances(const CirculantEmbedding& embedding, double (*covariance)(double),
                        std::size_t pairs) {
  const std::vector<std::size_t> lags{0, 1, 2, 7, 30, embedding.points() - 1};
  std::vector<RunningMoments> of_lag(lags.size());
  RunningMoments between;
  Pair pair(embedding);
  for (std::size_t number = 0; number < pairs; ++number) {
    embedding.draw(random_key(3), number, pair.first, pair.second);
    for (std::size_t j = 0; j < lags.size(); ++j) {
      double first = 0.0;
      double second = 0.0;
      double mixed = 0.0;
      const std::size_t count = embedding.points() - lags[j];
      for (std::size_t i = 0; i < count; ++i) {
        first += pair.first[i] * pair.first[i + lags[j]];
        second += pair.second[i] * pair.second[i + lags[j]];
        mixed += pair.first[i] * pair.second[i + lags[j]];
      }
      of_lag[j].add(first / static_cast<double>(count));
      of_lag[j].add(second / static_cast<double>(count));
      if (lags[j] == 1) between.add(mixed / static_cast<double>(count));
    }
  }
  for (std::size_t j = 0; j < lags.size(); ++j) {
    expect_mean(of_lag[j], covariance(embedding.step() * static_cast<double>(lags[j])),
                "lag " + std::to_string(lags[j]));
  }
  expect_mean(between, 0.0, "between the paths of a pair");
}

TEST(Circulant, PathsHaveTheCovariances) {
  const CirculantEmbedding embedding(Diffusion2::r, 0.25, 200);
  EXPECT_EQ(embedding.period(), 512U);
  EXPECT_LT(embedding.clipped(), 1e-15);
  expect_covariances(embedding, Diffusion2::r, 2000);
}

TEST(Circulant, PathsMayTakeAPeriodOnceCovariancesVanish) {
  // r(75) = 1e-16: 1,024 points of 0.25 less 300.
  const CirculantEmbedding embedding(Diffusion2::r, 0.25, 724, {.wrapping = 1e-15});
  EXPECT_EQ(embedding.period(), 1024U);
  expect_covariances(embedding, Diffusion2::r, 500);
  EXPECT_EQ(CirculantEmbedding(Diffusion2::r, 0.25, 1000, {.wrapping = 1e-15}).period(), 2048U);
}

TEST(Circulant, DoublesThePeriodUntilEigenvaluesArePositive) {
  const auto slower = [](double t) { return std::sqrt(Diffusion2::r(t)); };
  const CirculantEmbedding embedding(slower, 0.25, 256);
  EXPECT_EQ(embedding.period(), 1024U);  // at 512 the least is -1.7e-10
  EXPECT_LT(embedding.clipped(), 1e-15);
}

TEST(Circulant, SaysWhatItClips) {
  // The spectrum's edge needs circles beyond measure: -9e-3 of the largest eigenvalue at 8 times the points.
  const CirculantEmbedding embedding(band_limited, 0.25, 256, {.largest_clipped = 1e-3, .longest = 8});
  EXPECT_EQ(embedding.period(), 2048U);
  EXPECT_NEAR(embedding.clipped(), 1.857e-4, 1e-7);
  expect_covariances(embedding, band_limited, 500);
}

TEST(Circulant, RefusesWhatIsNoCovariance) {
  const auto box = [](double t) { return t < 1.0 ? 1.0 : 0.0; };
  const auto refused = [](const auto& covariance) -> std::string {
    try {
      const CirculantEmbedding embedding(covariance, 0.25, 64);
      return "";
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
  };
  EXPECT_NE(refused(box).find("not positive definite"), std::string::npos) << refused(box);
  EXPECT_NE(refused(band_limited).find("circle of 4096 points"), std::string::npos) << refused(band_limited);
  EXPECT_EQ(refused(Diffusion2::r), "");
  EXPECT_THROW(CirculantEmbedding(Diffusion2::r, 0.25, 1), std::invalid_argument);
  EXPECT_THROW(CirculantEmbedding(Diffusion2::r, 0.0, 8), std::invalid_argument);
}

TEST(Circulant, DrawsDerivatives) {
  constexpr double kStep = 0.5;  // the spectrum at pi / step is sech(2 pi^2), 5e-9 of its largest
  const CirculantEmbedding embedding(Diffusion2::r, kStep, 256, {.derivatives = true});
  Pair pair(embedding);
  Pair slope(embedding);
  RunningMoments variance;
  RunningMoments with_next;
  for (std::size_t number = 0; number < 1000; ++number) {
    embedding.draw(random_key(4), number, pair.first, pair.second, slope.first, slope.second);
    double squares = 0.0;
    double products = 0.0;
    for (std::size_t i = 0; i + 2 < embedding.points(); ++i) {
      squares += slope.first[i] * slope.first[i] + slope.second[i] * slope.second[i];
      products += slope.first[i] * pair.first[i + 2] + slope.second[i] * pair.second[i + 2];
    }
    variance.add(squares / static_cast<double>(2 * (embedding.points() - 2)));
    with_next.add(products / static_cast<double>(2 * (embedding.points() - 2)));
  }
  expect_mean(variance, 0.25, "variance");
  expect_mean(with_next, -Diffusion2::slope(2 * kStep), "E X'(0) X(2 h)");
  // The same paths as without.
  Pair alone(embedding);
  embedding.draw(random_key(4), 999, alone.first, alone.second);
  EXPECT_EQ(alone, pair);
  // Hermite's cubic from every second point meets the one between to 4th order.
  double largest = 0.0;
  for (std::size_t i = 0; i + 2 < embedding.points(); ++i) {
    const auto error = [i](const std::vector<double>& x, const std::vector<double>& dx) {
      return std::abs(0.5 * (x[i] + x[i + 2]) + 0.25 * kStep * (dx[i] - dx[i + 2]) - x[i + 1]);
    };
    largest = std::max({largest, error(pair.first, slope.first), error(pair.second, slope.second)});
  }
  EXPECT_LT(largest, 0.02);
  const CirculantEmbedding without(Diffusion2::r, kStep, 256);
  EXPECT_THROW(without.draw(random_key(4), 0, pair.first, pair.second, slope.first, slope.second),
               std::invalid_argument);
}

TEST(Circulant, PairsAreAddressedByNumber) {
  const CirculantEmbedding embedding(Diffusion2::r, 0.25, 64);
  Pair first(embedding);
  Pair again(embedding);
  embedding.draw(random_key(5), 7, first.first, first.second);
  embedding.draw(random_key(5), 8, again.first, again.second);
  EXPECT_NE(first, again);
  embedding.draw(random_key(5), 7, again.first, again.second);
  EXPECT_EQ(first, again);
}

}  // namespace
}  // namespace reprise
