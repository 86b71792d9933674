#include "kernels/autodiff/variable.hpp"

#include <algorithm>
#include <utility>

#include "kernels/expects.hpp"
#include "kernels/tensor/operations.hpp"

namespace reprise::nn {
namespace {

thread_local bool recording = true;
thread_local std::uint64_t recorded = 0;

}  // namespace

struct Variable::Node {
  Tensor value;
  Tensor gradient;
  Tensor room;
  bool wants_gradient = false;
  bool own_gradient = false;  ///< nobody else has the gradient's buffer: it can be added to
  int uses = 0;               ///< by nodes whose gradients are still to come, during backward()
  std::uint64_t number = 0;   ///< in order of recording: inputs come before what is computed from them
  std::vector<Variable> inputs;
  Backward backward;
  std::function<void()> complete;

  Node() = default;
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  /// Long chains are taken apart one node at a time: each freeing its inputs would use up the stack.
  ~Node() {
    std::vector<Variable> waiting;
    let_go(waiting);
    while (!waiting.empty()) {
      const auto last = std::move(waiting.back().node_);
      waiting.pop_back();
      if (last.use_count() == 1) last->let_go(waiting);
    }
  }

 private:
  /// The inputs go first: what the backward function holds of them is then not their last use.
  void let_go(std::vector<Variable>& waiting) {
    waiting.insert(waiting.end(), std::make_move_iterator(inputs.begin()),
                   std::make_move_iterator(inputs.end()));
    inputs.clear();
    backward = nullptr;
  }
};

Variable::Variable(Tensor value) : node_(std::make_shared<Node>()) {
  node_->value = std::move(value);
}

Variable Variable::parameter(Tensor value) {
  Variable variable(std::move(value));
  variable.node_->wants_gradient = true;
  return variable;
}

const Tensor& Variable::value() const {
  return node_->value;
}

Tensor& Variable::value() {
  return node_->value;
}

bool Variable::wants_gradient() const {
  return node_->wants_gradient;
}

const Tensor& Variable::gradient() const {
  return node_->gradient;
}

void Variable::clear_gradient() {
  node_->gradient = {};
}

void Variable::keep_gradient_in(Tensor room) {
  expects(room.shape() == shape() && room.type() == value().type(),
          "a gradient is kept in its variable's shape");
  if (node_->gradient) {
    room.assign(node_->gradient);
    node_->gradient = room;
    node_->own_gradient = true;
  }
  node_->room = std::move(room);
}

void Variable::when_gradient_is_complete(std::function<void()> action) {
  node_->complete = std::move(action);
}

void Variable::add_gradient(const Tensor& gradient) const {
  auto& node = *node_;
  if (!node.wants_gradient) return;
  expects(gradient.shape() == node.value.shape(), "a gradient has its variable's shape");
  if (node.gradient && node.own_gradient) {
    accumulate(node.gradient, gradient);
  } else if (node.gradient) {
    node.gradient = binary(Binary::add, node.gradient, gradient);
    node.own_gradient = true;
  } else if (node.room) {
    node.room.assign(gradient);
    node.gradient = node.room;
    node.own_gradient = true;
  } else {
    node.gradient = gradient;
    node.own_gradient = false;
  }
}

void Variable::backward() {
  expects(value().elements() == 1, "gradients are taken of a single number");
  backward(Tensor::full(shape(), 1, value().type()));
}

void Variable::backward(const Tensor& seed) {
  if (!wants_gradient()) return;
  std::vector<Node*> waiting{node_.get()};
  while (!waiting.empty()) {  // counts uses
    auto* const node = waiting.back();
    waiting.pop_back();
    for (auto& input : node->inputs)
      if (input.wants_gradient() && input.node_->uses++ == 0) waiting.push_back(input.node_.get());
  }
  add_gradient(seed);
  const auto earlier = [](const std::shared_ptr<Node>& a, const std::shared_ptr<Node>& b) {
    return a->number < b->number;
  };
  std::vector<std::shared_ptr<Node>> ready{node_};
  while (!ready.empty()) {
    std::pop_heap(ready.begin(), ready.end(), earlier);
    const auto node = std::move(ready.back());
    ready.pop_back();
    if (node->backward) {
      // Whatever this node keeps alive is free for the next ones.
      const auto step = std::exchange(node->backward, nullptr);
      const auto inputs = std::exchange(node->inputs, {});
      const auto gradient = std::exchange(node->gradient, {});
      if (gradient) step(gradient);
      for (const auto& input : inputs) {
        if (!input.wants_gradient() || --input.node_->uses > 0) continue;
        ready.push_back(input.node_);
        std::push_heap(ready.begin(), ready.end(), earlier);
      }
    } else if (node->complete) {
      node->complete();
    }
  }
}

Variable record(Tensor value, std::vector<Variable> inputs, Variable::Backward backward) {
  Variable result(std::move(value));
  const bool wanted = recording && std::any_of(inputs.begin(), inputs.end(),
                                               [](const Variable& input) { return input.wants_gradient(); });
  if (!wanted) return result;
  auto& node = *result.node_;
  node.wants_gradient = true;
  node.number = ++recorded;
  node.inputs = std::move(inputs);
  node.backward = std::move(backward);
  return result;
}

NoGradient::NoGradient() : before_(std::exchange(recording, false)) {}

NoGradient::~NoGradient() {
  recording = before_;
}

}  // namespace reprise::nn
