#include "workers/deep_probability/cross_fitting.hpp"

#include "kernels/density/flush_denormals.hpp"
#include "kernels/expects.hpp"
#include "workers/deep_probability/random_design.hpp"
#include "workers/deep_probability/training_cost.hpp"

namespace reprise::deep_probability {
namespace {

std::vector<std::uint32_t> members(std::uint32_t count, std::int32_t folds, std::int32_t fold, bool inside) {
  expects(folds >= 2 && fold >= 0 && fold < folds, "a fold is one of two or more");
  std::vector<std::uint32_t> chosen;
  for (std::uint32_t j = 0; j < count; ++j)
    if ((j % static_cast<std::uint32_t>(folds) == static_cast<std::uint32_t>(fold)) == inside)
      chosen.push_back(j);
  return chosen;
}

}  // namespace

std::vector<std::uint32_t> fold_members(std::uint32_t count, std::int32_t folds, std::int32_t fold) {
  return members(count, folds, fold, true);
}

std::vector<std::uint32_t> fold_complement(std::uint32_t count, std::int32_t folds, std::int32_t fold) {
  return members(count, folds, fold, false);
}

HeldOut predict_held_out(const FoldTraining& input, TaskContext& context) {
  const FlushDenormals flush;
  const ImageSet all(input.data);
  const auto count = all.training().count();
  const auto others = all.with_training(fold_complement(count, input.folds, input.fold));
  const auto network = make_network(input.network, parameter_seed(input.data.seed));
  Method method;
  method.loss = cross_entropy;
  method.targets = [&](std::int32_t, const auto&) { return hard_targets(others.training().label); };
  const auto trained = train(*network, others.samples(), input.data.seed, input.recipe, method, context);
  unflatten(trained.best.parameters, *network);
  const auto fold = all.with_training(fold_members(count, input.folds, input.fold));
  const auto samples = fold.samples();
  return {event_probabilities(logits_of(*network, samples, samples.training, context.group())),
          trained.best.epoch};
}

double seconds(const FoldTraining& input) {
  return training_seconds(input.data, input.network, input.recipe, 1 - 1.0 / input.folds);
}

std::vector<double> in_order_of_samples(const std::vector<HeldOut>& folds, std::uint32_t count) {
  std::vector<double> predicted(count);
  expects(folds.size() >= 2, "every sample is held out once: there are two folds or more");
  const auto all = static_cast<std::int32_t>(folds.size());
  for (std::int32_t f = 0; f < all; ++f) {
    const auto& fold = folds[static_cast<std::size_t>(f)].predicted;
    const auto places = fold_members(count, all, f);
    expects(fold.size() == places.size(), "every sample is held out once");
    for (std::size_t k = 0; k < places.size(); ++k) predicted[places[k]] = fold[k];
  }
  return predicted;
}

}  // namespace reprise::deep_probability
