#include "kernels/vision/integer_functions.hpp"

#include <span>

#include "kernels/quantise/integer_norm.hpp"
#include "kernels/quantise/integer_softmax.hpp"

namespace reprise::nn {
namespace {

bool is_uniform(const Quantizer& quantizer) {
  return quantizer.kind == QuantizerKind::symmetric || quantizer.kind == QuantizerKind::asymmetric;
}

std::span<const float> numbers(const Tensor& x) {
  return {x.data<float>(), static_cast<std::size_t>(x.elements())};
}

std::span<float> writable(Tensor& x) {
  return {x.mutable_data<float>(), static_cast<std::size_t>(x.elements())};
}

}  // namespace

Tensor IntegerFunctionsArithmetic::norm(std::size_t input, std::size_t output, const Tensor& x,
                                        const NormWeights& weights, double epsilon) {
  const auto& from = quantizer(input);
  const auto& to = quantizer(output);
  const auto channels = static_cast<std::size_t>(x.size(-1));
  if (!is_uniform(from) || from.scale.size() != channels || !is_uniform(to) || to.scale.size() != 1)
    return FakeQuantArithmetic::norm(input, output, x, weights, epsilon);
  const auto values = x.to_contiguous();
  Tensor y(x.shape(), x.type());
  integer_norm({from.scale, numbers(weights.scale), numbers(weights.shift), to.scale.front()},
               numbers(values), writable(y));
  return y;
}

Tensor IntegerFunctionsArithmetic::softmax(std::size_t logits, std::size_t probabilities, const Tensor& x) {
  const auto& from = quantizer(logits);
  const auto& to = quantizer(probabilities);
  if (!is_uniform(from) || from.scale.size() != 1 || to.kind != QuantizerKind::log2)
    return FakeQuantArithmetic::softmax(logits, probabilities, x);
  const auto values = x.to_contiguous();
  Tensor y(x.shape(), x.type());
  log_int_softmax(numbers(values), x.size(-1), from.scale.front(), to.bits, writable(y));
  return y;
}

}  // namespace reprise::nn
