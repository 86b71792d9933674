#pragma once

#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "kernels/optimise/optimiser.hpp"
#include "pipeline/run/context.hpp"
#include "pipeline/run/shard_sum.hpp"

namespace reprise {

/// A batch, or where batches are shared out one of its shards: neighbours in the batch.
struct BatchShard {
  std::int32_t epoch = 0;
  std::int64_t step = 0;   ///< of the whole training
  std::int32_t shard = 0;  ///< of the batch: with the step, what random numbers depend on (Module::draw_from)
  std::span<const std::uint32_t> samples;
  double weight = 1;  ///< its samples over the batch's
};

/// The loss of a shard, and how its gradient begins.
struct ShardLoss {
  double sum = 0;       ///< over the shard's samples
  nn::Variable output;  ///< output.backward(seed) is left to do ...
  nn::Tensor seed;      ///< ... so that gradients add up to those of weight times the shard's mean loss
};

/// What is trained: functions that a Trainer calls, on all members of the task's group alike.
struct TrainingPlan {
  std::int32_t epochs = 1;
  std::int32_t batch = 64;    ///< samples of a step; an epoch's last one may have fewer
  std::uint32_t samples = 0;  ///< of an epoch
  std::int32_t shards = 1;    ///< of a batch. Batch norm takes moments over a shard.
  double worst_loss = std::numeric_limits<double>::infinity();  ///< that the best epoch is below
  double most_gradient = 0;  ///< longer gradients of a step are shortened to this norm; 0: none are

  /// The order in which an epoch visits samples 0 .. samples-1.
  std::function<std::vector<std::uint32_t>(std::int32_t epoch)> order;
  /// Before an epoch's first step. May be empty.
  std::function<void(std::int32_t epoch)> begin;
  std::function<ShardLoss(const BatchShard&)> loss;
  /// Learning rate of the next step.
  std::function<double(std::int32_t epoch, std::int64_t step)> rate;
  /// After an epoch, with the mean loss over its samples. Returns the loss by which the best epoch is chosen.
  std::function<double(std::int32_t epoch, double training_loss)> judge;
  /// What the plan itself goes on from: schedules, targets, curves. May be empty.
  std::function<Bytes()> state;
  std::function<void(ByteView)> load;
};

struct TrainerState;

/// Trains a network through all its epochs as part of a task, and keeps that of the best one. After any step
/// it can be interrupted, and goes on from the task's checkpoint to the same bits. On a group of ranks each
/// computes some of a batch's shards; gradients are summed while they are still being computed. The number of
/// shards, not of ranks, decides the result.
class Trainer {
 public:
  Trainer(nn::Module& network, nn::ParameterArena& arena, nn::Optimiser& optimiser, TrainingPlan plan,
          TaskContext& context);
  ~Trainer();

  /// Throws Interrupted when the run stops. The network is then, and after a normal return, at its last step.
  void run();

  /// From 0; -1 where no epoch was below the plan's worst loss.
  [[nodiscard]] std::int32_t best_epoch() const { return best_epoch_; }
  /// Parameters and buffers after it, as flatten() gives them.
  [[nodiscard]] const std::vector<float>& best() const { return best_; }

 private:
  class StepSum;

  void resume(TrainerState state);
  [[nodiscard]] TrainerState state() const;
  void run_epoch();
  double step(std::span<const std::uint32_t> samples);
  void tell() const;

  nn::Module& network_;
  nn::ParameterArena& arena_;
  nn::Optimiser& optimiser_;
  TrainingPlan plan_;
  TaskContext& context_;
  std::int32_t epoch_ = 0;
  std::uint32_t done_ = 0;  ///< samples of the epoch that were visited
  double loss_ = 0;         ///< summed over them
  double best_loss_;
  std::int32_t best_epoch_ = -1;
  std::vector<float> best_;
  std::map<std::int32_t, std::unique_ptr<StepSum>> sums_;  ///< by the number of shards
};

/// All parameters, then all buffers, in the network's order.
[[nodiscard]] std::vector<float> flatten(const nn::Module& network);
/// Throws std::invalid_argument where there are more or fewer.
void unflatten(std::span<const float> values, nn::Module& network);

}  // namespace reprise
