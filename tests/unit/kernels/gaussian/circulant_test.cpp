#include "kernels/gaussian/circulant.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "covariances.hpp"
#include "kernels/statistics/moments.hpp"

namespace reprise {
namespace {

using Complex = std::complex<double>;

// Statistical tests allow four standard errors: each wrong once in 16,000 seeds.
void expect_mean(const RunningMoments& moments, double expected, const std::string& what) {
  EXPECT_LT(std::abs(moments.mean() - expected), 4 * moments.standard_error() + 1e-15) << what;
}

void expect_covariances(const CirculantEmbedding& embedding, double (*covariance)(double),
                        std::size_t pairs) {
  const std::vector<std::size_t> lags{0, 1, 2, 7, 30, embedding.points() - 1};
  std::vector<RunningMoments> of_lag(lags.size());
  RunningMoments between;
  std::vector<Complex> pair(embedding.period());
  for (std::size_t number = 0; number < pairs; ++number) {
    embedding.draw(random_key(3), number, pair);
    for (std::size_t j = 0; j < lags.size(); ++j) {
      Complex sum = 0.0;  // of products of the real and of the imaginary parts
      double mixed = 0.0;
      const std::size_t count = embedding.points() - lags[j];
      for (std::size_t i = 0; i < count; ++i) {
        const Complex a = pair[i];
        const Complex b = pair[i + lags[j]];
        sum += Complex(a.real() * b.real(), a.imag() * b.imag());
        mixed += a.real() * b.imag();
      }
      of_lag[j].add(sum.real() / static_cast<double>(count));
      of_lag[j].add(sum.imag() / static_cast<double>(count));
      if (lags[j] == 1) between.add(mixed / static_cast<double>(count));
    }
  }
  for (std::size_t j = 0; j < lags.size(); ++j) {
    expect_mean(of_lag[j], covariance(embedding.step() * static_cast<double>(lags[j])),
                "lag " + std::to_string(lags[j]));
  }
  expect_mean(between, 0.0, "real and imaginary parts");
}

TEST(Circulant, PathsHaveTheCovariances) {
  const CirculantEmbedding embedding(diffusion, 0.25, 200);
  EXPECT_EQ(embedding.period(), 512U);
  EXPECT_LT(embedding.clipped(), 1e-15);
  expect_covariances(embedding, diffusion, 2000);
}

TEST(Circulant, PathsMayTakeAPeriodOnceCovariancesVanish) {
  // r(75) = 1e-16: 1,024 points of 0.25 less 300.
  const CirculantEmbedding embedding(diffusion, 0.25, 724, {.wrapping = 1e-15});
  EXPECT_EQ(embedding.period(), 1024U);
  expect_covariances(embedding, diffusion, 500);
  EXPECT_EQ(CirculantEmbedding(diffusion, 0.25, 1000, {.wrapping = 1e-15}).period(), 2048U);
}

TEST(Circulant, DoublesThePeriodUntilEigenvaluesArePositive) {
  const auto slower = [](double t) { return std::sqrt(diffusion(t)); };
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
  EXPECT_EQ(refused(diffusion), "");
  EXPECT_THROW(CirculantEmbedding(diffusion, 0.25, 1), std::invalid_argument);
  EXPECT_THROW(CirculantEmbedding(diffusion, 0.0, 8), std::invalid_argument);
}

TEST(Circulant, DrawsDerivatives) {
  constexpr double kStep = 0.5;  // the spectrum at pi / step is sech(2 pi^2), 5e-9 of its largest
  const CirculantEmbedding embedding(diffusion, kStep, 256);
  std::vector<Complex> pair(embedding.period());
  std::vector<Complex> slope(embedding.period());
  RunningMoments variance;
  RunningMoments with_next;
  for (std::size_t number = 0; number < 1000; ++number) {
    embedding.draw(random_key(4), number, pair, slope);
    double squares = 0.0;
    double products = 0.0;
    for (std::size_t i = 0; i + 2 < embedding.points(); ++i) {
      squares += std::norm(slope[i]);
      products += slope[i].real() * pair[i + 2].real() + slope[i].imag() * pair[i + 2].imag();
    }
    variance.add(squares / static_cast<double>(2 * (embedding.points() - 2)));
    with_next.add(products / static_cast<double>(2 * (embedding.points() - 2)));
  }
  expect_mean(variance, 0.25, "variance");
  expect_mean(with_next, -diffusion_slope(2 * kStep), "E X'(0) X(2 h)");
  // The same paths as without.
  std::vector<Complex> alone(embedding.period());
  embedding.draw(random_key(4), 999, alone);
  EXPECT_EQ(alone, pair);
  // Hermite's cubic from every second point meets the one between to 4th order.
  double largest = 0.0;
  for (std::size_t i = 0; i + 2 < embedding.points(); ++i) {
    const Complex middle = 0.5 * (pair[i] + pair[i + 2]) + 0.25 * kStep * (slope[i] - slope[i + 2]);
    largest = std::max(largest, std::abs(middle - pair[i + 1]));
  }
  EXPECT_LT(largest, 0.02);
}

TEST(Circulant, PairsAreAddressedByNumber) {
  const CirculantEmbedding embedding(diffusion, 0.25, 64);
  std::vector<Complex> first(embedding.period());
  std::vector<Complex> again(embedding.period());
  embedding.draw(random_key(5), 7, first);
  embedding.draw(random_key(5), 8, again);
  EXPECT_NE(first, again);
  embedding.draw(random_key(5), 7, again);
  EXPECT_EQ(first, again);
}

}  // namespace
}  // namespace reprise
