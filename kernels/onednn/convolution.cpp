#include "kernels/isa.hpp"
#include "kernels/onednn/operations.hpp"
#include "kernels/onednn/primitive.hpp"

namespace reprise::nn::onednn {
namespace {

/// Weights [out, in / groups, kh, kw] as oneDNN names their axes.
Shape weight_axes(const Shape& weights, std::int64_t groups) {
  if (groups == 1) return weights;
  return {groups, weights[0] / groups, weights[1], weights[2], weights[3]};
}

/// Whether oneDNN may work on images as they lie, channels last. In 2.6 its vectorised convolutions write
/// past their memory for numbers of channels that don't fill vectors (backward by weights with AVX2, 4
/// channels); in its own padded orders they don't.
bool fills_vectors(const Shape& weights, std::int64_t groups) {
  const std::int64_t lanes = active_isa() >= Isa::avx512 ? 16 : 8;
  return weights[1] % lanes == 0 && weights[0] / groups % lanes == 0;
}

struct Geometry {
  dnnl::memory::desc x;  ///< in the order that suits the primitive
  dnnl::memory::desc y;
  dnnl::memory::desc plain_x;  ///< as it lies
  dnnl::memory::desc plain_y;
  dnnl::memory::desc weights;  ///< in any order
  dnnl::memory::desc plain;    ///< row-major
  dnnl::memory::desc bias;
  dnnl::memory::dims stride;
  dnnl::memory::dims padding;

  Geometry(const Tensor& x_tensor, const Tensor& weight_tensor, const Tensor& y_tensor,
           const ConvolutionGeometry& geometry)
      : plain_x(describe(x_tensor)),
        plain_y(describe(y_tensor)),
        weights(describe_any(weight_axes(weight_tensor.shape(), geometry.groups), weight_tensor.type())),
        plain(describe_row_major(weight_axes(weight_tensor.shape(), geometry.groups), weight_tensor.type())),
        bias(describe_row_major({weight_tensor.size(0)}, DataType::f32)),
        stride{geometry.stride, geometry.stride},
        padding{geometry.padding, geometry.padding} {
    const bool as_they_lie = fills_vectors(weight_tensor.shape(), geometry.groups);
    x = as_they_lie ? plain_x : describe_any(x_tensor.shape(), x_tensor.type());
    y = as_they_lie ? plain_y : describe_any(y_tensor.shape(), y_tensor.type());
  }

  /// What a backward pass belongs to; where one factor is bf16, all of it is.
  [[nodiscard]] dnnl::convolution_forward::primitive_desc hint(bool with_bias) const {
    const auto bf16 = dnnl::memory::data_type::bf16;
    if (x.data_type() != bf16 && y.data_type() != bf16) return forward(with_bias);
    const auto any = [](const dnnl::memory::desc& like) {
      return dnnl::memory::desc(like.dims(), dnnl::memory::data_type::bf16, dnnl::memory::format_tag::any);
    };
    Geometry all = *this;
    all.x = any(x);
    all.weights = any(weights);
    all.y = any(y);
    return all.forward(with_bias);
  }

