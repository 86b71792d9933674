#include "kernels/gaussian/random_waves.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <set>
#include <stdexcept>
#include <vector>

#include "kernels/numerics/fourier.hpp"
#include "kernels/random/hash_rng.hpp"

namespace reprise {
namespace {

TEST(RandomWaves, AreFourierTransforms) {
  for (const std::size_t n : {16U, 32U, 64U, 128U, 1024U, 2048U, 4096U, 8192U, 16384U, 32768U}) {
    const HashRng random(1, n);
    std::vector<double> amplitude(n);
    std::vector<float> first(n);
    std::vector<float> second(n);
    for (std::size_t i = 0; i < n; ++i) {
      amplitude[i] = random.uniform(3 * n + i);
      first[i] = static_cast<float>(random.normal(2 * i));
      second[i] = static_cast<float>(random.normal(2 * i + 1));
    }
    const RandomWaves waves(amplitude);
    std::vector<std::complex<double>> expected(n);
    std::set<std::size_t> places;
    for (std::size_t k = 0; k < n; ++k) {
      const std::size_t place = waves.place(k);
      places.insert(place);
      expected[k] = amplitude[k] * std::complex<double>(static_cast<double>(first.at(place)),
                                                        static_cast<double>(second.at(place)));
    }
    EXPECT_EQ(places.size(), n);
    FourierTransform(n).forward(expected);
    std::vector<double> real(n);
    std::vector<double> imaginary(n);
    waves.sum(first, second, real, imaginary);
    double largest = 0.0;
    for (std::size_t j = 0; j < n; ++j) {
      largest = std::max(largest, std::abs(expected[j] - std::complex(real[j], imaginary[j])));
    }
    EXPECT_LT(largest, 4e-15 * std::sqrt(static_cast<double>(n))) << n;
  }
}

TEST(RandomWaves, RefuseOtherLengths) {
  EXPECT_THROW(RandomWaves(std::vector<double>(8)), std::invalid_argument);
  EXPECT_THROW(RandomWaves(std::vector<double>(48)), std::invalid_argument);
  const RandomWaves waves(std::vector<double>(16));
  std::vector<float> noise(16);
  std::vector<double> values(16);
  std::vector<double> more(17);
  EXPECT_THROW(waves.sum(noise, noise, values, more), std::invalid_argument);
}

}  // namespace
}  // namespace reprise
