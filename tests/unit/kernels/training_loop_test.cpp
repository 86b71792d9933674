#include <gtest/gtest.h>

#include <cmath>

#include "kernels/autodiff/losses.hpp"
#include "kernels/data/shuffle.hpp"
#include "kernels/modules/resnet.hpp"
#include "kernels/optimise/optimiser.hpp"

namespace reprise {
namespace {

#include "training_loop.inc"

TEST(TrainingLoop, OfTheReadmeLearns) {
  // Waves along one axis or the other, at any phase.
  constexpr std::int64_t kImages = 128;
  Philox random(random_key(5), 0);
  nn::Tensor images({kImages, 1, 8, 8});
  std::vector<std::int64_t> classes;
  auto* pixel = images.mutable_data<float>();
  for (std::int64_t i = 0; i < kImages; ++i) {
    classes.push_back(i % 2);
    const double phase = 6.28 * uniform(random);
    for (int row = 0; row < 8; ++row)
      for (int column = 0; column < 8; ++column)
        *pixel++ = static_cast<float>(std::sin(phase + 1.5 * (i % 2 == 0 ? row : column)));
  }
  EXPECT_LT(train(images, classes), 0.1);
}

}  // namespace
}  // namespace reprise
