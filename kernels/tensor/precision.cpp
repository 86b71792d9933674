#include "kernels/tensor/precision.hpp"

#include <utility>

#include "kernels/tensor/loops.hpp"

namespace reprise::nn {
namespace {

thread_local Precision in_force = Precision::f32;

}  // namespace

Precision precision() {
  return in_force;
}

PrecisionScope::PrecisionScope(Precision precision) : before_(std::exchange(in_force, precision)) {}

PrecisionScope::~PrecisionScope() {
  in_force = before_;
}

Tensor rounded_to_bf16(const Tensor& x) {
  const auto from = x.dense() ? x : x.to_contiguous();
  Tensor rounded = Tensor::like(from);
  loops::round_to_bf16(from.data<float>(), rounded.mutable_data<float>(), from.elements());
  return rounded;
}

}  // namespace reprise::nn
