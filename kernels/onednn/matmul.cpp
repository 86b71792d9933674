#include "kernels/isa.hpp"
#include "kernels/onednn/operations.hpp"
#include "kernels/onednn/primitive.hpp"

namespace reprise::nn::onednn {
namespace {

/// oneDNN's matrices have at least their own stride in an axis of size one.
dnnl::memory::desc describe_matrix(const Tensor& tensor) {
  Shape strides = tensor.strides();
  for (int axis = 0; axis < tensor.rank(); ++axis)
    if (tensor.size(axis) == 1) strides[axis] = axis + 1 == tensor.rank() ? 1 : tensor.size(-1) * strides[-1];
  return {dims(tensor.shape()), data_type(tensor.type()), dims(strides)};
}

}  // namespace

void matmul(const Tensor& a, const Tensor& b, const Tensor* bias, Tensor& out) {
  Signature signature("matmul");
  signature.add(a).add(b).add(out).add(bias != nullptr);
  auto& primitive = cached<Primitive>(std::move(signature), [&] {
    const auto left = describe_matrix(a);
    const auto right = describe_matrix(b);
    const auto result = describe_matrix(out);
    if (bias == nullptr) {
      const dnnl::matmul::primitive_desc made({left, right, result}, engine());
      return std::make_unique<Primitive>(
          dnnl::matmul(made), std::initializer_list<Primitive::Argument>{
                                  {DNNL_ARG_SRC, left}, {DNNL_ARG_WEIGHTS, right}, {DNNL_ARG_DST, result}});
    }
    Shape row = Shape::filled(out.rank(), 1);
    row[-1] = out.size(-1);
    const auto added = describe_row_major(row, bias->type());
    const dnnl::matmul::primitive_desc made({left, right, added, result}, engine());
    return std::make_unique<Primitive>(
        dnnl::matmul(made),
        std::initializer_list<Primitive::Argument>{
            {DNNL_ARG_SRC, left}, {DNNL_ARG_WEIGHTS, right}, {DNNL_ARG_BIAS, added}, {DNNL_ARG_DST, result}});
  });
  if (bias == nullptr)
    primitive.run({a.bytes(), b.bytes(), out.mutable_bytes()});
  else
    primitive.run({a.bytes(), b.bytes(), bias->bytes(), out.mutable_bytes()});
}

void integer_matmul(const Tensor& a, const Tensor& b, bool weights, Tensor& out) {
  struct Product {
    Primitive product;
    Packing packing;
  };
  Signature signature("integer matmul");
  signature.add(a).add(b).add(out).add(weights);
  auto& [product, packing] = cached<Product>(std::move(signature), [&] {
    const auto left = describe_matrix(a);
    const auto right = describe_matrix(b);
    const auto result = describe_matrix(out);
    const dnnl::matmul::primitive_desc made(
        {left, weights ? describe_any(b.shape(), b.type()) : right, result}, engine());
    return std::unique_ptr<Product>(new Product{
        Primitive(dnnl::matmul(made),
                  {{DNNL_ARG_SRC, left}, {DNNL_ARG_WEIGHTS, made.weights_desc()}, {DNNL_ARG_DST, result}}),
        Packing(right, made.weights_desc())});
  });
  Tensor keep;
  const void* const factor = weights ? packing.pack_once(b, keep) : b.bytes();
  product.run({a.bytes(), factor, out.mutable_bytes()});
}

bool saturates_products() {
  return active_isa() < Isa::avx512_vnni;
}

bool has_bf16() {
  return active_isa() >= Isa::avx512;
}

}  // namespace reprise::nn::onednn
