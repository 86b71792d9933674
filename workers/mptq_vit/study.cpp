#include "workers/mptq_vit/study.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "pipeline/base/errors.hpp"
#include "workers/common/fashion_images.hpp"
#include "workers/mptq_vit/checkpoints.hpp"
#include "workers/mptq_vit/output_search.hpp"
#include "workers/mptq_vit/published_accuracy.hpp"
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

/// A result; none where its task failed or, in a plan, is still to run: for what no later task depends on.
template <class Output>
std::optional<Output> if_there(const Results<Output>& results, std::size_t i) {
  try {
    return results.get(i);
  } catch (const NeedsResults&) {
    return std::nullopt;
  }
}

/// Whether a result came of its task; in a plan, that it will.
template <class Output>
bool is_made(const Results<Output>& results, std::size_t i) {
  try {
    return results.get(i).has_value();
  } catch (const NeedsResults&) {
    return true;
  }
}

/// Each text once, in the order in which they came.
class Texts {
 public:
  void add(const std::string& text) {
    if (seen_.insert(text).second) all_.push_back(text);
  }
  [[nodiscard]] const std::vector<std::string>& all() const { return all_; }

 private:
  std::set<std::string> seen_;
  std::vector<std::string> all_;
};

void require_images(const std::vector<StudyModel>& models, const std::vector<CalibrationOrder>& orders) {
  for (const auto& order : orders) {
    const auto& model = models[order.model];
    const auto there = image_count(model.images, Part::training);
    if (order.count > there)
      throw UsageError(fmt::format("{} can't be calibrated on {} images: there are {} training images",
                                   title_of(model.name), order.count, there));
  }
}

}  // namespace

std::vector<StudyModel> prepare_models(Run& run, const std::vector<ModelName>& names, double deit_crop) {
  std::vector<StudyModel> models;
  std::vector<VitTraining> trainings;
  Texts problems;
  Texts remarks;
  const auto look = [&](const auto& find) {
    try {
      find();
    } catch (const UsageError& error) {
      problems.add(error.what());
    }
  };
  for (const auto name : names) {
    StudyModel model{name, {name, {}, 0, 0, false}, {}, Units(shape_of(name))};
    if (is_trained_here(name)) {
      look([&] {
        const auto digest = fashion_digest();
        model.images = {ImageSet::fashion_mnist, 0, digest.high, digest.low};
        trainings.push_back(training_of(name));
        trainings.back().digest_high = digest.high;
        trainings.back().digest_low = digest.low;
      });
    } else {
      look([&] {
        const auto digest = checkpoint_digest(name);
        model.source.digest_high = digest.high;
        model.source.digest_low = digest.low;
      });
      look([&] {
        model.images = imagenet_source(name, deit_crop);
        for (const auto& remark : remarks_on(model.images)) remarks.add(remark);
      });
    }
    models.push_back(std::move(model));
  }
  if (!problems.all().empty()) throw UsageError(fmt::format("{}", fmt::join(problems.all(), "\n\n")));
  for (const auto& remark : remarks.all()) run.note(remark);
  if (trainings.empty()) return models;
  const auto trained = run.map(kVitTraining, trainings, "training");
  std::size_t next = 0;
  for (auto& model : models)
    if (is_trained_here(model.name)) model.source.trained = {trained.ref(next++)};
  return models;
}

std::vector<std::vector<Ref<Calibration>>> calibrate(Run& run, const std::vector<StudyModel>& models,
                                                     const std::vector<CalibrationOrder>& orders) {
  require_images(models, orders);
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
  Wanted<OutputSearch> outputs;
  std::vector<std::vector<std::size_t>> steps_of(orders.size());
  std::vector<std::vector<std::size_t>> weights_of(orders.size());
  std::vector<std::vector<std::size_t>> outputs_of(orders.size());
  for (std::size_t i = 0; i < orders.size(); ++i) {
    const auto& [which, seed, count, recipe, bits] = orders[i];
    const auto& model = models[which];
    std::vector<Ref<Fold>> fold;
    if (has_fold(orders[i])) fold.push_back(folded.ref(fold_of[i]));
    const bool by_outputs = recipe.outputs.score != OutputScore::none;
    for (std::int32_t step = 0; step < nn::step_count(shape_of(model.name)); ++step) {
      steps_of[i].push_back(steps.add({set_of(model, orders[i]), fold, recipe, bits, step}));
      if (by_outputs)
        outputs_of[i].push_back(outputs.add({set_of(model, orders[i]), fold, recipe, bits, step}));
    }
    if (by_outputs) continue;  // weights are searched together with what they multiply
    for (std::size_t unit = 0; unit < model.units.weight_count(); ++unit)
      weights_of[i].push_back(
          weights.add({model.source, fold, recipe.weights, bits, static_cast<std::uint32_t>(unit)}));
  }
  const auto activations = run.map(kStepSearch, steps.inputs(), "quantizers of activations");
  const auto layers = run.map(kWeightSearch, weights.inputs(), "quantizers of weights");
  const auto products = run.map(kOutputSearch, outputs.inputs(), "quantizers by outputs");

  std::vector<CalibrationParts> all(orders.size());
  for (std::size_t i = 0; i < orders.size(); ++i) {
    all[i].integer_functions = orders[i].recipe.integer_functions;
    if (has_fold(orders[i])) all[i].fold.push_back(folded.ref(fold_of[i]));
    for (const auto part : weights_of[i]) all[i].parts.push_back(layers.ref(part));
    for (const auto part : steps_of[i]) all[i].parts.push_back(activations.ref(part));
    for (const auto part : outputs_of[i]) all[i].parts.push_back(products.ref(part));
  }
  const auto made = run.map(kCalibration, all, "calibration");
  std::vector<std::vector<Ref<Calibration>>> calibrations(orders.size());
  for (std::size_t i = 0; i < orders.size(); ++i)
    if (is_made(made, i)) calibrations[i].push_back(made.ref(i));
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
                                   const std::vector<EvaluationOrder>& orders, std::uint32_t images,
                                   const std::string& stage) {
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
  const auto found = run.map(kEvaluation, inputs, stage);
  std::vector<Accuracy> accuracies(orders.size());
  std::vector<bool> whole(orders.size(), true);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto predictions = if_there(found, i);
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

std::vector<Accuracy> evaluate_single_precision(Run& run, const std::vector<StudyModel>& models,
                                                std::uint32_t images) {
  std::vector<EvaluationOrder> orders;
  for (std::size_t m = 0; m < models.size(); ++m) orders.push_back({m, {}, {}});
  auto accuracies = evaluate_all(run, models, orders, images, "single precision");
  for (std::size_t m = 0; m < models.size(); ++m)
    if (const auto note = single_precision_note(models[m].name, accuracies[m]); !note.empty()) run.note(note);
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
