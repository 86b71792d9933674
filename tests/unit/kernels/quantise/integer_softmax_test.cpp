#include "kernels/quantise/integer_softmax.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

#include "../formula.hpp"

namespace reprise::nn {
namespace {

std::vector<float> softmax(const std::vector<float>& x, std::int64_t columns, float scale,
                           std::int32_t bits = 4) {
  std::vector<float> y(x.size());
  log_int_softmax(x, columns, scale, bits, y);
  return y;
}

TEST(IntegerSoftmax, HasItsReferenceValues) {
  EXPECT_EQ(softmax({1, 0.5F, -0.25F, -2, 3}, 5, 0.05F),
            (std::vector<float>{0.125F, 0.0625F, 0.03125F, 0.0078125F, 1}));
}

/// The sum over a share is rounded to a whole number, and that to a power of two from 3/2 of the one below:
/// at worst 5/2 becomes 3 and then 4, log2(8/5) = 0.678 off. The parabola and its rounded coefficients add
/// 1%.
TEST(IntegerSoftmax, IsSoftmaxWithinAFactorOfTwo) {
  constexpr std::int64_t kColumns = 50;
  std::vector<float> x;
  for (const double z : formula::normals("lis", 64 * kColumns))
    x.push_back(0.01F * static_cast<float>(std::nearbyint(200 * z)));
  const auto y = softmax(x, kColumns, 0.01F);
  for (std::size_t row = 0; row < x.size(); row += kColumns) {
    double sum = 0;
    for (std::size_t c = 0; c < kColumns; ++c) sum += std::exp(static_cast<double>(x[row + c]));
    for (std::size_t c = 0; c < kColumns; ++c) {
      const double exact = std::exp(static_cast<double>(x[row + c])) / sum;
      if (y[row + c] == 0)
        EXPECT_LT(exact, 0x1p-15);
      else
        EXPECT_LE(std::abs(std::log2(exact / static_cast<double>(y[row + c]))), 0.71);
    }
  }
}

TEST(IntegerSoftmax, DoesNotDependOnAShiftOfTheLogits) {
  EXPECT_EQ(softmax({1, 0.5F, -0.25F, -2, 3}, 5, 0.25F), softmax({101, 100.5F, 99.75F, 98, 103}, 5, 0.25F));
}

TEST(IntegerSoftmax, OfEqualLogitsIsThePowerNearestToTheirShare) {
  EXPECT_EQ(softmax(std::vector<float>(8, 2.0F), 8, 0.1F), std::vector<float>(8, 0.125F));
  EXPECT_EQ(softmax({5}, 1, 0.1F), std::vector<float>{1});
  EXPECT_EQ(softmax({0, 0, 0}, 3, 0.1F), std::vector<float>(3, 0.25F));  // 3 is halfway between 2 and 4
  EXPECT_EQ(softmax({0, -1000}, 2, 0.1F), (std::vector<float>{1, 0}));
}

TEST(IntegerSoftmax, RefusesWhatIsNoRow) {
  std::vector<float> y(3);
  const std::vector<float> x(3);
  EXPECT_THROW(log_int_softmax(x, 2, 0.1F, 4, y), std::invalid_argument);
  EXPECT_THROW(log_int_softmax(x, 3, 0, 4, y), std::invalid_argument);
  EXPECT_THROW(log_int_softmax(x, 3, 0.1F, 9, y), std::invalid_argument);
}

}  // namespace
}  // namespace reprise::nn
