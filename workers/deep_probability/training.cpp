#include "workers/deep_probability/training.hpp"

#include <algorithm>
#include <numeric>
#include <optional>

#include "kernels/autodiff/functions.hpp"
#include "kernels/expects.hpp"
#include "workers/deep_probability/metrics.hpp"
#include "workers/deep_probability/random_design.hpp"

namespace reprise::deep_probability {
namespace {

constexpr std::int64_t kEvaluationBatch = 500;

}  // namespace

/// All that a training goes on from after any step.
struct TrainingState {
  std::int32_t epoch = 0;
  std::uint32_t done = 0;  ///< samples of the epoch that were visited
  double loss = 0;         ///< summed over them
  std::int64_t steps = 0;  ///< of the optimiser
  std::vector<float> parameters;
  std::vector<float> velocity;
  double rate = 0;
  double plateau_best = 0;
  std::int32_t bad_epochs = 0;
  double best_loss = 0;
  std::int32_t best_epoch = -1;
  std::vector<float> best_parameters;
  std::vector<double> targets;      ///< of this epoch
  std::vector<double> all_targets;  ///< of calibration epochs
  Curve curve;
};

constexpr auto fields(const TrainingState*) {
  using S = TrainingState;
  return std::tuple{field("epoch", &S::epoch, "epoch"),
                    field("done", &S::done, "samples of the epoch that were visited"),
                    field("loss", &S::loss, "summed over them"),
                    field("steps", &S::steps, "steps of the optimiser"),
                    field("parameters", &S::parameters, "parameters and running moments"),
                    field("velocity", &S::velocity, "the optimiser's"),
                    field("rate", &S::rate, "learning rate"),
                    field("plateau_best", &S::plateau_best, "least loss that the schedule saw"),
                    field("bad_epochs", &S::bad_epochs, "epochs since then"),
                    field("best_loss", &S::best_loss, "least validation loss"),
                    field("best_epoch", &S::best_epoch, "its epoch"),
                    field("best_parameters", &S::best_parameters, "its parameters and running moments"),
                    field("targets", &S::targets, "of this epoch"),
                    field("all_targets", &S::all_targets, "of calibration epochs"),
                    field("curve", &S::curve, "epochs so far")};
}

namespace {

class Trainer {
 public:
  Trainer(nn::ResNet& network, const ImageSet& images, std::uint64_t seed, const Recipe& recipe,
          const Method& method, TaskContext& context)
      : network_(network),
        images_(images),
        seed_(seed),
        recipe_(recipe),
        method_(method),
        context_(context),
        arena_(network),
        sgd_(arena_, {recipe.momentum, recipe.decay}),
        schedule_(rule()) {
    state_.best_loss = method.worst_loss;
    if (auto before = context.restore<TrainingState>()) resume(*std::move(before));
  }

  Trained run() {
    for (; state_.epoch < recipe_.epochs; ++state_.epoch) {
      run_epoch();
      finish_epoch();
    }
    Trained result;
    result.curve = state_.curve;
    result.targets = state_.all_targets;
    result.last = snapshot(recipe_.epochs - 1);
    unflatten(state_.best_parameters, network_);
    result.best = snapshot(state_.best_epoch);
    return result;
  }

 private:
  [[nodiscard]] PlateauRule rule() const {
    PlateauRule rule;
    rule.rate = recipe_.rate;
    rule.patience = recipe_.patience;
    return rule;
  }

  void resume(TrainingState state) {
    state_ = std::move(state);
    unflatten(state_.parameters, network_);
    sgd_.load(
        {{"velocity", nn::Tensor::from(state_.velocity, {static_cast<std::int64_t>(state_.velocity.size())})},
         {"steps", nn::Tensor::full({}, static_cast<double>(state_.steps), nn::DataType::f64)}});
    schedule_ = PlateauSchedule(rule(), {state_.rate, state_.plateau_best, state_.bad_epochs});
  }

  /// With what lives in network, optimiser and schedule.
  TrainingState whole_state() {
    auto whole = state_;
    whole.parameters = flatten(network_);
    whole.velocity = sgd_.state().at("velocity").values<float>();
    whole.steps = sgd_.steps();
    whole.rate = schedule_.state().rate;
    whole.plateau_best = schedule_.state().best;
    whole.bad_epochs = schedule_.state().bad_epochs;
    return whole;
  }

  void run_epoch() {
    const auto& part = images_.training();
    const auto order = epoch_order(seed_, method_.order(state_.epoch), part.count());
    if (state_.done == 0) {
      state_.loss = 0;
      state_.targets = method_.targets(
          state_.epoch, [&] { return event_probabilities(logits_of(network_, images_, part)); });
    }
    network_.train();
    while (state_.done < part.count()) {
      const auto count = std::min(static_cast<std::uint32_t>(recipe_.batch), part.count() - state_.done);
      step(std::span(order).subspan(state_.done, count));
      state_.done += count;
      if (state_.done < part.count()) context_.checkpoint([&] { return whole_state(); });
    }
  }

