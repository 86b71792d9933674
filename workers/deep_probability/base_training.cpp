#include "workers/deep_probability/base_training.hpp"

#include "kernels/density/flush_denormals.hpp"
#include "kernels/expects.hpp"
#include "workers/deep_probability/calibration_kernel_loss.hpp"
#include "workers/deep_probability/random_design.hpp"
#include "workers/deep_probability/targets.hpp"
#include "workers/deep_probability/training_cost.hpp"

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

}  // namespace

Method method_of(Objective objective, std::uint32_t member, Labels label,
                 std::function<std::vector<std::uint8_t>(std::uint64_t)> redrawn) {
  Method method;
  method.loss = loss_of(objective);
  method.targets = [=, redrawn = std::move(redrawn)](std::int32_t epoch, const auto&) {
    if (objective != Objective::infinite_data) return hard_targets(label);
    return hard_targets(redrawn(static_cast<std::uint64_t>(epoch)));
  };
  if (is_member(objective)) {
    method.order = [member](std::int32_t epoch) {
      return member_epoch(member, static_cast<std::uint64_t>(epoch));
    };
    method.adversarial = objective == Objective::ensemble_member_plain ? 0 : kAdversarialStep;
    method.counts_clean_twice = objective == Objective::ensemble_member_official;
  }
  return method;
}

Method method_of(const CalibrationRule& rule, Labels label, std::vector<double> held_out) {
  expects(held_out.size() == (rule.refinement == Refinement::cape_cross_fitted ? label.size() : 0),
          "cross-fitted targets, and no others, come from a held-out prediction for each sample");
  Method method;
  method.loss = cross_entropy;
  method.worst_loss = 1e4;
  method.order = [](std::int32_t epoch) { return fine_tuning_epoch(static_cast<std::uint64_t>(epoch)); };
  if (rule.refinement != Refinement::control)
    method.calibrating = [rule](std::int32_t epoch) { return epoch % (rule.discrimination_epochs + 1) == 0; };
  method.targets = [rule, label, held_out = std::move(held_out), calibrating = method.calibrating](
                       std::int32_t epoch, const auto& predicted) {
    if (!calibrating(epoch)) return hard_targets(label);
    switch (rule.refinement) {
      case Refinement::cape_kernel:
        return kernel_targets(predicted(), label, rule.bandwidth, rule.window);
      case Refinement::cape_isotonic:
        return isotonic_targets(predicted(), label);
      case Refinement::cape_cross_fitted:
        return bin_targets(held_out, label, rule.bins);
      default:
        return bin_targets(predicted(), label, rule.bins);
    }
  };
  return method;
}

double passes(Objective objective) {
  return objective == Objective::ensemble_member            ? 2
         : objective == Objective::ensemble_member_official ? 3
                                                            : 1;
}

double passes(const CalibrationRule& rule) {
  const double calibrations =
      rule.refinement == Refinement::control ? 0 : 1.0 / (rule.discrimination_epochs + 1);
  return 1 + calibrations / 3;
}

Trained train_from_start(const BaseTraining& input, TaskContext& context) {
  const FlushDenormals flush;
  const ImageSet images(input.data);
  const auto seed = input.data.seed;
  const auto network = make_network(input.network, parameter_seed(seed, input.member));
  const auto method = method_of(input.objective, input.member, images.training().label,
                                [&](std::uint64_t epoch) { return images.redrawn_labels(epoch); });
  return train(*network, images.samples(), seed, input.recipe, method, context);
}

Trained refine(const RefinedTraining& input, TaskContext& context) {
  const FlushDenormals flush;
  const ImageSet images(input.data);
  const auto network = make_network(input.network, parameter_seed(input.data.seed));
  const auto start = context.result(input.start.at(0));
  unflatten(input.from_last ? start.last.parameters : start.best.parameters, *network);
  std::vector<double> held_out;
  if (input.refinement == Refinement::cape_cross_fitted) {
    std::vector<HeldOut> folds;
    for (const auto& fold : input.held_out) folds.push_back(context.result(fold));
    held_out = in_order_of_samples(folds, images.training().count());
  }
  const auto method =
      method_of({input.refinement, input.discrimination_epochs, input.bins, input.bandwidth, input.window},
                images.training().label, std::move(held_out));
  return train(*network, images.samples(), input.data.seed, input.recipe, method, context);
}

double seconds(const BaseTraining& input) {
  return training_seconds(input.data, input.network, input.recipe, passes(input.objective));
}

double seconds(const RefinedTraining& input) {
  return training_seconds(input.data, input.network, input.recipe,
                          passes({input.refinement, input.discrimination_epochs}));
}

}  // namespace reprise::deep_probability
