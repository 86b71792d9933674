#include "workers/mptq_vit/study.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "pipeline/base/errors.hpp"
#include "workers/common/fashion_images.hpp"
#include "workers/mptq_vit/checkpoints.hpp"
#include "workers/mptq_vit/recent.hpp"

namespace reprise::mptq_vit {
namespace {

constexpr std::uint32_t kImagesOfShare = 32;        // of a calibration set
constexpr std::uint32_t kImagesOfEvaluation = 500;  // of a task

/// Inputs asked for once each, however many orders want them.
template <class Input>
class Wanted {
 public:
  std::size_t add(const Input& input) {
    const auto [found, added] = place_.try_emplace(key_of_value(input), inputs_.size());
    if (added) inputs_.push_back(input);
    return found->second;
  }
  [[nodiscard]] const std::vector<Input>& inputs() const { return inputs_; }

 private:
  std::map<Key, std::size_t> place_;
  std::vector<Input> inputs_;
};

CalibrationSet set_of(const StudyModel& model, const CalibrationOrder& order) {
  return {model.source, model.images, order.seed, order.count};
}

std::vector<ImageShare> shares_of(const CalibrationSet& set) {
  std::vector<ImageShare> shares;
  for (std::uint32_t first = 0; first < set.count; first += kImagesOfShare)
    shares.push_back({set, first, std::min(kImagesOfShare, set.count - first)});
  return shares;
}

}  // namespace

std::vector<StudyModel> prepare_models(Run& run, const std::vector<ModelName>& names) {
  std::vector<StudyModel> models;
  std::vector<VitTraining> trainings;
  std::string missing;
  for (const auto name : names) {
    StudyModel model{name, {name, {}, 0, 0, false}, {}, Units(shape_of(name))};
    try {
      if (is_trained_here(name)) {
        const auto digest = fashion_digest();
        model.images = {ImageSet::fashion_mnist, 0, digest.high, digest.low};
        trainings.push_back(training_of(name));
        trainings.back().digest_high = digest.high;
        trainings.back().digest_low = digest.low;
      } else {
        const auto digest = checkpoint_digest(name);
        model.source.digest_high = digest.high;
        model.source.digest_low = digest.low;
        model.images = imagenet_source(name);
      }
    } catch (const UsageError& error) {
      missing += (missing.empty() ? "" : "\n") + std::string(error.what());
    }
    models.push_back(std::move(model));
  }
  if (!missing.empty()) throw UsageError(missing);
  if (trainings.empty()) return models;
  const auto trained = run.map(kVitTraining, trainings, "training");
  std::size_t next = 0;
  for (auto& model : models)
    if (is_trained_here(model.name)) model.source.trained = {trained.ref(next++)};
  return models;
}

std::vector<std::vector<Ref<Calibration>>> calibrate(Run& run, const std::vector<StudyModel>& models,
                                                     const std::vector<CalibrationOrder>& orders) {
  const auto has_fold = [](const CalibrationOrder& order) {
    return order.recipe.smoothing != Smoothing::none;
  };
  Wanted<ImageShare> shares;
  std::vector<std::vector<std::size_t>> share_of(orders.size());
  for (std::size_t i = 0; i < orders.size(); ++i) {
    if (!has_fold(orders[i])) continue;
    for (const auto& share : shares_of(set_of(models[orders[i].model], orders[i])))
      share_of[i].push_back(shares.add(share));
  }
  const auto ranges = run.map(kRanges, shares.inputs(), "ranges");

  Wanted<FoldRule> folds;
  std::vector<std::size_t> fold_of(orders.size());
  for (std::size_t i = 0; i < orders.size(); ++i) {
    if (!has_fold(orders[i])) continue;
    const auto& recipe = orders[i].recipe;
    FoldRule rule{set_of(models[orders[i].model], orders[i]), {}, recipe.smoothing, recipe.alpha, 0};
    if (recipe.smoothing == Smoothing::reparametrisation) rule.bits = orders[i].bits.at(0);
    for (const auto share : share_of[i]) rule.ranges.push_back(ranges.ref(share));
    fold_of[i] = folds.add(rule);
  }
  const auto folded = run.map(kFold, folds.inputs(), "folds");

  Wanted<StepSearch> steps;
  Wanted<WeightSearch> weights;
  std::vector<std::vector<std::size_t>> steps_of(orders.size());
  std::vector<std::vector<std::size_t>> weights_of(orders.size());
  for (std::size_t i = 0; i < orders.size(); ++i) {
    const auto& [which, seed, count, recipe, bits] = orders[i];
    const auto& model = models[which];
    std::vector<Ref<Fold>> fold;
    if (has_fold(orders[i])) fold.push_back(folded.ref(fold_of[i]));
    for (std::int32_t step = 0; step < nn::step_count(shape_of(model.name)); ++step)
      steps_of[i].push_back(steps.add({set_of(model, orders[i]), fold, recipe, bits, step}));
    for (std::size_t unit = 0; unit < model.units.weight_count(); ++unit)
      weights_of[i].push_back(
          weights.add({model.source, fold, recipe.weights, bits, static_cast<std::uint32_t>(unit)}));
  }
  const auto activations = run.map(kStepSearch, steps.inputs(), "quantizers of activations");
  const auto layers = run.map(kWeightSearch, weights.inputs(), "quantizers of weights");

  std::vector<CalibrationParts> all(orders.size());
  for (std::size_t i = 0; i < orders.size(); ++i) {
    if (has_fold(orders[i])) all[i].fold.push_back(folded.ref(fold_of[i]));
    for (const auto part : weights_of[i]) all[i].parts.push_back(layers.ref(part));
    for (const auto part : steps_of[i]) all[i].parts.push_back(activations.ref(part));
  }
  const auto made = run.map(kCalibration, all, "calibration");
  std::vector<std::vector<Ref<Calibration>>> calibrations(orders.size());
  for (std::size_t i = 0; i < orders.size(); ++i)
    if (made.get(i)) calibrations[i].push_back(made.ref(i));
  return calibrations;
}

Ref<Fold> fold(Run& run, const CalibrationSet& set, const Recipe& recipe) {
  FoldRule rule{set, {}, recipe.smoothing, recipe.alpha, 0};
  const auto shares = shares_of(set);
  const auto ranges = run.map(kRanges, shares, "ranges");
  for (std::size_t i = 0; i < shares.size(); ++i) rule.ranges.push_back(ranges.ref(i));
  return run.map(kFold, std::vector{rule}, "folds").ref(0);
}

double Accuracy::percent() const {
  const auto hits = std::accumulate(hit.begin(), hit.end(), std::size_t{0});
  return 100 * static_cast<double>(hits) / static_cast<double>(hit.size());
}

std::vector<Accuracy> evaluate_all(Run& run, const std::vector<StudyModel>& models,
                                   const std::vector<EvaluationOrder>& orders, std::uint32_t images) {
  std::vector<Evaluation> inputs;
  std::vector<std::size_t> order_of;
  for (std::size_t i = 0; i < orders.size(); ++i) {
    const auto& model = models[orders[i].model];
    const auto there = image_count(model.images, Part::test);
    const auto all = images == 0 ? there : std::min(images, there);
    for (std::uint32_t first = 0; first < all; first += kImagesOfEvaluation) {
      inputs.push_back({{model.source, orders[i].calibration, orders[i].bits},
                        model.images,
                        first,
                        std::min(kImagesOfEvaluation, all - first),
                        orders[i].packed,
                        orders[i].logits});
      order_of.push_back(i);
    }
  }
  const auto found = run.map(kEvaluation, inputs, "evaluation");
  std::vector<Accuracy> accuracies(orders.size());
  std::vector<bool> whole(orders.size(), true);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto predictions = found.get(i);
    auto& accuracy = accuracies[order_of[i]];
    if (!predictions) {
      whole[order_of[i]] = false;
      continue;
    }
    accuracy.hit.insert(accuracy.hit.end(), predictions->hit.begin(), predictions->hit.end());
    accuracy.predicted.insert(accuracy.predicted.end(), predictions->predicted.begin(),
                              predictions->predicted.end());
    accuracy.logits.insert(accuracy.logits.end(), predictions->logits.begin(), predictions->logits.end());
    for (const auto one : predictions->among_five) accuracy.among_five += one;
  }
  for (std::size_t i = 0; i < orders.size(); ++i) {
    if (!whole[i]) accuracies[i] = {};
    accuracies[i].among_five *=
        100.0 / static_cast<double>(std::max<std::size_t>(accuracies[i].hit.size(), 1));
  }
  return accuracies;
}

std::optional<Estimate> paired_gain(const Accuracy& a, const Accuracy& b) {
  if (a.hit.empty() || a.hit.size() != b.hit.size()) return std::nullopt;
  std::vector<double> gain;
  for (std::size_t i = 0; i < a.hit.size(); ++i) gain.push_back(100.0 * (a.hit[i] - b.hit[i]));
  return mean_with_error(gain);
}

std::optional<Estimate> mean_accuracy(const std::vector<Accuracy>& accuracies) {
  RunningMoments percents;
  std::size_t images = 0;
  for (const auto& one : accuracies) {
    if (one.hit.empty()) continue;
    percents.add(one.percent());
    images = one.hit.size();
  }
  if (percents.count() == 0) return std::nullopt;
  const double p = percents.mean() / 100;
  const double of_images = 100 * std::sqrt(p * (1 - p) / static_cast<double>(images));
  return Estimate{percents.mean(), std::hypot(of_images, percents.standard_error())};
}

}  // namespace reprise::mptq_vit
