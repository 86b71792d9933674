#pragma once

#include "kernels/optimise/arena.hpp"

namespace reprise::nn {

/// An exponential moving average of an arena's parameters. Buffers (running moments) are not part of it.
class ParameterAverage {
 public:
  /// What keeps the first values from weighing too much or too little.
  enum class Start {
    parameters,  ///< begins as the parameters are now
    corrected,   ///< begins at zero and is divided by 1 - decay^updates, as Adam's moments are
    warm_up      ///< as `parameters`, with the lesser of `decay` and (1 + updates) / (10 + updates)
  };
  struct Options {
    double decay = 0.999;
    Start start = Start::parameters;
  };
  /// Throws std::invalid_argument for a decay outside of [0, 1).
  ParameterAverage(ParameterArena& arena, const Options& options);

  /// After a step: average <- decay average + (1 - decay) parameters.
  void update();
  [[nodiscard]] std::int64_t updates() const { return updates_; }
  /// As long as the arena's values. Throws std::invalid_argument where `corrected` has had no update.
  [[nodiscard]] Tensor values() const;

  [[nodiscard]] NamedTensors state() const;
  /// Throws std::invalid_argument where something is missing or of another shape.
  void load(const NamedTensors& state);

 private:
  friend class AveragedParameters;
  ParameterArena& arena_;
  Options options_;
  std::int64_t updates_ = 0;
  Tensor average_;
};

/// While it lives, the network computes with the average. No optimiser makes a step meanwhile.
class AveragedParameters {
 public:
  explicit AveragedParameters(ParameterAverage& average);
  ~AveragedParameters();
  AveragedParameters(const AveragedParameters&) = delete;
  AveragedParameters& operator=(const AveragedParameters&) = delete;

 private:
  ParameterArena& arena_;
  Tensor trained_;
};

}  // namespace reprise::nn
