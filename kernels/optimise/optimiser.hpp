#pragma once

#include "kernels/optimise/arena.hpp"

namespace reprise::nn {

/// Changes parameters by their gradients.
class Optimiser {
 public:
  explicit Optimiser(ParameterArena& arena) : arena_(arena) {}
  Optimiser(const Optimiser&) = delete;
  Optimiser& operator=(const Optimiser&) = delete;
  virtual ~Optimiser() = default;

  /// One step at learning rate `rate`, then gradients are cleared.
  void step(double rate);
  [[nodiscard]] std::int64_t steps() const { return steps_; }

  /// What to go on from, beside the parameters: moments and the number of steps.
  [[nodiscard]] NamedTensors state() const;
  /// Throws std::invalid_argument where something is missing or of another shape.
  void load(const NamedTensors& state);

 protected:
  virtual void update(double rate) = 0;
  virtual std::vector<std::pair<std::string, Tensor*>> moments() = 0;
  ParameterArena& arena() { return arena_; }
  [[nodiscard]] std::int64_t step_number() const { return steps_; }  ///< 1 at the first step

 private:
  ParameterArena& arena_;
  std::int64_t steps_ = 0;
};

/// Stochastic gradient descent with momentum, as PyTorch's without dampening: d = gradient + decay parameter;
/// v = d at the first step, momentum v + d later; parameter -= rate v.
class Sgd final : public Optimiser {
 public:
  struct Options {
    double momentum = 0;
    double weight_decay = 0;
  };
  Sgd(ParameterArena& arena, const Options& options);

 private:
  void update(double rate) override;
  std::vector<std::pair<std::string, Tensor*>> moments() override { return {{"velocity", &velocity_}}; }
  Options options_;
  Tensor velocity_;
};

/// D. Kingma, J. Ba, "Adam", ICLR 2015; with `decoupled`, I. Loshchilov, F. Hutter, "Decoupled weight decay
/// regularization", ICLR 2019.
class Adam final : public Optimiser {
 public:
  struct Options {
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
    double weight_decay = 0;
    bool decoupled = true;
    /// Which parameters decay, by name; all where it isn't set.
    std::function<bool(const std::string&)> decays;
  };
  Adam(ParameterArena& arena, Options options);

 private:
  void update(double rate) override;
  std::vector<std::pair<std::string, Tensor*>> moments() override {
    return {{"first_moment", &first_}, {"second_moment", &second_}};
  }
  Options options_;
  Tensor first_;
  Tensor second_;
};

}  // namespace reprise::nn
