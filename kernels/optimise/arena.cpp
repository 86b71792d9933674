#include "kernels/optimise/arena.hpp"

#include <cmath>

#include "kernels/expects.hpp"
#include "kernels/tensor/operations.hpp"

namespace reprise::nn {

ParameterArena::ParameterArena(std::vector<NamedParameter> parameters) : parameters_(std::move(parameters)) {
  expects(!parameters_.empty(), "a network has parameters");
  const auto type = parameters_[0].variable.value().type();
  // Each starts on a line of the cache.
  const auto line = static_cast<std::int64_t>(64 / size_of(type));
  std::int64_t total = 0;
  for (const auto& [name, variable] : parameters_) {
    expects(variable.value().type() == type, "all parameters have one type");
    parts_.push_back({name, total, variable.value().elements()});
    total += (variable.value().elements() + line - 1) / line * line;
  }
  values_ = Tensor::zeros({total}, type);
  gradients_ = Tensor::zeros({total}, type);
  for (std::size_t k = 0; k < parts_.size(); ++k) {
    auto& variable = parameters_[k].variable;
    const auto offset = static_cast<std::size_t>(parts_[k].from) * size_of(type);
    auto room = Tensor::at(values_.buffer(), offset, variable.shape(), type);
    room.assign(variable.value());
    variable.value() = room;
    variable.keep_gradient_in(Tensor::at(gradients_.buffer(), offset, variable.shape(), type));
  }
}

void ParameterArena::clear_gradients() {
  for (auto& [name, variable] : parameters_) variable.clear_gradient();
}

void ParameterArena::complete_gradients() {
  for (auto& [name, variable] : parameters_)
    if (!variable.gradient()) variable.add_gradient(Tensor::zeros(variable.shape(), values_.type()));
}

void ParameterArena::when_complete(std::function<void(std::size_t)> action) {
  complete_ = std::move(action);
  for (std::size_t part = 0; part < parameters_.size(); ++part) {
    auto& variable = parameters_[part].variable;
    variable.when_gradient_is_complete(complete_ ? [this, part] { complete_(part); }
                                                 : std::function<void()>());
  }
}

double ParameterArena::clip_gradients(double most) {
  const double norm = with_real_type(gradients_.type(), [&](auto zero) {
    using T = decltype(zero);
    return std::sqrt(loops::sum_of_squares(gradients_.template data<T>(), gradients_.elements()));
  });
  if (norm > most) gradients_.assign(affine(gradients_, most / norm));
  return norm;
}

}  // namespace reprise::nn
