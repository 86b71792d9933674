#include "workers/deep_probability/training.hpp"

#include <algorithm>
#include <numeric>

#include "kernels/autodiff/functions.hpp"
#include "kernels/optimise/plateau_schedule.hpp"
#include "workers/deep_probability/memorisation_alarm.hpp"
#include "workers/deep_probability/metrics.hpp"
#include "workers/deep_probability/random_design.hpp"

namespace reprise::deep_probability {

/// What a training goes on from, beside the Trainer's own state.
struct Progress {
  double rate = 0;
  double plateau_best = 0;
  std::int32_t bad_epochs = 0;
  std::vector<double> targets;      ///< of this epoch
  std::vector<double> all_targets;  ///< of calibration epochs
  Curve curve;
};

constexpr auto fields(const Progress*) {
  using P = Progress;
  return std::tuple{field("rate", &P::rate, "learning rate"),
                    field("plateau_best", &P::plateau_best, "least loss that the schedule saw"),
                    field("bad_epochs", &P::bad_epochs, "epochs since then"),
                    field("targets", &P::targets, "of this epoch"),
                    field("all_targets", &P::all_targets, "of calibration epochs"),
                    field("curve", &P::curve, "epochs so far")};
}

namespace {

class Training {
 public:
  Training(nn::Module& network, const SplitSamples& samples, std::uint64_t seed, const Recipe& recipe,
           const Method& method, TaskContext& context)
      : network_(network),
        samples_(samples),
        seed_(seed),
        recipe_(recipe),
        method_(method),
        group_(context.group()),
        arena_(network),
        sgd_(arena_, {recipe.momentum, recipe.decay}),
        schedule_(rule()),
        trainer_(network, arena_, sgd_, plan(), context) {}

  Trained run() {
    trainer_.run();
    Trained result;
    result.curve = progress_.curve;
    result.targets = progress_.all_targets;
    result.last = snapshot(recipe_.epochs - 1);
    if (trainer_.best_epoch() >= 0) unflatten(trainer_.best(), network_);
    result.best = snapshot(trainer_.best_epoch());
    return result;
  }

 private:
  [[nodiscard]] nn::PlateauRule rule() const {
    nn::PlateauRule rule;
    rule.rate = recipe_.rate;
    rule.patience = recipe_.patience;
    return rule;
  }

  TrainingPlan plan() {
    TrainingPlan plan;
    plan.epochs = recipe_.epochs;
    plan.batch = recipe_.batch;
    plan.shards = recipe_.shards;
    plan.samples = samples_.training.count();
    plan.worst_loss = method_.worst_loss;
    plan.order = [this](std::int32_t epoch) {
      return epoch_order(seed_, method_.order(epoch), samples_.training.count());
    };
    plan.begin = [this](std::int32_t epoch) {
      progress_.targets = method_.targets(epoch, [this] {
        return event_probabilities(logits_of(network_, samples_, samples_.training, group_));
      });
    };
    plan.loss = [this](const BatchShard& shard) { return loss(shard); };
    plan.rate = [this](std::int32_t, std::int64_t) { return schedule_.rate(); };
    plan.judge = [this](std::int32_t epoch, double training_loss) { return judge(epoch, training_loss); };
    plan.state = [this] {
      progress_.rate = schedule_.state().rate;
      progress_.plateau_best = schedule_.state().best;
      progress_.bad_epochs = schedule_.state().bad_epochs;
      return encode(progress_);
    };
    plan.load = [this](ByteView state) {
      progress_ = decode<Progress>(state);
      schedule_ = nn::PlateauSchedule(rule(), {progress_.rate, progress_.plateau_best, progress_.bad_epochs});
    };
    return plan;
  }

  ShardLoss loss(const BatchShard& shard) {
    auto x = samples_.training.batch(shard.samples);
    std::vector<double> targets;
    for (const auto member : shard.samples) targets.push_back(progress_.targets[member]);
    if (method_.adversarial == 0) return loss_of(x, targets, shard.weight);
    auto clean = nn::Variable::parameter(x);
    auto on_clean = loss_of(clean, targets, shard.weight);
    on_clean.output.backward(on_clean.seed);
    if (method_.counts_clean_twice) {
      auto again = loss_of(x, targets, shard.weight);
      again.output.backward(again.seed);
    }
    nn::Tensor sign = clean.gradient().clone();
    auto* const value = sign.mutable_data<float>();
    for (std::int64_t i = 0; i < sign.elements(); ++i)
      value[i] = value[i] > 0 ? 1.0F : value[i] < 0 ? -1.0F : 0.0F;
    nn::accumulate(x, sign, method_.adversarial);
    auto moved = loss_of(x, targets, shard.weight);
    moved.sum = on_clean.sum;
    return moved;
  }