  void step(std::span<const std::uint32_t> members) {
    auto x = images_.batch(images_.training(), members);
    std::vector<double> targets;
    for (const auto member : members) targets.push_back(state_.targets[member]);
    if (method_.adversarial > 0) {
      auto clean = nn::Variable::parameter(x);
      state_.loss += descend(clean, targets);
      if (method_.counts_clean_twice) descend(x, targets);
      nn::Tensor sign = clean.gradient().clone();
      auto* const value = sign.mutable_data<float>();
      for (std::int64_t i = 0; i < sign.elements(); ++i)
        value[i] = value[i] > 0 ? 1.0F : value[i] < 0 ? -1.0F : 0.0F;
      nn::accumulate(x, sign, method_.adversarial);
      descend(x, targets);
    } else {
      state_.loss += descend(x, targets);
    }
    sgd_.step(schedule_.rate());
  }

  /// Adds the gradients of a batch's mean loss. Returns the loss, summed over the batch.
  double descend(const nn::Variable& x, const std::vector<double>& targets) {
    auto logits = network_(x);
    const auto loss = method_.loss(logits.value().values<float>(), targets);
    logits.backward(nn::Tensor::from(loss.gradient, logits.shape()).to(nn::DataType::f32));
    return loss.value * static_cast<double>(targets.size());
  }

  void finish_epoch() {
    const auto& part = images_.validation();
    const auto predicted = event_probabilities(logits_of(network_, images_, part));
    const double loss = log_loss(predicted, part.label);
    const auto truth = truth_metrics(predicted, part.probability);
    state_.curve.training_loss.push_back(state_.loss / static_cast<double>(images_.training().count()));
    state_.curve.validation_loss.push_back(loss);
    state_.curve.squared_error.push_back(truth.squared_error);
    state_.curve.divergence.push_back(truth.divergence);
    state_.curve.rate.push_back(schedule_.rate());
    state_.curve.calibrating.push_back(method_.calibrating(state_.epoch) ? 1 : 0);
    if (method_.calibrating(state_.epoch))
      state_.all_targets.insert(state_.all_targets.end(), state_.targets.begin(), state_.targets.end());
    if (loss < state_.best_loss) {
      state_.best_loss = loss;
      state_.best_epoch = state_.epoch;
      state_.best_parameters = flatten(network_);
    }
    schedule_.step(loss);
    state_.done = 0;
    ++state_.epoch;
    context_.checkpoint([&] { return whole_state(); });
    --state_.epoch;
  }

  Snapshot snapshot(std::int32_t epoch) {
    return {epoch, flatten(network_), logits_of(network_, images_, images_.validation()),
            logits_of(network_, images_, images_.test()),
            event_probabilities(logits_of(network_, images_, images_.training()))};
  }

  nn::ResNet& network_;
  const ImageSet& images_;
  std::uint64_t seed_;
  const Recipe& recipe_;
  const Method& method_;
  TaskContext& context_;
  nn::ParameterArena arena_;
  nn::Sgd sgd_;
  PlateauSchedule schedule_;
  TrainingState state_;
};

}  // namespace

Trained train(nn::ResNet& network, const ImageSet& images, std::uint64_t seed, const Recipe& recipe,
              const Method& method, TaskContext& context) {
  return Trainer(network, images, seed, recipe, method, context).run();
}

std::vector<float> flatten(const nn::ResNet& network) {
  std::vector<float> all;
  const auto append = [&](const nn::Tensor& tensor) {
    const auto values = tensor.values<float>();
    all.insert(all.end(), values.begin(), values.end());
  };
  for (const auto& [name, variable] : network.parameters()) append(variable.value());
  for (const auto& [name, tensor] : network.buffers()) append(*tensor);
  return all;
}

void unflatten(std::span<const float> parameters, nn::ResNet& network) {
  const auto take = [&](nn::Tensor& tensor) {
    const auto count = static_cast<std::size_t>(tensor.elements());
    expects(count <= parameters.size(), "a snapshot has all parameters of the network");
    tensor.assign(nn::Tensor::from(parameters.first(count), tensor.shape()));
    parameters = parameters.subspan(count);
  };
  for (auto& [name, variable] : network.parameters()) {
    auto same = variable;
    take(same.value());
  }
  for (const auto& [name, tensor] : network.buffers()) take(*tensor);
  expects(parameters.empty(), "a snapshot has the parameters of the network and no more");
}

std::vector<double> logits_of(nn::ResNet& network, const ImageSet& images, const ImagePart& part) {
  const bool training = network.training();
  network.evaluate();
  const nn::NoGradient constant;
  std::vector<double> logits;
  std::vector<std::uint32_t> members;
  for (std::uint32_t from = 0; from < part.count(); from += kEvaluationBatch) {
    members.resize(std::min<std::uint32_t>(kEvaluationBatch, part.count() - from));
    std::iota(members.begin(), members.end(), from);
    const auto found = network(images.batch(part, members)).value().values<double>();
    logits.insert(logits.end(), found.begin(), found.end());
  }
  network.train(training);
  return logits;
}

}  // namespace reprise::deep_probability
