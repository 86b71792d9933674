#pragma once

#include "pipeline/run/task.hpp"
#include "workers/deep_probability/image_set.hpp"
#include "workers/deep_probability/network.hpp"
#include "workers/deep_probability/training.hpp"

namespace reprise::deep_probability {

// Beyond the paper: CaPE's bins rank the training samples by a network that was trained on their labels, so
// that in long trainings the targets become the labels again. Here each sample is ranked by a network that
// never saw it (cross-fitting, as in Chernozhukov et al., Econometrics Journal 21, 2018):
//
// - Sample j of the training images, which are in random order, is in fold j mod K.
// - Fold network f has the base network's initial parameters and recipe. It is trained by cross-entropy on
//   the other folds from the start; its early stopping looks at the same validation images. At its best epoch
//   it predicts the samples of fold f.
// - The predictions of all folds are ranked together and dealt into bins, as CaPE-bin's. A sample's target is
//   its bin's share of events. It contains the sample's own label with weight 1 / (samples of the bin), and
//   nothing else of it.
// - No fold network is trained on, so the targets stay as they are in every calibration epoch.

/// One of K trainings, each without one fold.
struct FoldTraining {
  SyntheticData data;
  NetworkShape network;
  Recipe recipe;
  std::int32_t folds = 5;
  std::int32_t fold = 0;
};

constexpr auto fields(const FoldTraining*) {
  using F = FoldTraining;
  return std::tuple{field("data", &F::data, "images and outcomes"), field("network", &F::network, "network"),
                    field("recipe", &F::recipe, "how it is trained"),
                    field("folds", &F::folds, "K: parts of the training images"),
                    field("fold", &F::fold, "the one that is held out, from 0")};
}

/// What a network says of the samples that it was not trained on.
struct HeldOut {
  std::vector<double> predicted;  ///< [samples of the fold], in their order
  std::int32_t epoch = 0;         ///< after which epoch, the best
};

constexpr auto fields(const HeldOut*) {
  using H = HeldOut;
  return std::tuple{field("predicted", &H::predicted, "probability of the event for the fold's samples"),
                    field("epoch", &H::epoch, "after which epoch, from 0")};
}

HeldOut predict_held_out(const FoldTraining& input, TaskContext& context);
double seconds(const FoldTraining& input);

inline const Task<FoldTraining, HeldOut> kFoldTraining{
    "deep_probability.fold",
    1,
    predict_held_out,
    "a network trained on all folds but one, and its predictions for that one",
    seconds,
    [](const FoldTraining& input) { return input.recipe.shards; }};

/// Places of a fold's samples among `count`, or of all others.
[[nodiscard]] std::vector<std::uint32_t> fold_members(std::uint32_t count, std::int32_t folds,
                                                      std::int32_t fold);
[[nodiscard]] std::vector<std::uint32_t> fold_complement(std::uint32_t count, std::int32_t folds,
                                                         std::int32_t fold);

/// Predictions of all folds, [count] in the order of the samples. Throws std::invalid_argument unless they
/// are for all of them.
[[nodiscard]] std::vector<double> in_order_of_samples(const std::vector<HeldOut>& folds, std::uint32_t count);

}  // namespace reprise::deep_probability
