#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "kernels/modules/vision_transformer.hpp"
#include "pipeline/run/paper.hpp"
#include "workers/common/fashion_images.hpp"

namespace reprise::mptq_vit {

/// A small ViT trained on Fashion-MNIST, which stands in for ImageNet's: derived, not the paper's. AdamW with
/// a linear warm-up, then a cosine down to 0, gradients clipped to norm 1, images flipped at random.
struct VitTraining {
  std::int64_t patch = 7;
  std::int64_t width = 64;
  std::int64_t depth = 4;
  std::int64_t heads = 4;
  std::uint32_t images = 12800;  ///< the training file's first ones
  std::int32_t epochs = 2;
  std::int32_t batch = 128;  ///< what is left of an epoch's images is dropped
  double rate = 1e-3;
  double decay = 0.05;      ///< of weights, not of embeddings, norms and biases
  double warm_up = 0.05;    ///< share of all steps
  std::int32_t shards = 4;  ///< of a batch: as many ranks may share the training
  std::uint64_t seed = 0;
  std::uint64_t digest_high = 0;  ///< of the data's files
  std::uint64_t digest_low = 0;
};

constexpr auto fields(const VitTraining*) {
  using T = VitTraining;
  return std::tuple{field("patch", &T::patch, "side of a patch", "pixel"),
                    field("width", &T::width, "numbers of a token"),
                    field("depth", &T::depth, "blocks"),
                    field("heads", &T::heads, "heads of attention"),
                    field("images", &T::images, "training images, the file's first ones"),
                    field("epochs", &T::epochs, "epochs"),
                    field("batch", &T::batch, "images in a step; what is left of an epoch is dropped"),
                    field("rate", &T::rate, "greatest learning rate"),
                    field("decay", &T::decay, "weight decay of weights"),
                    field("warm_up", &T::warm_up, "share of all steps in which the rate rises"),
                    field("shards", &T::shards, "parts of a batch: as many ranks may share the training"),
                    field("seed", &T::seed, "of initial parameters, orders and flips"),
                    field("digest_high", &T::digest_high, "of the files' contents"),
                    field("digest_low", &T::digest_low, "of the files' contents")};
}

struct TrainedVit {
  std::vector<float> parameters;      ///< all of them, in the network's order
  std::vector<double> training_loss;  ///< mean over an epoch, nat, [epochs]
};

constexpr auto fields(const TrainedVit*) {
  return std::tuple{field("parameters", &TrainedVit::parameters, "in the network's order"),
                    field("training_loss", &TrainedVit::training_loss, "mean over each epoch", "nat")};
}

/// The chosen images as the small ViTs see them, [places, 1, 28, 28]: (pixel / 255 - 0.2860) / 0.3530.
[[nodiscard]] nn::Tensor normalised_images(const FashionImages& images,
                                           std::span<const std::uint32_t> places);

[[nodiscard]] nn::VisionTransformerShape network_shape(const VitTraining& training);
/// As it is before training: linear weights and position embeddings N(0, 0.02^2), the class token
/// N(0, 1e-6^2), the patch embedding uniform within 1 / sqrt(inputs), biases 0.
[[nodiscard]] std::unique_ptr<nn::VisionTransformer> initial_network(const VitTraining& training);

TrainedVit train_vit(const VitTraining& input, TaskContext& context);
double training_seconds(const VitTraining& input);

inline const Task<VitTraining, TrainedVit> kVitTraining{
    "mptq_vit.training", 1,
    train_vit,           "a small ViT trained on Fashion-MNIST",
    training_seconds,    [](const VitTraining& input) { return static_cast<int>(input.shards); }};

}  // namespace reprise::mptq_vit
