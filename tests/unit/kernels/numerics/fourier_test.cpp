#include "kernels/numerics/fourier.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <stdexcept>
#include <vector>

#include "kernels/random/hash_rng.hpp"

namespace reprise {
namespace {

using Complex = std::complex<double>;

std::vector<Complex> noise(std::size_t length) {
  const HashRng random(1, length);
  std::vector<Complex> values;
  for (std::size_t i = 0; i < length; ++i)
    values.emplace_back(random.normal(2 * i), random.normal(2 * i + 1));
  return values;
}

TEST(Fourier, IsTheSumOfWaves) {
  for (const std::size_t length : {1U, 2U, 5U, 12U, 64U}) {
    const auto values = noise(length);
    auto transformed = values;
    FourierTransform(length).forward(transformed);
    for (std::size_t j = 0; j < length; ++j) {
      Complex sum = 0.0;
      for (std::size_t k = 0; k < length; ++k) {
        const double turns = static_cast<double>(j * k % length) / static_cast<double>(length);
        sum += values[k] * std::polar(1.0, -2.0 * std::numbers::pi * turns);
      }
      EXPECT_LT(std::abs(transformed[j] - sum), 1e-13 * static_cast<double>(length)) << length << ", " << j;
    }
  }
}

TEST(Fourier, TwiceIsTheReverse) {
  constexpr std::size_t kLength = 1U << 15U;
  const auto values = noise(kLength);
  auto twice = values;
  const FourierTransform transform(kLength);
  transform.forward(twice);
  transform.forward(twice);
  double largest = 0.0;
  for (std::size_t k = 0; k < kLength; ++k) {
    const Complex back = twice[(kLength - k) % kLength] / static_cast<double>(kLength);
    largest = std::max(largest, std::abs(back - values[k]));
  }
  EXPECT_LT(largest, 1e-14);
}

TEST(Fourier, DoesNotDependOnWhereTheValuesLie) {
  constexpr std::size_t kLength = 256;
  const auto values = noise(kLength);
  const FourierTransform transform(kLength);
  std::vector<Complex> here = values;
  transform.forward(here);
  std::vector<Complex> memory(kLength + 1);
  const std::span there = std::span(memory).subspan(1);  // 16 bytes on
  std::copy(values.begin(), values.end(), there.begin());
  transform.forward(there);
  EXPECT_TRUE(std::equal(here.begin(), here.end(), there.begin()));
}

TEST(Fourier, RefusesOtherLengths) {
  std::vector<Complex> values(7);
  EXPECT_THROW(FourierTransform(8).forward(values), std::invalid_argument);
  EXPECT_THROW(FourierTransform(0), std::invalid_argument);
}

}  // namespace
}  // namespace reprise
