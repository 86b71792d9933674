#include "workers/mptq_vit/vit_training.hpp"

#include <cmath>

#include "kernels/autodiff/losses.hpp"
#include "kernels/data/augment.hpp"
#include "kernels/data/shuffle.hpp"
#include "kernels/density/flush_denormals.hpp"
#include "kernels/optimise/schedule.hpp"
#include "workers/common/trainer.hpp"

namespace reprise::mptq_vit {
namespace {

/// What random numbers are for.
enum class Purpose : std::uint64_t { parameters = 1, order = 2, flips = 3 };

RandomKey key_of(const VitTraining& training, Purpose purpose) {
  return random_key(training.seed, 0x7669742d74726169, static_cast<std::uint64_t>(purpose));
}

std::uint32_t used(const VitTraining& input) {
  const auto batch = static_cast<std::uint32_t>(input.batch);
  return input.images / batch * batch;
}

class Training {
 public:
  Training(const VitTraining& input, TaskContext& context)
      : input_(input),
        images_(fashion_images({input.digest_high, input.digest_low})),
        network_(initial_network(input)),
        arena_(*network_),
        adam_(arena_, options()),
        trainer_(*network_, arena_, adam_, plan(), context) {}

  TrainedVit run() {
    trainer_.run();
    return {flatten(*network_), losses_};
  }

 private:
  [[nodiscard]] nn::Adam::Options options() const {
    nn::Adam::Options options;
    options.weight_decay = input_.decay;
    options.decays = [](const std::string& name) {
      return name.ends_with("weight") && name.find("norm") == std::string::npos;
    };
    return options;
  }

  [[nodiscard]] double rate(std::int64_t step) const {
    const auto steps = std::int64_t{used(input_)} / input_.batch * input_.epochs;
    const auto rising = static_cast<std::int64_t>(static_cast<double>(steps) * input_.warm_up);
    if (step < rising) return input_.rate * static_cast<double>(step + 1) / static_cast<double>(rising);
    return nn::CosineRule{input_.rate, 0, steps - rising}.at(step - rising);
  }

  TrainingPlan plan() {
    TrainingPlan plan;
    plan.epochs = input_.epochs;
    plan.batch = input_.batch;
    plan.samples = used(input_);
    plan.shards = input_.shards;
    plan.most_gradient = 1;
    plan.order = [this](std::int32_t epoch) {
      const auto all =
          permutation(key_of(input_, Purpose::order), static_cast<std::uint64_t>(epoch), input_.images);
      return std::vector<std::uint32_t>(all.begin(), all.begin() + used(input_));
    };
    plan.loss = [this](const BatchShard& shard) { return loss(shard); };
    plan.rate = [this](std::int32_t, std::int64_t step) { return rate(step); };
    plan.judge = [this](std::int32_t, double training_loss) {
      losses_.push_back(training_loss);
      return training_loss;
    };
    plan.state = [this] {
      TrainedVit progress;
      progress.training_loss = losses_;
      return encode(progress);
    };
    plan.load = [this](ByteView state) { losses_ = decode<TrainedVit>(state).training_loss; };
    return plan;
  }

  ShardLoss loss(const BatchShard& shard) {
    const auto count = static_cast<std::int64_t>(shard.samples.size());
    const auto x = normalised_images(*images_, shard.samples);
    std::vector<std::int64_t> classes;
    for (const auto sample : shard.samples) classes.push_back(images_->clothes[sample]);
    const std::vector<std::int64_t> numbers(shard.samples.begin(), shard.samples.end());
    const nn::AugmentationDraws draws{key_of(input_, Purpose::flips), static_cast<std::uint64_t>(shard.epoch),
                                      numbers};
    auto error = nn::cross_entropy((*network_)(nn::random_flip(x, draws)), classes);
    const double mean = error.value().item();
    auto seed = nn::Tensor::full(error.shape(), shard.weight);
    return {mean * static_cast<double>(count), std::move(error), std::move(seed)};
  }

  const VitTraining& input_;
  std::shared_ptr<const FashionImages> images_;
  std::unique_ptr<nn::VisionTransformer> network_;
  nn::ParameterArena arena_;
  nn::Adam adam_;
  std::vector<double> losses_;
  Trainer trainer_;  ///< last: it may load all of the above
};

}  // namespace

nn::Tensor normalised_images(const FashionImages& images, std::span<const std::uint32_t> places) {
  constexpr auto kPixels = FashionImages::kPixels;
  constexpr double kMean = 0.2860;
  constexpr double kDeviation = 0.3530;
  nn::Tensor batch({static_cast<std::int64_t>(places.size()), 1, 28, 28});
  auto* to = batch.mutable_data<float>();
  for (const auto place : places) {
    const auto* const from = images.pixels.data() + place * kPixels;
    for (std::size_t k = 0; k < kPixels; ++k)
      *to++ = static_cast<float>((from[k] / 255.0 - kMean) / kDeviation);
  }
  return batch;
}

nn::VisionTransformerShape network_shape(const VitTraining& training) {
  return {28,
          training.patch,
          1,
          FashionImages::kClasses,
          training.width,
          training.depth,
          training.heads,
          4 * training.width};
}

std::unique_ptr<nn::VisionTransformer> initial_network(const VitTraining& training) {
  Philox unused(random_key(0), 0);
  auto network = std::make_unique<nn::VisionTransformer>(network_shape(training), unused);
  const auto key = key_of(training, Purpose::parameters);
  std::uint64_t stream = 0;
  for (const auto& [name, parameter] : network->parameters()) {
    Philox random(key, stream++);
    auto variable = parameter;
    auto& value = variable.value();
    if (name.starts_with("patch_embed")) {
      const double inputs = static_cast<double>(training.patch * training.patch);
      value.assign(nn::uniform_tensor(value.shape(), 1 / std::sqrt(inputs), random));
    } else if (name == "cls_token") {
      value.assign(nn::normal_tensor(value.shape(), 1e-6, random));
    } else if (name == "pos_embed" || (name.ends_with("weight") && value.rank() == 2)) {
      value.assign(nn::normal_tensor(value.shape(), 0.02, random));
    } else if (name.ends_with("bias")) {
      value.fill(0);
    }
  }
  return network;
}

TrainedVit train_vit(const VitTraining& input, TaskContext& context) {
  const FlushDenormals flush;
  return Training(input, context).run();
}

double training_seconds(const VitTraining& input) {
  constexpr double kRate = 4e10;  // multiplications and additions a second, of small matrices
  const double side = 28.0 / static_cast<double>(input.patch);
  const double tokens = side * side + 1;
  const auto width = static_cast<double>(input.width);
  const double products =
      static_cast<double>(input.depth) * (12 * tokens * width * width + 2 * tokens * tokens * width);
  return 1 + 6 * products * used(input) * input.epochs / kRate;
}

}  // namespace reprise::mptq_vit
