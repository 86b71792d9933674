#include "workers/deep_probability/pseudo_age.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <string>

#include "kernels/data/bytes.hpp"
#include "kernels/statistics/moments.hpp"
#include "workers/deep_probability/random_design.hpp"
#include "workers/deep_probability/scenario.hpp"

namespace reprise::deep_probability {
namespace {

/// 20 tiny images: class c has brightness 10 - c in its first and 3 in its second.
FashionImages tiny_images() {
  FashionImages images;
  images.for_training = 15;
  for (std::size_t i = 0; i < 20; ++i) {
    const auto label = static_cast<std::uint8_t>(i % 10);
    images.clothes.push_back(label);
    images.pixels.resize(images.clothes.size() * FashionImages::kPixels);
    images.pixels.back() = static_cast<std::uint8_t>(i < 10 ? 10 - label : 3);
  }
  return images;
}

TEST(PseudoAge, FollowsLooksThenBrightness) {
  const std::vector<double> ages = pseudo_ages(tiny_images());
  const auto of_rank = [](double rank) { return 100.0 * (rank + 0.5) * (rank + 0.5) / 400.0; };
  EXPECT_DOUBLE_EQ(ages[15], of_rank(0));  // sandals: 3 is darker than 5
  EXPECT_DOUBLE_EQ(ages[5], of_rank(1));
  EXPECT_DOUBLE_EQ(ages[7], of_rank(2));  // sneakers: equally bright, so by index
  EXPECT_DOUBLE_EQ(ages[17], of_rank(3));
  EXPECT_DOUBLE_EQ(ages[4], of_rank(19));  // coats
}

TEST(PseudoAge, NeedsClassesOfOneSize) {
  FashionImages images = tiny_images();
  images.clothes[0] = 1;
  EXPECT_THROW((void)pseudo_ages(images), std::invalid_argument);
}

class FashionAges : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (const auto file = find_data("fashion-mnist/train-labels-idx1-ubyte.gz")) {
      images = read_fashion_images(file->parent_path());
      ages = pseudo_ages(images);
    }
  }
  static void TearDownTestSuite() {
    images = {};
    ages = {};
  }
  void SetUp() override {
    if (ages.empty()) {
      GTEST_SKIP() << "SKIPPED, NOT CHECKED: Fashion-MNIST is not there; install dataset-fashion-mnist or "
                      "set REPRISE_DATA";
    }
  }
  static std::vector<double> risks(Scenario scenario) {
    std::vector<double> p;
    for (const double age : ages) {
      p.push_back(risk(scenario, age));
    }
    return p;
  }
  static inline FashionImages images;
  static inline std::vector<double> ages;
};

// Reference values of an independent implementation in another language, here and below.
TEST_F(FashionAges, HaveTheirReferenceValues) {
  ASSERT_EQ(ages.size(), 70000U);
  EXPECT_EQ(images.for_training, 60000U);
  const std::vector<std::uint8_t> clothes{9, 0, 0, 3, 0};
  const std::vector<double> reference{8.16530625, 46.03525572, 36.81802347, 29.04979005, 41.05056429};
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(images.clothes[i], clothes[i]);
    EXPECT_NEAR(ages[i], reference[i], 1e-7);
  }
  RunningMoments all;
  for (const double age : ages) {
    all.add(age);
  }
  EXPECT_NEAR(all.mean(), 33.33333333, 1e-7);
  EXPECT_NEAR(std::sqrt(all.variance() * 69999.0 / 70000.0), 29.81423970, 1e-7);
}

TEST_F(FashionAges, GiveTheirReferenceLabels) {
  const int sums[] = {23306, 32500, 32617, 9423, 24700};
  const char* heads[] = {"", "0101110100100000", "1111010010100100", "", "0000000100100010"};
  for (const Scenario scenario : kScenarios) {
    const auto s = static_cast<std::size_t>(scenario);
    const auto labels = draw_labels(0, scenario, risks(scenario));
    EXPECT_EQ(std::accumulate(labels.begin(), labels.end(), 0), sums[s]);
    std::string head;
    for (std::size_t i = 0; i < 16; ++i) {
      head += labels[i] != 0 ? '1' : '0';
    }
    if (*heads[s] != 0) {
      EXPECT_EQ(head, heads[s]);
    }
  }
}

// Var p is the squared error of the constant base rate, E p(1-p) the Brier score of the truth.
TEST_F(FashionAges, HaveTheirReferenceNoise) {
  const double variances[] = {0.0889, 0.2106, 0.0099, 0.0142, 0.0782};
  const double noises[] = {0.1333, 0.0383, 0.2386, 0.1013, 0.1494};
  for (const Scenario scenario : kScenarios) {
    RunningMoments p;
    RunningMoments noise;
    for (const double risk : risks(scenario)) {
      p.add(risk);
      noise.add(risk * (1.0 - risk));
    }
    EXPECT_NEAR(p.variance(), variances[static_cast<std::size_t>(scenario)], 5.1e-5);
    EXPECT_NEAR(noise.mean(), noises[static_cast<std::size_t>(scenario)], 5.1e-5);
  }
}

// The labels of the first batch of a run: first 16 of the first epoch's order.
TEST_F(FashionAges, GiveTheReferenceLabelsOfTheFirstBatch) {
  const auto labels = draw_labels(0, Scenario::linear, risks(Scenario::linear));
  const Split parts = split(0, 2000, 1000, 2000);
  std::string batch;
  for (const std::uint32_t j : epoch_order(0, 0, 2000)) {
    batch += labels[parts.train[j]] != 0 ? '1' : '0';
  }
  EXPECT_EQ(batch.substr(0, 16), "0000010000000100");
}

}  // namespace
}  // namespace reprise::deep_probability
