#include "workers/slepian/divisor_task.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/workers/stored_results.hpp"
#include "workers/slepian/exponent.hpp"

namespace reprise::slepian {
namespace {

// Within 4 standard errors, wrong by chance once in 15,000.
TEST(DrawnDivisors, HaveTheirRoot) {
  StoredResults run;
  for (const Model& model : {diffusion(2), matern(1.5)}) {
    const double root = persistency_exponent(*covariance_of(model))->exponent;
    DivisorInput input{model, 50'000};
    input.exponents = exponents_around(root);
    const DivisorSums sums = run.run(draw_divisors, input);
    TiltedMeans means(input.exponents);
    means.add(sums);
    const Estimate found = means.root();
    EXPECT_NEAR(found.value, root, 4.0 * found.standard_error) << title(model);
    EXPECT_LT(found.standard_error, 0.01 * root);
  }
}

TEST(DrawnDivisors, RootIsExactForExactMeans) {
  // X of an exponential law with rate 1: E exp(theta X) = 1/(1 - theta) = 2 at theta = 1/2.
  const auto exponents = exponents_around(0.52);
  DivisorSums sums;
  sums.draws = 1000;
  for (const double theta : exponents) {
    sums.tilted.push_back(1000.0 / (1.0 - theta));
    sums.tilted_squares.push_back(1000.0 * 10.0);
  }
  TiltedMeans means(exponents);
  means.add(sums);
  const Estimate found = means.root();
  EXPECT_NEAR(found.value, 0.5, 1e-6);
  EXPECT_NEAR(found.standard_error, std::sqrt((10.0 - 4.0) / 1000.0) / 4.0, 1e-4);
}

TEST(DrawnDivisors, RootBeyondTheGridIsNone) {
  DivisorSums sums;
  sums.draws = 10;
  const auto exponents = exponents_around(1.0);
  sums.tilted.assign(exponents.size(), 15.0);
  sums.tilted_squares.assign(exponents.size(), 30.0);
  TiltedMeans means(exponents);
  EXPECT_TRUE(std::isnan(means.root().value));
  means.add(sums);
  EXPECT_TRUE(std::isnan(means.root().value));
}

}  // namespace
}  // namespace reprise::slepian