  ShardLoss loss_of(const nn::Variable& x, const std::vector<double>& targets, double weight) {
    auto logits = network_(x);
    auto found = method_.loss(logits.value().values<float>(), targets);
    if (weight != 1)
      for (auto& slope : found.gradient) slope *= weight;
    auto seed = nn::Tensor::from(found.gradient, logits.shape()).to(nn::DataType::f32);
    return {found.value * static_cast<double>(targets.size()), std::move(logits), std::move(seed)};
  }

  double judge(std::int32_t epoch, double training_loss) {
    const auto& part = samples_.validation;
    const auto predicted = event_probabilities(logits_of(network_, samples_, part, group_));
    const double loss = log_loss(predicted, part.label);
    auto& curve = progress_.curve;
    curve.training_loss.push_back(training_loss);
    curve.validation_loss.push_back(loss);
    if (!part.probability.empty()) {
      const auto truth = truth_metrics(predicted, part.probability);
      curve.squared_error.push_back(truth.squared_error);
      curve.divergence.push_back(truth.divergence);
    }
    if (recipe_.watch) watch(predicted);
    curve.rate.push_back(schedule_.rate());
    curve.calibrating.push_back(method_.calibrating(epoch) ? 1 : 0);
    if (method_.calibrating(epoch))
      progress_.all_targets.insert(progress_.all_targets.end(), progress_.targets.begin(),
                                   progress_.targets.end());
    schedule_.step(loss);
    return loss;
  }

  /// `validation` are the epoch's predictions for the validation samples.
  void watch(std::span<const double> validation) {
    const auto& part = samples_.training;
    const auto training = event_probabilities(logits_of(network_, samples_, part, group_));
    const auto signs = memorisation_signs(training, part.label, validation, samples_.validation.label);
    auto& curve = progress_.curve;
    curve.brier_gap.push_back(signs.gap);
    curve.brier_gap_error.push_back(signs.gap_error);
    curve.memorised.push_back(signs.memorised);
    curve.validation_memorised.push_back(signs.validation_memorised);
    if (part.probability.empty()) return;
    const auto check = self_check(training, part.probability, part.label);
    curve.self_check.push_back(check.deviation > 0 ? check.excess / check.deviation : 0.0);
  }

  Snapshot snapshot(std::int32_t epoch) {
    return {epoch, flatten(network_), logits_of(network_, samples_, samples_.validation, group_),
            logits_of(network_, samples_, samples_.test, group_),
            event_probabilities(logits_of(network_, samples_, samples_.training, group_))};
  }

  nn::Module& network_;
  const SplitSamples& samples_;
  std::uint64_t seed_;
  const Recipe& recipe_;
  const Method& method_;
  Group& group_;
  nn::ParameterArena arena_;
  nn::Sgd sgd_;
  nn::PlateauSchedule schedule_;
  Progress progress_;
  Trainer trainer_;  ///< last: it may load all of the above
};

}  // namespace

Trained train(nn::Module& network, const SplitSamples& samples, std::uint64_t seed, const Recipe& recipe,
              const Method& method, TaskContext& context) {
  return Training(network, samples, seed, recipe, method, context).run();
}

std::vector<double> logits_of(nn::Module& network, const SplitSamples& samples, const SampleSet& part,
                              Group& group) {
  const bool training = network.training();
  network.evaluate();
  const nn::NoGradient constant;
  const auto size = samples.evaluation_batch;
  const auto batches = static_cast<int>((part.count() + size - 1) / size);
  auto logits = group.gather(batches, [&](int batch) {
    const auto from = static_cast<std::uint32_t>(batch) * size;
    std::vector<std::uint32_t> members(std::min(size, part.count() - from));
    std::iota(members.begin(), members.end(), from);
    return network(part.batch(members)).value().values<double>();
  });
  network.train(training);
  return logits;
}

}  // namespace reprise::deep_probability
