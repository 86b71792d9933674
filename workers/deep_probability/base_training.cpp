#include "workers/deep_probability/base_training.hpp"

#include "kernels/density/flush_denormals.hpp"
#include "workers/deep_probability/calibration_kernel_loss.hpp"
#include "workers/deep_probability/random_design.hpp"
#include "workers/deep_probability/targets.hpp"

namespace reprise::deep_probability {
namespace {

constexpr double kAdversarialStep = 0.01;
constexpr double kKernelCalibrationWeight = 3;

bool is_member(Objective objective) {
  return objective == Objective::ensemble_member || objective == Objective::ensemble_member_official ||
         objective == Objective::ensemble_member_plain;
}

std::function<LossValue(LogitView, std::span<const double>)> loss_of(Objective objective) {
  const auto kernel_calibration = [](PairWeights weights) {
    return [weights](LogitView logits, std::span<const double> labels) {
      return kernel_calibration_loss(logits, labels, kKernelCalibrationWeight, weights);
    };
  };
  switch (objective) {
    case Objective::label_smoothing:
      return [](LogitView logits, std::span<const double> targets) {
        return smoothed_cross_entropy(logits, targets);
      };
    case Objective::focal:
      return [](LogitView logits, std::span<const double> labels) { return focal_loss(logits, labels); };
    case Objective::confidence_penalty:
      return
          [](LogitView logits, std::span<const double> labels) { return confidence_penalty(logits, labels); };
    case Objective::kernel_calibration:
      return kernel_calibration(PairWeights::official);
    case Objective::kernel_calibration_weighted:
      return kernel_calibration(PairWeights::weighted);
    default:
      return cross_entropy;
  }
}

double seconds_of(const SyntheticData& data, const NetworkShape& network, const Recipe& recipe,
                  double passes) {
  constexpr double kRate =
      3e10;  // multiplications and additions a second, of small networks, all around included
  const double images = passes * data.training + data.validation / 3.0;
  return 1 + recipe.epochs * images * multiplications(network) * 2 * 3 / kRate;
}

}  // namespace

Trained train_from_start(const BaseTraining& input, TaskContext& context) {
  const FlushDenormals flush;
  const ImageSet images(input.data);
  const auto seed = input.data.seed;
  const auto network = make_network(input.network, parameter_seed(seed, input.member));
  Method method;
  method.loss = loss_of(input.objective);
  method.targets = [&](std::int32_t epoch, const auto&) {
    const auto& part = images.training();
    if (input.objective != Objective::infinite_data) return hard_targets(part.label);
    return hard_targets(images.redrawn_labels(static_cast<std::uint64_t>(epoch)));
  };
  if (is_member(input.objective)) {
    method.order = [&](std::int32_t epoch) {
      return member_epoch(input.member, static_cast<std::uint64_t>(epoch));
    };
    method.adversarial = input.objective == Objective::ensemble_member_plain ? 0 : kAdversarialStep;
    method.counts_clean_twice = input.objective == Objective::ensemble_member_official;
  }
  return train(*network, images.samples(), seed, input.recipe, method, context);
}

Trained refine(const RefinedTraining& input, TaskContext& context) {
  const FlushDenormals flush;
  const ImageSet images(input.data);
  const auto network = make_network(input.network, parameter_seed(input.data.seed));
  const auto start = context.result(input.start.at(0));
  unflatten(input.from_last ? start.last.parameters : start.best.parameters, *network);
  Method method;
  method.loss = cross_entropy;
  method.worst_loss = 1e4;
  method.order = [](std::int32_t epoch) { return fine_tuning_epoch(static_cast<std::uint64_t>(epoch)); };
  if (input.refinement != Refinement::control)
    method.calibrating = [&](std::int32_t epoch) { return epoch % (input.discrimination_epochs + 1) == 0; };
  method.targets = [&](std::int32_t epoch, const auto& predicted) {
    const auto& label = images.training().label;
    if (!method.calibrating(epoch)) return hard_targets(label);
    switch (input.refinement) {
      case Refinement::cape_kernel:
        return kernel_targets(predicted(), label, input.bandwidth, input.window);
      case Refinement::cape_isotonic:
        return isotonic_targets(predicted(), label);
      default:
        return bin_targets(predicted(), label, input.bins);
    }
  };
  return train(*network, images.samples(), input.data.seed, input.recipe, method, context);
}

double seconds(const BaseTraining& input) {
  const double passes = input.objective == Objective::ensemble_member            ? 2
                        : input.objective == Objective::ensemble_member_official ? 3
                                                                                 : 1;
  return seconds_of(input.data, input.network, input.recipe, passes);
}

double seconds(const RefinedTraining& input) {
  const double calibrations =
      input.refinement == Refinement::control ? 0 : 1.0 / (input.discrimination_epochs + 1);
  return seconds_of(input.data, input.network, input.recipe, 1 + calibrations / 3);
}

}  // namespace reprise::deep_probability
