#pragma once

#include <span>

namespace reprise::nn {

/// FQ-ViT's layer norm of integers (Y. Lin et al., IJCAI 2022): of inputs whose channels have scales that are
/// powers of two apart (PowerFactors), so that shifts make them codes of the finest one.
struct IntegerNorm {
  std::span<const float> input_scale;  ///< [channels]
  std::span<const float> scale;        ///< [channels], gamma
  std::span<const float> shift;        ///< [channels], beta
  float output_scale = 1;              ///< values that come out are multiples of it
};

/// y = norm of rows of x [rows, channels], which are multiples of the input scales. Mean and deviation come
/// from sums of integers; gamma over the deviation becomes a multiplier of 8 bits and a shift. There is no
/// epsilon: a row of equal values gives beta. y may be x. Throws std::invalid_argument for sizes that don't
/// match and scales that are not positive.
void integer_norm(const IntegerNorm& norm, std::span<const float> x, std::span<float> y);

}  // namespace reprise::nn
