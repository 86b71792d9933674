#pragma once

#include "pipeline/run/task.hpp"
#include "workers/deep_probability/cross_fitting.hpp"
#include "workers/deep_probability/image_set.hpp"
#include "workers/deep_probability/network.hpp"
#include "workers/deep_probability/training.hpp"

namespace reprise::deep_probability {

/// Training from the start: the paper's method before calibration, and its baselines.
enum class Objective {
  cross_entropy,
  infinite_data,       ///< labels are drawn anew for each epoch: what no method with finitely many can beat
  label_smoothing,     ///< targets 0.05 and 0.95
  focal,               ///< exponent 2
  confidence_penalty,  ///< weight 1
  kernel_calibration,  ///< MMCE, weight 3, pairs weighted as in the official code
  kernel_calibration_weighted,  ///< MMCE, weight 3, plain means over pairs
  ensemble_member,              ///< cross-entropy of images and of adversarial ones (0.01)
  ensemble_member_official,     ///< the same with the official code's clean gradient counted twice
  ensemble_member_plain         ///< cross-entropy alone
};

constexpr auto enumerators(const Objective*) {
  using O = Objective;
  return std::array{Enumerator{"cross_entropy", O::cross_entropy},
                    Enumerator{"infinite_data", O::infinite_data},
                    Enumerator{"label_smoothing", O::label_smoothing},
                    Enumerator{"focal", O::focal},
                    Enumerator{"confidence_penalty", O::confidence_penalty},
                    Enumerator{"kernel_calibration", O::kernel_calibration},
                    Enumerator{"kernel_calibration_weighted", O::kernel_calibration_weighted},
                    Enumerator{"ensemble_member", O::ensemble_member},
                    Enumerator{"ensemble_member_official", O::ensemble_member_official},
                    Enumerator{"ensemble_member_plain", O::ensemble_member_plain}};
}

struct BaseTraining {
  SyntheticData data;
  NetworkShape network;
  Recipe recipe;
  Objective objective = Objective::cross_entropy;
  std::uint32_t member = 0;  ///< of an ensemble
};

constexpr auto fields(const BaseTraining*) {
  using B = BaseTraining;
  return std::tuple{field("data", &B::data, "images and outcomes"), field("network", &B::network, "network"),
                    field("recipe", &B::recipe, "how it is trained"),
                    field("objective", &B::objective, "loss and targets"),
                    field("member", &B::member, "of an ensemble: own initial parameters and epoch orders")};
}

/// Loss, targets and order of epochs under an objective, for training samples of these labels. `redrawn`
/// draws them anew for an epoch (infinite data).
[[nodiscard]] Method method_of(Objective objective, std::uint32_t member, Labels label,
                               std::function<std::vector<std::uint8_t>(std::uint64_t epoch)> redrawn);
/// Passes forward and backward through the network for each sample.
[[nodiscard]] double passes(Objective objective);

Trained train_from_start(const BaseTraining& input, TaskContext& context);
double seconds(const BaseTraining& input);

inline const Task<BaseTraining, Trained> kBaseTraining{"deep_probability.training",
                                                       1,
                                                       train_from_start,
                                                       "a network trained from the start",
                                                       seconds,
                                                       [](const BaseTraining& input) { return input.recipe.shards; }};

/// Training that goes on from a network at its smallest validation loss (or from its last epoch).
enum class Refinement {
  cape_bin,           ///< CaPE, targets from bins
  cape_kernel,        ///< CaPE, targets from a kernel
  cape_isotonic,      ///< CaPE with isotonic targets: beyond the paper
  cape_cross_fitted,  ///< CaPE, targets from bins of held-out predictions (`cross_fitting`): beyond the paper
  control             ///< the same with the labels throughout: is it calibration, or only the small rate?
};

constexpr auto enumerators(const Refinement*) {
  using R = Refinement;
  return std::array{Enumerator{"cape_bin", R::cape_bin}, Enumerator{"cape_kernel", R::cape_kernel},
                    Enumerator{"cape_isotonic", R::cape_isotonic},
                    Enumerator{"cape_cross_fitted", R::cape_cross_fitted}, Enumerator{"control", R::control}};
}

/// Where the targets of a refinement's calibration epochs come from.
struct CalibrationRule {
  Refinement refinement = Refinement::cape_bin;
  std::int32_t discrimination_epochs = 2;
  std::int32_t bins = 5;
  double bandwidth = 0.05;
  std::int32_t window = 100;
};

constexpr auto fields(const CalibrationRule*) {
  using C = CalibrationRule;
  return std::tuple{
      field("refinement", &C::refinement, "where targets come from"),
      field("discrimination_epochs", &C::discrimination_epochs, "epochs on labels between calibrations"),
      field("bins", &C::bins, "bins of CaPE-bin"),
      field("bandwidth", &C::bandwidth, "sigma of CaPE-kde, in probability"),
      field("window", &C::window, "places to each side that CaPE-kde looks at")};
}

/// Loss, targets and order of epochs of a refinement, for training samples of these labels. `held_out` are
/// predictions for them by networks that did not see them, for cross-fitted targets; otherwise empty.
[[nodiscard]] Method method_of(const CalibrationRule& rule, Labels label, std::vector<double> held_out = {});
[[nodiscard]] double passes(const CalibrationRule& rule);

struct RefinedTraining {
  SyntheticData data;
  NetworkShape network;
  Recipe recipe;
  std::vector<Ref<Trained>> start;  ///< one
  bool from_last = false;           ///< negative control: from the network that has memorised its labels
  Refinement refinement = Refinement::cape_bin;
  std::int32_t discrimination_epochs = 2;  ///< k: epochs on labels for each calibration epoch
  std::int32_t bins = 5;
  double bandwidth = 0.05;
  std::int32_t window = 100;
  std::vector<Ref<HeldOut>> held_out;  ///< all folds in order, for cross-fitted targets; otherwise none
};

constexpr auto fields(const RefinedTraining*) {
  using R = RefinedTraining;
  return std::tuple{
      field("data", &R::data, "images and outcomes"),
      field("network", &R::network, "network"),
      field("recipe", &R::recipe, "how it is trained"),
      field("start", &R::start, "the training that it goes on from"),
      field("from_last", &R::from_last, "from its last epoch, not its best"),
      field("refinement", &R::refinement, "where targets come from"),
      field("discrimination_epochs", &R::discrimination_epochs, "epochs on labels between calibrations"),
      field("bins", &R::bins, "bins of CaPE-bin"),
      field("bandwidth", &R::bandwidth, "sigma of CaPE-kde, in probability"),
      field("window", &R::window, "places to each side that CaPE-kde looks at"),
      field("held_out", &R::held_out, "predictions that cross-fitted targets come from, all folds in order")};
}

Trained refine(const RefinedTraining& input, TaskContext& context);
double seconds(const RefinedTraining& input);

inline const Task<RefinedTraining, Trained> kRefinedTraining{
    "deep_probability.refinement",
    1,
    refine,
    "a trained network trained on, with calibrated targets or without",
    seconds,
    [](const RefinedTraining& input) { return input.recipe.shards; }};

}  // namespace reprise::deep_probability
