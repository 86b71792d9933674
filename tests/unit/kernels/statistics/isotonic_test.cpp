#include "kernels/statistics/isotonic.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "kernels/random/hash_rng.hpp"

namespace reprise {
namespace {

TEST(Isotonic, PoolsViolators) {
  const std::vector<double> ones(5, 1.0);
  EXPECT_THAT(isotonic_regression(std::vector{1.0, 3.0, 2.0, 2.0, 5.0}, ones),
              testing::ElementsAre(1.0, 7.0 / 3.0, 7.0 / 3.0, 7.0 / 3.0, 5.0));
  EXPECT_THAT(isotonic_regression(std::vector{4.0, 0.0}, std::vector{1.0, 3.0}),
              testing::ElementsAre(1.0, 1.0));
  EXPECT_TRUE(isotonic_regression({}, {}).empty());
}

// The minimax form: fitted_i = max over a <= i of min over b >= i of mean(a ... b) (Barlow et al., 1972).
TEST(Isotonic, AgreesWithTheMinimaxForm) {
  constexpr std::size_t kCount = 40;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    std::vector<double> y(kCount);
    std::vector<double> w(kCount);
    for (std::size_t i = 0; i < kCount; ++i) {
      y[i] = 0.02 * static_cast<double>(i) + HashRng(seed, 1).uniform(i);
      w[i] = 0.1 + HashRng(seed, 2).uniform(i);
    }
    const std::vector<double> fitted = isotonic_regression(y, w);
    EXPECT_TRUE(std::ranges::is_sorted(fitted));
    EXPECT_NEAR(std::inner_product(w.begin(), w.end(), fitted.begin(), 0.0),
                std::inner_product(w.begin(), w.end(), y.begin(), 0.0), 1e-12);
    for (std::size_t i = 0; i < kCount; ++i) {
      double best = -std::numeric_limits<double>::infinity();
      for (std::size_t a = 0; a <= i; ++a) {
        double sum = 0.0;
        double weight = 0.0;
        double least = std::numeric_limits<double>::infinity();
        for (std::size_t b = a; b < kCount; ++b) {
          sum += w[b] * y[b];
          weight += w[b];
          if (b >= i) {
            least = std::min(least, sum / weight);
          }
        }
        best = std::max(best, least);
      }
      EXPECT_NEAR(fitted[i], best, 1e-12);
    }
  }
}

}  // namespace
}  // namespace reprise
