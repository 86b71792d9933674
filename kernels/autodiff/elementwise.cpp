#include "kernels/autodiff/functions.hpp"

namespace reprise::nn {

Variable operator+(const Variable& a, const Variable& b) {
  return record(binary(Binary::add, a.value(), b.value()), {a, b}, [a, b](const Tensor& dy) {
    if (a.wants_gradient()) a.add_gradient(sum_to(dy, a.shape()));
    if (b.wants_gradient()) b.add_gradient(sum_to(dy, b.shape()));
  });
}

Variable operator-(const Variable& a, const Variable& b) {
  return record(binary(Binary::subtract, a.value(), b.value()), {a, b}, [a, b](const Tensor& dy) {
    if (a.wants_gradient()) a.add_gradient(sum_to(dy, a.shape()));
    if (b.wants_gradient()) b.add_gradient(affine(sum_to(dy, b.shape()), -1));
  });
}

Variable operator*(const Variable& a, const Variable& b) {
  return record(binary(Binary::multiply, a.value(), b.value()), {a, b}, [a, b](const Tensor& dy) {
    if (a.wants_gradient()) a.add_gradient(sum_to(binary(Binary::multiply, dy, b.value()), a.shape()));
    if (b.wants_gradient()) b.add_gradient(sum_to(binary(Binary::multiply, dy, a.value()), b.shape()));
  });
}

Variable operator/(const Variable& a, const Variable& b) {
  const auto y = binary(Binary::divide, a.value(), b.value());
  return record(y, {a, b}, [a, b, y](const Tensor& dy) {
    const auto by_b = binary(Binary::divide, dy, b.value());
    if (a.wants_gradient()) a.add_gradient(sum_to(by_b, a.shape()));
    if (b.wants_gradient()) b.add_gradient(affine(sum_to(binary(Binary::multiply, by_b, y), b.shape()), -1));
  });
}

Variable operator+(const Variable& x, double shift) {
  return record(affine(x.value(), 1, shift), {x}, [x](const Tensor& dy) { x.add_gradient(dy); });
}

Variable operator*(const Variable& x, double factor) {
  return record(affine(x.value(), factor), {x},
                [x, factor](const Tensor& dy) { x.add_gradient(affine(dy, factor)); });
}

Variable elementwise(Elementwise kind, const Variable& x) {
  const auto y = elementwise(kind, x.value());
  const auto at = onednn::needs_output(kind) ? y : x.value();
  return record(y, {x},
                [x, at, kind](const Tensor& dy) { x.add_gradient(elementwise_backward(kind, at, dy)); });
}

Variable dropout(const Variable& x, double probability, Philox& random) {
  if (probability <= 0) return x;
  std::vector<float> kept(static_cast<std::size_t>(x.value().elements()));
  const auto bound = static_cast<std::uint64_t>(probability * 0x1p32);
  const auto scale = static_cast<float>(1 / (1 - probability));
  for (auto& factor : kept) factor = random() < bound ? 0.0F : scale;
  return x * Variable(Tensor::from(kept, x.shape()).to(x.value().type()));
}

}  // namespace reprise::nn
