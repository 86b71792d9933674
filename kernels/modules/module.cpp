#include "kernels/modules/module.hpp"

#include <fmt/format.h>

#include <set>
#include <stdexcept>

namespace reprise::nn {

void Module::train(bool on) {
  training_ = on;
  for (auto& [name, member] : members_)
    if (auto* const child = std::get_if<std::unique_ptr<Module>>(&member)) (*child)->train(on);
}

void Module::draw_from(std::uint64_t place) {
  restart(place);
  for (auto& [name, member] : members_)
    if (auto* const child = std::get_if<std::unique_ptr<Module>>(&member)) (*child)->draw_from(place);
}

void Module::collect(const std::string& prefix, std::vector<NamedParameter>* parameters,
                     std::vector<NamedBuffer>* buffers) const {
  for (const auto& [name, member] : members_) {
    const auto full = prefix + name;
    if (const auto* const variable = std::get_if<std::unique_ptr<Variable>>(&member)) {
      if (parameters != nullptr) parameters->push_back({full, **variable});
    } else if (const auto* const tensor = std::get_if<Tensor*>(&member)) {
      if (buffers != nullptr) buffers->push_back({full, *tensor});
    } else {
      std::get<std::unique_ptr<Module>>(member)->collect(full + ".", parameters, buffers);
    }
  }
}

std::vector<NamedParameter> Module::parameters() const {
  std::vector<NamedParameter> all;
  collect("", &all, nullptr);
  return all;
}

std::vector<NamedBuffer> Module::buffers() const {
  std::vector<NamedBuffer> all;
  collect("", nullptr, &all);
  return all;
}

std::int64_t Module::parameter_count() const {
  std::int64_t count = 0;
  for (const auto& [name, variable] : parameters()) count += variable.value().elements();
  return count;
}

NamedTensors Module::state() const {
  NamedTensors state;
  for (const auto& [name, variable] : parameters()) state.emplace(name, variable.value().clone());
  for (const auto& [name, tensor] : buffers()) state.emplace(name, tensor->clone());
  return state;
}

void Module::load(const NamedTensors& state) {
  std::set<std::string> unknown;
  for (const auto& [name, tensor] : state)
    if (!name.ends_with("num_batches_tracked")) unknown.insert(name);
  const auto check = [&](const std::string& name, const Shape& shape) {
    const auto found = state.find(name);
    if (found == state.end()) throw std::invalid_argument(fmt::format("there are no weights for {}", name));
    if (found->second.shape() != shape)
      throw std::invalid_argument(fmt::format("the weights for {} have shape {}, not {}", name,
                                              to_string(found->second.shape()), to_string(shape)));
    unknown.erase(name);
  };
  auto trained = parameters();
  for (const auto& [name, variable] : trained) check(name, variable.shape());
  for (const auto& [name, tensor] : buffers()) check(name, tensor->shape());
  if (!unknown.empty())
    throw std::invalid_argument(fmt::format("there is nothing called {} in this network", *unknown.begin()));
  for (auto& [name, variable] : trained) variable.value().assign(state.at(name));
  for (const auto& [name, tensor] : buffers()) tensor->assign(state.at(name));
}

void Module::convert(DataType type) {
  for (auto& [name, variable] : parameters()) {
    auto same = variable;
    same.value() = same.value().to(type);
  }
  for (const auto& [name, tensor] : buffers()) *tensor = tensor->to(type);
}

Variable& Module::parameter(std::string name, Tensor value) {
  auto made = std::make_unique<Variable>(Variable::parameter(std::move(value)));
  auto& reference = *made;
  members_.emplace_back(std::move(name), std::move(made));
  return reference;
}

void Module::buffer(std::string name, Tensor& tensor) {
  members_.emplace_back(std::move(name), &tensor);
}

Variable Sequential::operator()(const Variable& x) {
  Variable y = x;
  for (auto* const part : parts_) y = (*part)(y);
  return y;
}

}  // namespace reprise::nn
