#include <bit>

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

dnnl::primitive_attr attributes(const IntegerEpilogue& epilogue) {
  constexpr int each_column = 1 << 1;
  dnnl::primitive_attr attributes;
  attributes.set_output_scales(each_column, epilogue.unit.values<float>());
  dnnl::post_ops after;
  if (epilogue.add) after.append_sum();
  if (epilogue.gelu) after.append_eltwise(1, dnnl::algorithm::eltwise_gelu_erf, 0, 0);
  attributes.set_post_ops(after);
  return attributes;
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

void integer_matmul(const Tensor& a, const Tensor& b, bool weights, const IntegerEpilogue* epilogue,
                    Tensor& out) {
  struct Product {
    Primitive product;
    Packing packing;
  };
  Signature signature("integer matmul");
  signature.add(a).add(b).add(out).add(weights).add(epilogue != nullptr);
  if (epilogue != nullptr) {
    signature.add(epilogue->add).add(epilogue->gelu);
    for (const float unit : epilogue->unit.values<float>()) signature.add(std::bit_cast<std::int32_t>(unit));
  }
  auto& [product, packing] = cached<Product>(std::move(signature), [&] {
    const auto left = describe_matrix(a);
    const auto right = describe_matrix(b);
    const auto chosen = weights ? describe_any(b.shape(), b.type()) : right;
    const auto result = describe_matrix(out);
    if (epilogue == nullptr) {
      const dnnl::matmul::primitive_desc made({left, chosen, result}, engine());
      return std::unique_ptr<Product>(new Product{
          Primitive(dnnl::matmul(made),
                    {{DNNL_ARG_SRC, left}, {DNNL_ARG_WEIGHTS, made.weights_desc()}, {DNNL_ARG_DST, result}}),
          Packing(right, made.weights_desc())});
    }
    const auto bias = describe_row_major({1, out.size(1)}, DataType::f32);
    const dnnl::matmul::primitive_desc made({left, chosen, bias, result}, attributes(*epilogue), engine());
    return std::unique_ptr<Product>(
        new Product{Primitive(dnnl::matmul(made), {{DNNL_ARG_SRC, left},
                                                   {DNNL_ARG_WEIGHTS, made.weights_desc()},
                                                   {DNNL_ARG_DST, result},
                                                   {DNNL_ARG_BIAS, bias}}),
                    Packing(right, made.weights_desc())});
  });
  Tensor keep;
  const void* const factor = weights ? packing.pack_once(b, keep) : b.bytes();
  if (epilogue == nullptr)
    product.run({a.bytes(), factor, out.mutable_bytes()});
  else
    product.run({a.bytes(), factor, out.mutable_bytes(), epilogue->bias.bytes()});
}

bool saturates_products() {
  return active_isa() < Isa::avx512_vnni;
}

bool has_bf16() {
  return active_isa() >= Isa::avx512;
}

}  // namespace reprise::nn::onednn
