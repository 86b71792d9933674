#include "kernels/onednn/operations.hpp"
#include "kernels/onednn/primitive.hpp"

namespace reprise::nn::onednn {
namespace {

/// Weights [out, in / groups, kh, kw] as oneDNN names their axes.
Shape weight_axes(const Shape& weights, std::int64_t groups) {
  if (groups == 1) return weights;
  return {groups, weights[0] / groups, weights[1], weights[2], weights[3]};
}

struct Geometry {
  dnnl::memory::desc x;
  dnnl::memory::desc weights;  ///< in any order
  dnnl::memory::desc plain;    ///< row-major
  dnnl::memory::desc bias;
  dnnl::memory::desc y;
  dnnl::memory::dims stride;
  dnnl::memory::dims padding;

  Geometry(const Tensor& x_tensor, const Tensor& weight_tensor, const Tensor& y_tensor,
           const ConvolutionGeometry& geometry)
      : x(describe(x_tensor)),
        weights(describe_any(weight_axes(weight_tensor.shape(), geometry.groups), weight_tensor.type())),
        plain(describe_row_major(weight_axes(weight_tensor.shape(), geometry.groups), weight_tensor.type())),
        bias(describe_row_major({weight_tensor.size(0)}, DataType::f32)),
        y(describe(y_tensor)),
        stride{geometry.stride, geometry.stride},
        padding{geometry.padding, geometry.padding} {}

  [[nodiscard]] dnnl::convolution_forward::primitive_desc forward(bool with_bias) const {
    const auto kind = dnnl::prop_kind::forward_training;
    const auto algorithm = dnnl::algorithm::convolution_direct;
    if (with_bias) return {{kind, algorithm, x, weights, bias, y, stride, padding, padding}, engine()};
    return {{kind, algorithm, x, weights, y, stride, padding, padding}, engine()};
  }
};

struct Kept {
  Packing packing;
  Primitive primitive;
};

Signature signature_of(const char* kind, const Tensor& x, const Tensor& weights, const Tensor& y,
                       const ConvolutionGeometry& geometry, bool with_bias) {
  Signature signature(kind);
  signature.add(x).add(weights.shape()).add(y);
  signature.add(geometry.stride).add(geometry.padding).add(geometry.groups).add(with_bias);
  return signature;
}

}  // namespace

void convolution(const Tensor& x, const Tensor& weights, const Tensor* bias,
                 const ConvolutionGeometry& geometry, Tensor& y) {
  auto& kept = cached<Kept>(signature_of("convolution", x, weights, y, geometry, bias != nullptr), [&] {
    const Geometry g(x, weights, y, geometry);
    const auto made = g.forward(bias != nullptr);
    if (bias == nullptr)
      return std::make_unique<Kept>(Kept{
          Packing(g.plain, made.weights_desc()),
          Primitive(dnnl::convolution_forward(made),
                    {{DNNL_ARG_SRC, g.x}, {DNNL_ARG_WEIGHTS, made.weights_desc()}, {DNNL_ARG_DST, g.y}})});
    return std::make_unique<Kept>(
        Kept{Packing(g.plain, made.weights_desc()),
             Primitive(dnnl::convolution_forward(made), {{DNNL_ARG_SRC, g.x},
                                                         {DNNL_ARG_WEIGHTS, made.weights_desc()},
                                                         {DNNL_ARG_BIAS, g.bias},
                                                         {DNNL_ARG_DST, g.y}})});
  });
  Tensor packed;
  const void* const w = kept.packing.pack(weights, packed);
  if (bias == nullptr)
    kept.primitive.run({x.bytes(), w, y.mutable_bytes()});
  else
    kept.primitive.run({x.bytes(), w, bias->bytes(), y.mutable_bytes()});
}

void convolution_backward_data(const Tensor& dy, const Tensor& weights, const ConvolutionGeometry& geometry,
                               Tensor& dx) {
  auto& kept = cached<Kept>(signature_of("convolution backward data", dx, weights, dy, geometry, false), [&] {
    const Geometry g(dx, weights, dy, geometry);
    const dnnl::convolution_backward_data::primitive_desc made(
        {dnnl::algorithm::convolution_direct, g.x, g.weights, g.y, g.stride, g.padding, g.padding}, engine(),
        g.forward(false));
    return std::make_unique<Kept>(Kept{
        Packing(g.plain, made.weights_desc()),
        Primitive(
            dnnl::convolution_backward_data(made),
            {{DNNL_ARG_DIFF_DST, g.y}, {DNNL_ARG_WEIGHTS, made.weights_desc()}, {DNNL_ARG_DIFF_SRC, g.x}})});
  });
  Tensor packed;
  kept.primitive.run({dy.bytes(), kept.packing.pack(weights, packed), dx.mutable_bytes()});
}

void convolution_backward_weights(const Tensor& x, const Tensor& dy, const ConvolutionGeometry& geometry,
                                  Tensor& dweights, Tensor* dbias) {
  const bool with_bias = dbias != nullptr;
  auto& kept =
      cached<Kept>(signature_of("convolution backward weights", x, dweights, dy, geometry, with_bias), [&] {
        const Geometry g(x, dweights, dy, geometry);
        const auto algorithm = dnnl::algorithm::convolution_direct;
        if (!with_bias) {
          const dnnl::convolution_backward_weights::primitive_desc made(
              {algorithm, g.x, g.weights, g.y, g.stride, g.padding, g.padding}, engine(), g.forward(false));
          return std::make_unique<Kept>(Kept{Packing(g.plain, made.diff_weights_desc()),
                                             Primitive(dnnl::convolution_backward_weights(made),
                                                       {{DNNL_ARG_SRC, g.x},
                                                        {DNNL_ARG_DIFF_DST, g.y},
                                                        {DNNL_ARG_DIFF_WEIGHTS, made.diff_weights_desc()}})});
        }
        const dnnl::convolution_backward_weights::primitive_desc made(
            {algorithm, g.x, g.weights, g.bias, g.y, g.stride, g.padding, g.padding}, engine(),
            g.forward(true));
        return std::make_unique<Kept>(Kept{Packing(g.plain, made.diff_weights_desc()),
                                           Primitive(dnnl::convolution_backward_weights(made),
                                                     {{DNNL_ARG_SRC, g.x},
                                                      {DNNL_ARG_DIFF_DST, g.y},
                                                      {DNNL_ARG_DIFF_WEIGHTS, made.diff_weights_desc()},
                                                      {DNNL_ARG_DIFF_BIAS, g.bias}})});
      });
  Tensor room;
  const void* const w = kept.packing.room(dweights, room);
  if (with_bias)
    kept.primitive.run({x.bytes(), dy.bytes(), w, dbias->mutable_bytes()});
  else
    kept.primitive.run({x.bytes(), dy.bytes(), w});
  kept.packing.unpack(room, dweights);
}

}  // namespace reprise::nn::onednn