  [[nodiscard]] dnnl::convolution_forward::primitive_desc forward(bool with_bias) const {
    const auto kind = dnnl::prop_kind::forward_training;
    const auto algorithm = dnnl::algorithm::convolution_direct;
    if (with_bias) return {{kind, algorithm, x, weights, bias, y, stride, padding, padding}, engine()};
    return {{kind, algorithm, x, weights, y, stride, padding, padding}, engine()};
  }
};

struct Kept {
  Packing x;
  Packing weights;
  Packing y;
  Primitive primitive;
};

Signature signature_of(const char* kind, const Tensor& x, const Tensor& weights, const Tensor& y,
                       const ConvolutionGeometry& geometry, bool with_bias) {
  Signature signature(kind);
  signature.add(x).add(static_cast<std::int64_t>(weights.type())).add(weights.shape()).add(y);
  signature.add(geometry.stride).add(geometry.padding).add(geometry.groups).add(with_bias);
  return signature;
}

std::unique_ptr<Kept> make_forward(const Geometry& g, bool with_bias) {
  const auto made = g.forward(with_bias);
  const dnnl::convolution_forward primitive(made);
  const Primitive::Argument x{DNNL_ARG_SRC, made.src_desc()};
  const Primitive::Argument weights{DNNL_ARG_WEIGHTS, made.weights_desc()};
  const Primitive::Argument y{DNNL_ARG_DST, made.dst_desc()};
  return std::make_unique<Kept>(Kept{{g.plain_x, made.src_desc()},
                                     {g.plain, made.weights_desc()},
                                     {g.plain_y, made.dst_desc()},
                                     with_bias
                                         ? Primitive(primitive, {x, weights, y, {DNNL_ARG_BIAS, g.bias}})
                                         : Primitive(primitive, {x, weights, y})});
}

std::unique_ptr<Kept> make_backward_weights(const Geometry& g, bool with_bias) {
  const auto algorithm = dnnl::algorithm::convolution_direct;
  const auto forward = g.hint(with_bias);
  const dnnl::convolution_backward_weights::primitive_desc made =
      with_bias
          ? dnnl::convolution_backward_weights::primitive_desc(
                {algorithm, g.x, g.weights, g.bias, g.y, g.stride, g.padding, g.padding}, engine(), forward)
          : dnnl::convolution_backward_weights::primitive_desc(
                {algorithm, g.x, g.weights, g.y, g.stride, g.padding, g.padding}, engine(), forward);
  const dnnl::convolution_backward_weights primitive(made);
  const Primitive::Argument x{DNNL_ARG_SRC, made.src_desc()};
  const Primitive::Argument weights{DNNL_ARG_DIFF_WEIGHTS, made.diff_weights_desc()};
  const Primitive::Argument y{DNNL_ARG_DIFF_DST, made.diff_dst_desc()};
  return std::make_unique<Kept>(Kept{{g.plain_x, made.src_desc()},
                                     {g.plain, made.diff_weights_desc()},
                                     {g.plain_y, made.diff_dst_desc()},
                                     with_bias
                                         ? Primitive(primitive, {x, weights, y, {DNNL_ARG_DIFF_BIAS, g.bias}})
                                         : Primitive(primitive, {x, weights, y})});
}

}  // namespace

void convolution(const Tensor& x, const Tensor& weights, const Tensor* bias,
                 const ConvolutionGeometry& geometry, Tensor& y) {
  auto& kept = cached<Kept>(signature_of("convolution", x, weights, y, geometry, bias != nullptr),
                            [&] { return make_forward(Geometry(x, weights, y, geometry), bias != nullptr); });
  Tensor x_room;
  Tensor w_room;
  Tensor y_room;
  const void* const from = kept.x.pack(x, x_room);
  const void* const w = kept.weights.pack_once(weights, w_room);
  const void* const to = kept.y.room(y, y_room);
  if (bias == nullptr)
    kept.primitive.run({from, w, to});
  else
    kept.primitive.run({from, w, to, bias->bytes()});
  kept.y.unpack(y_room, y);
}

void convolution_backward_data(const Tensor& dy, const Tensor& weights, const ConvolutionGeometry& geometry,
                               Tensor& dx) {
  auto& kept = cached<Kept>(signature_of("convolution backward data", dx, weights, dy, geometry, false), [&] {
    const Geometry g(dx, weights, dy, geometry);
    const dnnl::convolution_backward_data::primitive_desc made(
        {dnnl::algorithm::convolution_direct, g.x, g.weights, g.y, g.stride, g.padding, g.padding}, engine(),
        g.hint(false));
    return std::make_unique<Kept>(
        Kept{{g.plain_x, made.diff_src_desc()},
             {g.plain, made.weights_desc()},
             {g.plain_y, made.diff_dst_desc()},
             Primitive(dnnl::convolution_backward_data(made), {{DNNL_ARG_DIFF_SRC, made.diff_src_desc()},
                                                               {DNNL_ARG_WEIGHTS, made.weights_desc()},
                                                               {DNNL_ARG_DIFF_DST, made.diff_dst_desc()}})});
  });
  Tensor x_room;
  Tensor w_room;
  Tensor y_room;
  const void* const to = kept.x.room(dx, x_room);
  kept.primitive.run({to, kept.weights.pack_once(weights, w_room), kept.y.pack(dy, y_room)});
  kept.x.unpack(x_room, dx);
}

void convolution_backward_weights(const Tensor& x, const Tensor& dy, const ConvolutionGeometry& geometry,
                                  Tensor& dweights, Tensor* dbias) {
  const bool with_bias = dbias != nullptr;
  auto& kept =
      cached<Kept>(signature_of("convolution backward weights", x, dweights, dy, geometry, with_bias),
                   [&] { return make_backward_weights(Geometry(x, dweights, dy, geometry), with_bias); });
  Tensor x_room;
  Tensor w_room;
  Tensor y_room;
  const void* const from = kept.x.pack(x, x_room);
  const void* const d = kept.y.pack(dy, y_room);
  const void* const w = kept.weights.room(dweights, w_room);
  if (with_bias)
    kept.primitive.run({from, w, d, dbias->mutable_bytes()});
  else
    kept.primitive.run({from, w, d});
  kept.weights.unpack(w_room, dweights);
}

}  // namespace reprise::nn::onednn
