#pragma once

#include <cstddef>

#include "kernels/vision/fake_quant_arithmetic.hpp"

namespace reprise::nn {

/// Norms and softmax by integers, as FQ-ViT has them (Y. Lin et al., IJCAI 2022), where quantizers allow it:
/// a norm whose input has a uniform quantizer with a scale for each channel (PTF) and whose output has a
/// uniform one with a single scale; softmax of logits with a single scale to powers of two. Others, and
/// products, are as with fake quantisation. For f32.
class IntegerFunctionsArithmetic : public FakeQuantArithmetic {
 public:
  using FakeQuantArithmetic::FakeQuantArithmetic;
  Tensor norm(std::size_t input, std::size_t output, const Tensor& x, const NormWeights& weights,
              double epsilon) override;
  Tensor softmax(std::size_t logits, std::size_t probabilities, const Tensor& x) override;
};

}  // namespace reprise::nn
