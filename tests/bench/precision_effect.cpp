// What products in bf16 do to a trained network: ResNet-S(8) learns probabilities from outcomes of images
// whose true probability is known, in f32 and in bf16 from the same seeds. precision_effect [seeds] [epochs]

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>

#include "kernels/autodiff/losses.hpp"
#include "kernels/data/shuffle.hpp"
#include "kernels/modules/resnet.hpp"
#include "kernels/optimise/optimiser.hpp"
#include "kernels/random/distributions.hpp"
#include "kernels/tensor/precision.hpp"

namespace reprise::nn {
namespace {

constexpr std::int64_t kImages = 512;
constexpr std::int64_t kBatch = 64;

/// Stripes whose contrast tells the probability of class 1, in noise.
struct Sample {
  Tensor images{{kImages, 1, 28, 28}};
  std::vector<double> probabilities;
  std::vector<std::int64_t> classes;

  explicit Sample(Philox random) {
    auto* pixel = images.mutable_data<float>();
    for (std::int64_t i = 0; i < kImages; ++i) {
      const double p = uniform(random);
      probabilities.push_back(p);
      classes.push_back(uniform(random) < p ? 1 : 0);
      for (int r = 0; r < 28; ++r)
        for (int c = 0; c < 28; ++c) {
          const double stripe = (r / 3 + c / 5) % 2 == 0 ? 1 : -1;
          *pixel++ = static_cast<float>((2 * p - 1) * stripe + normal(random));
        }
    }
  }
};

struct Quality {
  double log_loss = 0;
  double squared_error = 0;  ///< of probabilities
};

Quality train(Precision precision, std::uint64_t seed, int epochs) {
  const Sample training(Philox(random_key(seed), 1));
  const Sample test(Philox(random_key(seed), 2));
  Philox random(random_key(seed), 0);
  ResNet network({1, 2, 8, {1, 1, 1}, 3, 2, false}, random);
  ParameterArena arena(network);
  Sgd sgd(arena, {.momentum = 0.9, .weight_decay = 5e-4});
  const PrecisionScope scope(precision);
  for (int epoch = 0; epoch < epochs; ++epoch) {
    const auto order = permutation(random_key(seed, 3), static_cast<std::uint64_t>(epoch), kImages);
    for (auto first = order.begin(); first + kBatch <= order.end(); first += kBatch) {
      const std::vector<std::int64_t> batch(first, first + kBatch);
      std::vector<std::int64_t> classes;
      for (const auto image : batch) classes.push_back(training.classes[static_cast<std::size_t>(image)]);
      cross_entropy(network(gather(training.images, batch)), classes).backward();
      sgd.step(0.02);
    }
  }
  network.evaluate();
  const NoGradient constant;
  const auto logits = network(test.images);
  const auto p = softmax(logits.value(), false).values<double>();
  Quality quality{cross_entropy(logits, test.classes).value().item(), 0};
  for (std::size_t i = 0; i < test.probabilities.size(); ++i)
    quality.squared_error += std::pow(p[2 * i + 1] - test.probabilities[i], 2) / static_cast<double>(kImages);
  return quality;
}

/// Mean and standard error.
std::string mean_of(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  double sum = 0;
  double squares = 0;
  for (const double value : values) sum += value;
  for (const double value : values) squares += std::pow(value - sum / n, 2);
  return fmt::format("{:.5f} +- {:.5f}", sum / n, std::sqrt(squares / (n - 1) / n));
}

void compare(int seeds, int epochs) {
  std::vector<double> f32_loss, bf16_loss, loss_change, f32_error, bf16_error, error_change;
  for (int seed = 1; seed <= seeds; ++seed) {
    const auto f32 = train(Precision::f32, static_cast<std::uint64_t>(seed), epochs);
    const auto bf16 = train(Precision::bf16, static_cast<std::uint64_t>(seed), epochs);
    f32_loss.push_back(f32.log_loss);
    bf16_loss.push_back(bf16.log_loss);
    loss_change.push_back(bf16.log_loss - f32.log_loss);
    f32_error.push_back(f32.squared_error);
    bf16_error.push_back(bf16.squared_error);
    error_change.push_back(bf16.squared_error - f32.squared_error);
  }
  fmt::print("log-loss\tf32 {}\tbf16 {}\tdifference {}\n", mean_of(f32_loss), mean_of(bf16_loss),
             mean_of(loss_change));
  fmt::print("squared error\tf32 {}\tbf16 {}\tdifference {}\n", mean_of(f32_error), mean_of(bf16_error),
             mean_of(error_change));
}

}  // namespace
}  // namespace reprise::nn

int main(int count, char** words) {
  reprise::nn::compare(count > 1 ? std::atoi(words[1]) : 10, count > 2 ? std::atoi(words[2]) : 2);
}
