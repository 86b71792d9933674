#include "kernels/onednn/operations.hpp"
#include "kernels/onednn/primitive.hpp"

namespace reprise::nn::onednn {
namespace {

struct Algorithm {
  dnnl::algorithm forward;
  dnnl::algorithm backward;
  float alpha = 0;
};

Algorithm algorithm(Elementwise kind) {
  using A = dnnl::algorithm;
  switch (kind) {
    case Elementwise::relu:
      return {A::eltwise_relu, A::eltwise_relu_use_dst_for_bwd};
    case Elementwise::gelu_erf:
      return {A::eltwise_gelu_erf, A::eltwise_gelu_erf};
    case Elementwise::gelu_tanh:
      return {A::eltwise_gelu_tanh, A::eltwise_gelu_tanh};
    case Elementwise::tanh:
      return {A::eltwise_tanh, A::eltwise_tanh_use_dst_for_bwd};
    case Elementwise::sigmoid:
      return {A::eltwise_logistic, A::eltwise_logistic_use_dst_for_bwd};
    case Elementwise::softplus:
      return {A::eltwise_soft_relu, A::eltwise_soft_relu};
    case Elementwise::exp:
      return {A::eltwise_exp, A::eltwise_exp_use_dst_for_bwd};
    case Elementwise::log:
      return {A::eltwise_log, A::eltwise_log};
    case Elementwise::sqrt:
      return {A::eltwise_sqrt, A::eltwise_sqrt_use_dst_for_bwd};
    case Elementwise::square:
      return {A::eltwise_square, A::eltwise_square};
    case Elementwise::abs:
      return {A::eltwise_abs, A::eltwise_abs};
  }
  return {A::eltwise_relu, A::eltwise_relu};
}

/// Element by element order doesn't matter: everything is a row.
dnnl::memory::desc row(const Tensor& tensor) {
  return describe_row_major({tensor.elements()}, tensor.type());
}

}  // namespace

bool needs_output(Elementwise kind) {
  const auto chosen = algorithm(kind);
  return chosen.forward != chosen.backward;
}

void elementwise(Elementwise kind, const Tensor& x, Tensor& y) {
  Signature signature("elementwise");
  signature.add(static_cast<int>(kind)).add(x.elements());
  auto& primitive = cached<Primitive>(std::move(signature), [&] {
    const auto all = row(x);
    const dnnl::eltwise_forward::primitive_desc made(
        {dnnl::prop_kind::forward_training, algorithm(kind).forward, all, algorithm(kind).alpha}, engine());
    return std::make_unique<Primitive>(
        dnnl::eltwise_forward(made),
        std::initializer_list<Primitive::Argument>{{DNNL_ARG_SRC, all}, {DNNL_ARG_DST, all}});
  });
  primitive.run({x.bytes(), y.mutable_bytes()});
}

void elementwise_backward(Elementwise kind, const Tensor& x_or_y, const Tensor& dy, Tensor& dx) {
  Signature signature("elementwise backward");
  signature.add(static_cast<int>(kind)).add(dy.elements());
  auto& primitive = cached<Primitive>(std::move(signature), [&] {
    const auto all = row(dy);
    const auto chosen = algorithm(kind);
    const dnnl::eltwise_forward::primitive_desc forward(
        {dnnl::prop_kind::forward_training, chosen.forward, all, chosen.alpha}, engine());
    const dnnl::eltwise_backward::primitive_desc made({chosen.backward, all, all, chosen.alpha}, engine(),
                                                      forward);
    return std::make_unique<Primitive>(
        dnnl::eltwise_backward(made),
        std::initializer_list<Primitive::Argument>{{needs_output(kind) ? DNNL_ARG_DST : DNNL_ARG_SRC, all},
                                                   {DNNL_ARG_DIFF_DST, all},
                                                   {DNNL_ARG_DIFF_SRC, all}});
  });
  primitive.run({x_or_y.bytes(), dy.bytes(), dx.mutable_bytes()});
}

}  // namespace reprise::nn::onednn
