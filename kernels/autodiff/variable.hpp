#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "kernels/tensor/tensor.hpp"

namespace reprise::nn {

/// A tensor that knows how it was computed: from which variables, and how a gradient with respect to it
/// becomes gradients with respect to them. Copies are the same variable. Gradients are added up until they
/// are cleared.
class Variable {
 public:
  Variable() = default;
  /// A constant. Also what a tensor becomes where it stands in an expression.
  Variable(Tensor value);  // NOLINT(google-explicit-constructor)
  /// One that gradients are wanted for.
  static Variable parameter(Tensor value);

  explicit operator bool() const { return node_ != nullptr; }
  [[nodiscard]] const Tensor& value() const;
  /// To be changed in place by an optimiser, between one backward() and the next forward pass.
  [[nodiscard]] Tensor& value();
  [[nodiscard]] const Shape& shape() const { return value().shape(); }
  [[nodiscard]] std::int64_t size(int axis) const { return value().size(axis); }
  [[nodiscard]] bool wants_gradient() const;

  /// Empty before backward() reached it.
  [[nodiscard]] const Tensor& gradient() const;
  void clear_gradient();
  /// For backward functions. Ignored by variables that want none.
  void add_gradient(const Tensor& gradient) const;
  /// Where the gradient is to be kept from now on: a part of an arena. Of the value's shape and type.
  void keep_gradient_in(Tensor room);
  /// Called during backward() as soon as the gradient is complete.
  void when_gradient_is_complete(std::function<void()> action);

  /// Computes the gradients of this variable, a single number, with respect to all parameters that it was
  /// computed from. What was recorded is used up. Throws std::invalid_argument when it isn't a single number.
  void backward();
  /// The same for sum(seed * this).
  void backward(const Tensor& seed);

 private:
  using Backward = std::function<void(const Tensor& gradient)>;
  struct Node;
  explicit Variable(std::shared_ptr<Node> node) : node_(std::move(node)) {}
  friend Variable record(Tensor value, std::vector<Variable> inputs, Backward backward);

  std::shared_ptr<Node> node_;
};

/// A new variable with `value`, computed from `inputs`; `backward` gets the gradient with respect to it and
/// calls add_gradient of the inputs that want one. Nothing is kept where no input wants one or NoGradient is
/// in force.
Variable record(Tensor value, std::vector<Variable> inputs,
                std::function<void(const Tensor& gradient)> backward);

/// While it lives, this thread records nothing.
class NoGradient {
 public:
  NoGradient();
  ~NoGradient();
  NoGradient(const NoGradient&) = delete;
  NoGradient& operator=(const NoGradient&) = delete;

 private:
  bool before_;
};

}  // namespace reprise::nn
