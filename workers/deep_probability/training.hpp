#pragma once

#include <functional>
#include <string>
#include <vector>

#include "workers/common/trainer.hpp"
#include "workers/deep_probability/losses.hpp"
#include "workers/deep_probability/samples.hpp"

namespace reprise::deep_probability {

/// How a network is trained (code of Liu et al., ICML 2022): stochastic gradient descent with momentum,
/// weight decay on everything, a rate that falls when the validation log-loss no longer does.
struct Recipe {
  std::int32_t epochs = 16;
  std::int32_t batch = 64;
  double rate = 0.1;
  double momentum = 0.9;
  double decay = 5e-4;
  std::int32_t patience = 5;  ///< epochs on a plateau before the rate falls
  std::int32_t shards = 1;    ///< of a batch: as many ranks may share a training
  bool watch = false;         ///< looks for signs of memorisation after each epoch
};

constexpr auto fields(const Recipe*) {
  using R = Recipe;
  return std::tuple{
      field("epochs", &R::epochs, "epochs, all of which are run"),
      field("batch", &R::batch, "samples in a step"),
      field("rate", &R::rate, "learning rate at first"),
      field("momentum", &R::momentum, "momentum"),
      field("decay", &R::decay, "weight decay, on all parameters"),
      field("patience", &R::patience, "epochs on a plateau before the rate is halved"),
      field("shards", &R::shards,
            "parts of a batch, each with batch norm of its own: as many ranks may share a training"),
      field("watch", &R::watch,
            "whether training samples are evaluated after each epoch too, for signs of memorisation: a third "
            "more time")};
}

/// What is known after each epoch, [epochs].
struct Curve {
  std::vector<double> training_loss;      ///< mean over the epoch's samples, nat
  std::vector<double> validation_loss;    ///< log-loss of the labels, nat
  std::vector<double> squared_error;      ///< MSE_p of the validation samples; empty where no truth is known
  std::vector<double> divergence;         ///< KL_p of them, nat; empty where no truth is known
  std::vector<double> rate;               ///< learning rate during the epoch
  std::vector<std::uint8_t> calibrating;  ///< 1 where the targets were CaPE's

  // Signs of memorisation (memorisation_alarm.hpp), where the recipe watches for them; else empty.
  std::vector<double> brier_gap;        ///< Brier score of the validation samples less the training samples'
  std::vector<double> brier_gap_error;  ///< its standard error
  std::vector<double> memorised;        ///< share of training samples with |p - y| < 0.1
  std::vector<double> validation_memorised;  ///< the same of the validation samples
  std::vector<double>
      self_check;  ///< of the training samples, in its standard deviations; where the truth is known
};

constexpr auto fields(const Curve*) {
  using C = Curve;
  return std::tuple{
      field("training_loss", &C::training_loss, "mean over the epoch's samples", "nat"),
      field("validation_loss", &C::validation_loss, "log-loss of the labels", "nat"),
      field("squared_error", &C::squared_error, "MSE_p of the validation samples, where it is known"),
      field("divergence", &C::divergence, "KL_p of the validation samples, where it is known", "nat"),
      field("rate", &C::rate, "learning rate"),
      field("calibrating", &C::calibrating, "1 in calibration epochs"),
      field("brier_gap", &C::brier_gap,
            "Brier score of the validation samples less that of the training samples"),
      field("brier_gap_error", &C::brier_gap_error, "its standard error"),
      field("memorised", &C::memorised, "share of training samples predicted within 0.1 of their outcome"),
      field("validation_memorised", &C::validation_memorised, "the same of the validation samples"),
      field("self_check", &C::self_check,
            "excess of the training samples' Brier score, in standard deviations, where the truth is known")};
}

/// A network at one epoch, and what it says.
struct Snapshot {
  std::int32_t epoch = -1;         ///< from 0; -1: none
  std::vector<float> parameters;   ///< all of them, then running means and variances, in the network's order
  std::vector<double> validation;  ///< logits [n, 2]
  std::vector<double> test;        ///< logits [n, 2]
  std::vector<double> training;    ///< p of the event [n]
};

constexpr auto fields(const Snapshot*) {
  using S = Snapshot;
  return std::tuple{field("epoch", &S::epoch, "after which epoch, from 0"),
                    field("parameters", &S::parameters, "all parameters, then running means and variances"),
                    field("validation", &S::validation, "logits of the validation images, in pairs"),
                    field("test", &S::test, "logits of the test images, in pairs"),
                    field("training", &S::training, "probability of the event for the training images")};
}

/// What comes of a training: the network with the smallest validation loss, and the last.
struct Trained {
  Snapshot best;
  Snapshot last;
  Curve curve;
  std::vector<double> targets;  ///< of each calibration epoch, one after another; empty without
};

constexpr auto fields(const Trained*) {
  using T = Trained;
  return std::tuple{field("best", &T::best, "at the smallest validation log-loss"),
                    field("last", &T::last, "at the end"), field("curve", &T::curve, "epoch by epoch"),
                    field("targets", &T::targets, "of each calibration epoch, one after another")};
}

/// What differs between methods.
struct Method {
  /// Targets of an epoch, [training images]; `predicted` computes the network's probabilities for them.
  std::function<std::vector<double>(std::int32_t epoch,
                                    const std::function<std::vector<double>()>& predicted)>
      targets;
  std::function<bool(std::int32_t epoch)> calibrating = [](std::int32_t) { return false; };
  std::function<LossValue(LogitView logits, std::span<const double> targets)> loss;
  /// Which of the seed's epoch orders an epoch takes.
  std::function<std::uint64_t(std::int32_t epoch)> order = [](std::int32_t epoch) {
    return static_cast<std::uint64_t>(epoch);
  };
  double worst_loss = std::numeric_limits<double>::infinity();  ///< that the first epoch must beat
  double adversarial = 0;                                       ///< step in pixel values; 0: none
  bool counts_clean_twice = false;  ///< the official code's slip: 2 grad L(x) + grad L(x')
};

/// Trains from the network as it is, on the ranks of the task's group together. Goes on from the task's
/// checkpoint where there is one, to the same bits. The order of an epoch's samples depends on `seed`.
Trained train(nn::Module& network, const SplitSamples& samples, std::uint64_t seed, const Recipe& recipe,
              const Method& method, TaskContext& context);

/// Logits [n, 2]; evaluation mode, running moments are left alone. Members of the group share the work.
[[nodiscard]] std::vector<double> logits_of(nn::Module& network, const SplitSamples& samples,
                                            const SampleSet& part, Group& group);

}  // namespace reprise::deep_probability
