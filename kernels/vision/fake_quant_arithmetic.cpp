#include "kernels/vision/fake_quant_arithmetic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "kernels/expects.hpp"
#include "kernels/vision/sites.hpp"

namespace reprise::nn {

Grouping activation_grouping(const Quantizer& quantizer, const Shape& shape) {
  const auto groups = static_cast<std::int64_t>(std::max<std::size_t>(quantizer.scale.size(), 1));
  if (groups == 1) return Grouping::whole();
  if (shape.rank() == 4 && groups == shape[1]) return {groups, shape[2] * shape[3]};
  if (shape.rank() < 4 && shape.rank() > 0 && groups == shape[-1]) return Grouping::last_axis(groups);
  throw std::invalid_argument(fmt::format("an activation {} has neither {} heads nor {} channels to scale",
                                          to_string(shape), groups, groups));
}

Grouping weight_grouping(const Quantizer& quantizer, const Shape& shape) {
  const auto groups = static_cast<std::int64_t>(std::max<std::size_t>(quantizer.scale.size(), 1));
  if (shape.rank() != 2 || shape[0] % groups != 0)
    throw std::invalid_argument(
        fmt::format("weights {} don't divide into {} blocks of rows to scale", to_string(shape), groups));
  return Grouping::first_axis(groups, shape.elements() / groups);
}

Tensor fake_quantised(const Quantizer& quantizer, const Grouping& grouping, const Tensor& x) {
  const auto from = x.to_contiguous();
  if (quantizer.kind == QuantizerKind::none) return from;
  Tensor y(x.shape(), x.type());
  with_real_type(x.type(), [&](auto zero) {
    using T = decltype(zero);
    const auto count = static_cast<std::size_t>(x.elements());
    fake_quantise(quantizer, grouping, std::span<const T>(from.template data<T>(), count),
                  std::span<T>(y.template mutable_data<T>(), count));
  });
  return y;
}

VisionModel quantised_weights(const VisionModel& model, const std::vector<Quantizer>& weights) {
  const auto units = weights_of(model.shape).size();
  if (weights.size() != units)
    throw std::invalid_argument(
        fmt::format("{} quantizers for a model of {} linear layers", weights.size(), units));
  auto result = model;
  for (std::size_t unit = 0; unit < units; ++unit) {
    auto& weight = weights_at(result, unit).weight;
    weight = fake_quantised(weights[unit], weight_grouping(weights[unit], weight.shape()), weight);
  }
  return result;
}

Tensor FakeQuantArithmetic::activation(std::size_t site, Tensor x) {
  const auto& chosen = quantizer(site);
  if (chosen.kind == QuantizerKind::none) return x;
  return fake_quantised(chosen, activation_grouping(chosen, x.shape()), x);
}

}  // namespace reprise::nn
