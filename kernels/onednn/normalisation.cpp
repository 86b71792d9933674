#include <bit>

#include "kernels/onednn/operations.hpp"
#include "kernels/onednn/primitive.hpp"

namespace reprise::nn::onednn {
namespace {

const auto kScaleAndShift = dnnl::normalization_flags::use_scale | dnnl::normalization_flags::use_shift;

/// oneDNN 2.6 counts the shift among the arguments of a backward pass, and doesn't read it.
const void* unread_shift(const Tensor& scale) {
  return scale.bytes();
}

Signature signature_of(const char* kind, const Tensor& x, double epsilon, bool training) {
  Signature signature(kind);
  signature.add(x).add(std::bit_cast<std::int64_t>(epsilon)).add(training);
  return signature;
}

dnnl::layer_normalization_forward::primitive_desc layer_forward(const Tensor& x, double epsilon) {
  return {{dnnl::prop_kind::forward_training, describe(x), static_cast<float>(epsilon), kScaleAndShift},
          engine()};
}

}  // namespace

void layer_norm(const Tensor& x, const Tensor& scale, const Tensor& shift, double epsilon, Tensor& mean,
                Tensor& variance, Tensor& y) {
  auto& primitive = cached<Primitive>(signature_of("layer norm", x, epsilon, true), [&] {
    const auto made = layer_forward(x, epsilon);
    const auto all = describe(x);
    const auto columns = describe_row_major({x.size(1)}, DataType::f32);
    const auto rows = describe_row_major({x.size(0)}, DataType::f32);
    return std::make_unique<Primitive>(dnnl::layer_normalization_forward(made),
                                       std::initializer_list<Primitive::Argument>{{DNNL_ARG_SRC, all},
                                                                                  {DNNL_ARG_SCALE, columns},
                                                                                  {DNNL_ARG_SHIFT, columns},
                                                                                  {DNNL_ARG_MEAN, rows},
                                                                                  {DNNL_ARG_VARIANCE, rows},
                                                                                  {DNNL_ARG_DST, all}});
  });
  primitive.run({x.bytes(), scale.bytes(), shift.bytes(), mean.mutable_bytes(), variance.mutable_bytes(),
                 y.mutable_bytes()});
}

void layer_norm_backward(const Tensor& x, const Tensor& dy, const Tensor& scale, double epsilon,
                         const Tensor& mean, const Tensor& variance, Tensor& dx, Tensor& dscale,
                         Tensor& dshift) {
  auto& primitive = cached<Primitive>(signature_of("layer norm backward", x, epsilon, true), [&] {
    const auto all = describe(x);
    const auto columns = describe_row_major({x.size(1)}, DataType::f32);
    const auto rows = describe_row_major({x.size(0)}, DataType::f32);
    const dnnl::layer_normalization_backward::primitive_desc made(
        {dnnl::prop_kind::backward, all, all, rows, static_cast<float>(epsilon), kScaleAndShift}, engine(),
        layer_forward(x, epsilon));
    return std::make_unique<Primitive>(
        dnnl::layer_normalization_backward(made),
        std::initializer_list<Primitive::Argument>{{DNNL_ARG_SRC, all},
                                                   {DNNL_ARG_DIFF_DST, all},
                                                   {DNNL_ARG_SCALE, columns},
                                                   {DNNL_ARG_SHIFT, columns},
                                                   {DNNL_ARG_MEAN, rows},
                                                   {DNNL_ARG_VARIANCE, rows},
                                                   {DNNL_ARG_DIFF_SRC, all},
                                                   {DNNL_ARG_DIFF_SCALE, columns},
                                                   {DNNL_ARG_DIFF_SHIFT, columns}});
  });
  primitive.run({x.bytes(), dy.bytes(), scale.bytes(), unread_shift(scale), mean.bytes(), variance.bytes(),
                 dx.mutable_bytes(), dscale.mutable_bytes(), dshift.mutable_bytes()});
}

}  // namespace reprise::nn::onednn
