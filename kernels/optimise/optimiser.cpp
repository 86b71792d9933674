#include "kernels/optimise/optimiser.hpp"

#include <cmath>
#include <stdexcept>

#include "kernels/tensor/loops.hpp"

namespace reprise::nn {

void Optimiser::step(double rate) {
  arena_.complete_gradients();
  ++steps_;
  update(rate);
  arena_.clear_gradients();
}

NamedTensors Optimiser::state() const {
  NamedTensors state;
  for (const auto& [name, tensor] : const_cast<Optimiser*>(this)->moments())
    state.emplace(name, tensor->clone());
  state.emplace("steps", Tensor::full({}, static_cast<double>(steps_), DataType::f64));
  return state;
}

void Optimiser::load(const NamedTensors& state) {
  const auto get = [&](const std::string& name, const Shape& shape) -> const Tensor& {
    const auto found = state.find(name);
    if (found == state.end() || found->second.shape() != shape)
      throw std::invalid_argument("the optimiser's state has no " + name + " of shape " + to_string(shape));
    return found->second;
  };
  const auto steps = static_cast<std::int64_t>(get("steps", {}).item());
  for (const auto& [name, tensor] : moments()) static_cast<void>(get(name, tensor->shape()));
  for (const auto& [name, tensor] : moments()) tensor->assign(state.at(name));
  steps_ = steps;
}

Sgd::Sgd(ParameterArena& arena, const Options& options)
    : Optimiser(arena),
      options_(options),
      velocity_(Tensor::zeros(arena.values().shape(), arena.values().type())) {}

void Sgd::update(double rate) {
  with_real_type(velocity_.type(), [&](auto zero) {
    using T = decltype(zero);
    loops::sgd_step(static_cast<T>(rate), static_cast<T>(options_.momentum),
                    static_cast<T>(options_.weight_decay), step_number() == 1,
                    arena().gradients().template data<T>(), velocity_.template mutable_data<T>(),
                    arena().values().template mutable_data<T>(), velocity_.elements());
  });
}

Adam::Adam(ParameterArena& arena, Options options)
    : Optimiser(arena),
      options_(std::move(options)),
      first_(Tensor::zeros(arena.values().shape(), arena.values().type())),
      second_(Tensor::zeros(arena.values().shape(), arena.values().type())) {}

void Adam::update(double rate) {
  const auto number = static_cast<double>(step_number());
  loops::AdamStep step{rate,
                       options_.beta1,
                       options_.beta2,
                       options_.epsilon,
                       1 - std::pow(options_.beta1, number),
                       1 - std::pow(options_.beta2, number)};
  with_real_type(first_.type(), [&](auto zero) {
    using T = decltype(zero);
    const auto* const gradient = arena().gradients().template data<T>();
    auto* const first = first_.template mutable_data<T>();
    auto* const second = second_.template mutable_data<T>();
    auto* const value = arena().values().template mutable_data<T>();
    for (const auto& part : arena().parts()) {
      const double decay = !options_.decays || options_.decays(part.name) ? options_.weight_decay : 0;
      step.decay = options_.decoupled ? 0 : decay;
      step.shrink = options_.decoupled ? 1 - rate * decay : 1;
      loops::adam_step(step, gradient + part.from, first + part.from, second + part.from, value + part.from,
                       part.count);
    }
  });
}

}  // namespace reprise::nn
