#pragma once

#include "kernels/tensor/tensor.hpp"

namespace reprise::nn {

/// What matrices and convolutions multiply, forward and backward: f32, or f32 numbers rounded to bf16, whose
/// products are summed in f32. All else (parameters, norms, losses, optimisers) is f32 either way. Where the
/// machine multiplies bf16 (onednn::has_bf16) it does, elsewhere rounded numbers are multiplied in f32:
/// products of two bf16 are exact there, so only the order of the sums differs. Tensors of f64 are left
/// alone.
enum class Precision { f32, bf16 };

/// Of this thread.
[[nodiscard]] Precision precision();

/// While it lives, this thread multiplies in that precision: around a forward pass and its backward pass.
class PrecisionScope {
 public:
  explicit PrecisionScope(Precision precision);
  ~PrecisionScope();
  PrecisionScope(const PrecisionScope&) = delete;
  PrecisionScope& operator=(const PrecisionScope&) = delete;

 private:
  Precision before_;
};

/// Numbers of bf16 as f32 tensor: to nearest, ties to even.
[[nodiscard]] Tensor rounded_to_bf16(const Tensor& x);

}  // namespace reprise::nn
