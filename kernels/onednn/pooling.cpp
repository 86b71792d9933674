#include "kernels/onednn/operations.hpp"
#include "kernels/onednn/primitive.hpp"

namespace reprise::nn::onednn {
namespace {

dnnl::pooling_forward::primitive_desc describe_pooling(const Tensor& x, const Pooling& pooling,
                                                       const Tensor& y) {
  const auto algorithm = pooling.kind == Pooling::Kind::max ? dnnl::algorithm::pooling_max
                                                            : dnnl::algorithm::pooling_avg_exclude_padding;
  return {{dnnl::prop_kind::forward_training,
           algorithm,
           describe(x),
           describe(y),
           {pooling.stride, pooling.stride},
           {pooling.height, pooling.width},
           {pooling.padding, pooling.padding},
           {pooling.padding, pooling.padding}},
          engine()};
}

Signature signature_of(const char* kind, const Tensor& x, const Pooling& pooling, const Tensor& y) {
  Signature signature(kind);
  signature.add(x).add(y).add(static_cast<int>(pooling.kind)).add(pooling.height).add(pooling.width);
  signature.add(pooling.stride).add(pooling.padding);
  return signature;
}

struct Kept {
  std::size_t chosen_bytes;
  Primitive primitive;
};

}  // namespace

Tensor pooling(const Tensor& x, const Pooling& pooling, Tensor& y) {
  auto& kept = cached<Kept>(signature_of("pooling", x, pooling, y), [&] {
    const auto made = describe_pooling(x, pooling, y);
    const dnnl::pooling_forward primitive(made);
    if (pooling.kind == Pooling::Kind::average)
      return std::make_unique<Kept>(
          Kept{0, Primitive(primitive, {{DNNL_ARG_SRC, describe(x)}, {DNNL_ARG_DST, describe(y)}})});
    return std::make_unique<Kept>(Kept{made.workspace_desc().get_size(),
                                       Primitive(primitive, {{DNNL_ARG_SRC, describe(x)},
                                                             {DNNL_ARG_DST, describe(y)},
                                                             {DNNL_ARG_WORKSPACE, made.workspace_desc()}})});
  });
  if (pooling.kind == Pooling::Kind::average) {
    kept.primitive.run({x.bytes(), y.mutable_bytes()});
    return {};
  }
  Tensor chosen({static_cast<std::int64_t>(kept.chosen_bytes)}, DataType::u8);
  kept.primitive.run({x.bytes(), y.mutable_bytes(), chosen.mutable_bytes()});
  return chosen;
}

void pooling_backward(const Tensor& dy, const Pooling& pooling, const Tensor& chosen, Tensor& dx) {
  auto& kept = cached<Kept>(signature_of("pooling backward", dx, pooling, dy), [&] {
    const auto forward = describe_pooling(dx, pooling, dy);
    const auto algorithm = pooling.kind == Pooling::Kind::max ? dnnl::algorithm::pooling_max
                                                              : dnnl::algorithm::pooling_avg_exclude_padding;
    const dnnl::pooling_backward::primitive_desc made({algorithm,
                                                       describe(dx),
                                                       describe(dy),
                                                       {pooling.stride, pooling.stride},
                                                       {pooling.height, pooling.width},
                                                       {pooling.padding, pooling.padding},
                                                       {pooling.padding, pooling.padding}},
                                                      engine(), forward);
    const dnnl::pooling_backward primitive(made);
    if (pooling.kind == Pooling::Kind::average)
      return std::make_unique<Kept>(Kept{
          0, Primitive(primitive, {{DNNL_ARG_DIFF_DST, describe(dy)}, {DNNL_ARG_DIFF_SRC, describe(dx)}})});
    return std::make_unique<Kept>(
        Kept{0, Primitive(primitive, {{DNNL_ARG_DIFF_DST, describe(dy)},
                                      {DNNL_ARG_DIFF_SRC, describe(dx)},
                                      {DNNL_ARG_WORKSPACE, forward.workspace_desc()}})});
  });
  if (pooling.kind == Pooling::Kind::average)
    kept.primitive.run({dy.bytes(), dx.mutable_bytes()});
  else
    kept.primitive.run({dy.bytes(), dx.mutable_bytes(), chosen.bytes()});
}

}  // namespace reprise::nn::onednn
