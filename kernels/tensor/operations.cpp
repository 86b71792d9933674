#include "kernels/tensor/operations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "kernels/expects.hpp"
#include "kernels/tensor/channel_norm.hpp"
#include "kernels/tensor/operation_parts.hpp"
#include "kernels/tensor/reference.hpp"
#include "kernels/tensor/row_softmax.hpp"
#include "kernels/tensor/walk.hpp"

namespace reprise::nn {
namespace {

Tensor rows(const Tensor& x) {
  expects(x.rank() >= 1, "rows need an axis");
  return x.reshape({x.size(-1) == 0 ? 0 : x.elements() / x.size(-1), x.size(-1)});
}

}  // namespace

Tensor binary(Binary op, const Tensor& a, const Tensor& b) {
  const auto shape = broadcast(a.shape(), b.shape());
  const auto left = a.shape() == shape ? a : a.expand(shape);
  const auto right = b.shape() == shape ? b : b.expand(shape);
  if (a.type() != b.type())
    throw std::invalid_argument(fmt::format("elements of types {} and {} don't go together",
                                            to_string(a.type()), to_string(b.type())));
  Tensor out = a.shape() == shape   ? Tensor::like(a)
               : b.shape() == shape ? Tensor::like(b)
                                    : Tensor(shape, a.type());
  with_real_type(a.type(), [&](auto zero) {
    using T = decltype(zero);
    const auto* const x = left.template data<T>();
    const auto* const y = right.template data<T>();
    auto* const to = out.template mutable_data<T>();
    Walk<3>({&out, &left, &right}).rows([&](const auto& starts, const auto& steps, std::int64_t count) {
      loops::binary(op, x + starts[1], steps[1], y + starts[2], steps[2], to + starts[0], steps[0], count);
    });
  });
  return out;
}

Tensor affine(const Tensor& x, double factor, double shift) {
  const auto from = x.dense() ? x : x.to_contiguous();
  Tensor out = Tensor::like(from);
  with_real_type(x.type(), [&](auto zero) {
    using T = decltype(zero);
    loops::affine(static_cast<T>(factor), static_cast<T>(shift), from.template data<T>(),
                  out.template mutable_data<T>(), x.elements());
  });
  return out;
}

void accumulate(Tensor& sum, const Tensor& x, double factor) {
  const auto from = x.shape() == sum.shape() ? x : x.expand(sum.shape());
  with_real_type(sum.type(), [&](auto zero) {
    using T = decltype(zero);
    const auto* const y = from.template data<T>();
    auto* const to = sum.template mutable_data<T>();
    Walk<2>({&sum, &from}).rows([&](const auto& starts, const auto& steps, std::int64_t count) {
      if (steps[0] == 1 && steps[1] == 1) {
        loops::add_scaled(static_cast<T>(factor), y + starts[1], to + starts[0], count);
      } else {
        for (std::int64_t i = 0; i < count; ++i)
          to[starts[0] + i * steps[0]] += static_cast<T>(factor) * y[starts[1] + i * steps[1]];
      }
    });
  });
}

Tensor elementwise(Elementwise kind, const Tensor& x) {
  const auto from = x.dense() ? x : x.to_contiguous();
  Tensor y = Tensor::like(from);
  if (x.elements() == 0) return y;
  by_type(
      x, [&] { onednn::elementwise(kind, from, y); }, [&] { reference::elementwise(kind, from, y); });
  return y;
}

Tensor elementwise_backward(Elementwise kind, const Tensor& x_or_y, const Tensor& dy) {
  Tensor dx = Tensor::like(x_or_y);
  if (dy.elements() == 0) return dx;
  Tensor from = dy;
  if (dy.strides() != dx.strides()) {
    from = Tensor::like(x_or_y);
    from.assign(dy);
  }
  const auto at = x_or_y.dense() ? x_or_y : [&] {
    Tensor copy = Tensor::like(x_or_y);
    copy.assign(x_or_y);
    return copy;
  }();
  by_type(
      dy, [&] { onednn::elementwise_backward(kind, at, from, dx); },
      [&] { reference::elementwise_backward(kind, at, from, dx); });
  return dx;
}

Tensor sum_to(const Tensor& x, const Shape& shape) {
  if (x.shape() == shape) return x;
  Tensor sums = Tensor::zeros(shape, DataType::f64);
  const auto repeated = sums.expand(x.shape());
  auto* const to = sums.mutable_data<double>();
  with_real_type(x.type(), [&](auto zero) {
    using T = decltype(zero);
    const auto* const from = x.template data<T>();
    Walk<2>({&x, &repeated}).rows([&](const auto& starts, const auto& steps, std::int64_t count) {
      const auto* const row = from + starts[0];
      auto* const sum = to + starts[1];
      if (steps[0] == 1 && steps[1] == 0) {
        *sum += loops::sum(row, count);
      } else if (steps[0] == 1 && steps[1] == 1) {
        loops::add_to_sums(row, sum, count);
      } else {
        for (std::int64_t i = 0; i < count; ++i) sum[i * steps[1]] += static_cast<double>(row[i * steps[0]]);
      }
    });
  });
  return sums.to(x.type());
}

Shape reduced(const Shape& shape, const Shape& axes) {
  Shape result = axes.rank() == 0 ? Shape::filled(shape.rank(), 1) : shape;
  for (const auto axis : axes) result[axis_of(shape, static_cast<int>(axis))] = 1;
  return result;
}

Tensor row_maximum(const Tensor& x) {
  const auto from = x.to_contiguous();
  const std::int64_t width = x.size(-1);
  expects(width > 0, "a maximum needs an element");
  Shape shape = x.shape();
  shape[-1] = 1;
  Tensor most(shape, x.type());
  with_real_type(x.type(), [&](auto zero) {
    using T = decltype(zero);
    const auto* row = from.template data<T>();
    auto* const to = most.template mutable_data<T>();
    for (std::int64_t r = 0; r < most.elements(); ++r, row += width)
      to[r] = *std::max_element(row, row + width);
  });
  return most;
}

Pooled pooling(const Tensor& x, const Pooling& pooling) {
  const auto from = images(x);
  expects(pooling.padding * 2 <= std::min(pooling.height, pooling.width),
          "a window has an element of the image");
  Pooled result;
  result.y = Tensor::channels_last(
      {x.size(0), x.size(1), windows(x.size(2), pooling.height, pooling.stride, pooling.padding),
       windows(x.size(3), pooling.width, pooling.stride, pooling.padding)},
      x.type());
  if (result.y.elements() == 0) return result;
  result.chosen = by_type(
      x, [&] { return onednn::pooling(from, pooling, result.y); },
      [&] { return reference::pooling(from, pooling, result.y); });
  return result;
}

Tensor pooling_backward(const Tensor& dy, const Pooling& pooling, const Tensor& chosen, const Shape& x) {
  Tensor dx = Tensor::channels_last(x, dy.type());
  if (dx.elements() == 0) return dx;
  const auto from = images(dy);
  by_type(
      dy, [&] { onednn::pooling_backward(from, pooling, chosen, dx); },
      [&] { reference::pooling_backward(from, pooling, chosen, dx); });
  return dx;
}

namespace {

/// As an image, channels last.
Tensor channelled(const Tensor& x) {
  expects(x.rank() == 2 || x.rank() == 4, "channels are axis 1 of [n, c] or [n, c, h, w]");
  expects(x.elements() > 0, "a batch has an element");
  return x.rank() == 4 ? x.to_channels_last() : x.to_contiguous().insert_axis(2).insert_axis(3);
}

Tensor unchannelled(const Tensor& y, const Shape& shape) {
  return shape.rank() == 4 ? y : y.erase_axis(3).erase_axis(2);
}

}  // namespace

Tensor batch_norm(const Tensor& x, const Tensor& scale, const Tensor& shift, double epsilon, bool training,
                  bool rectify, Moments& moments, const Tensor& added) {
  const auto from = channelled(x);
  const auto plus = added ? channelled(added) : Tensor();
  expects(!added || added.shape() == x.shape(), "what is added has the shape of what is normalised");
  expects(scale.elements() == x.size(1) && shift.elements() == x.size(1),
          "each channel has a scale and a shift");
  const channel_norm::Size size{x.elements() / x.size(1), x.size(1)};
  if (training) moments = {Tensor({x.size(1)}, x.type()), Tensor({x.size(1)}, x.type())};
  Tensor y = Tensor::like(from);
  with_real_type(x.type(), [&](auto zero) {
    using T = decltype(zero);
    if (training)
      channel_norm::moments(size, from.template data<T>(), moments.mean.template mutable_data<T>(),
                            moments.variance.template mutable_data<T>());
    channel_norm::apply(size, from.template data<T>(), moments.mean.template data<T>(),
                        moments.variance.template data<T>(), scale.template data<T>(),
                        shift.template data<T>(), epsilon, plus ? plus.template data<T>() : nullptr, rectify,
                        y.template mutable_data<T>());
  });
  return unchannelled(y, x.shape());
}

NormGradients batch_norm_backward(const Tensor& x, const Tensor& rectified, const Tensor& dy,
                                  const Tensor& scale, double epsilon, const Moments& moments, bool added) {
  const auto from = channelled(x);
  const auto y = rectified ? channelled(rectified) : Tensor();
  const auto d = channelled(dy);
  NormGradients g{Tensor::like(from), Tensor::like(scale), Tensor::like(scale),
                  added ? Tensor::like(from) : Tensor()};
  with_real_type(x.type(), [&](auto zero) {
    using T = decltype(zero);
    channel_norm::backward({x.elements() / x.size(1), x.size(1)}, from.template data<T>(),
                           y ? y.template data<T>() : nullptr, d.template data<T>(),
                           moments.mean.template data<T>(), moments.variance.template data<T>(),
                           scale.template data<T>(), epsilon, g.dx.template mutable_data<T>(),
                           g.dscale.template mutable_data<T>(), g.dshift.template mutable_data<T>(),
                           added ? g.dadded.template mutable_data<T>() : nullptr);
  });
  g.dx = unchannelled(g.dx, x.shape());
  if (added) g.dadded = unchannelled(g.dadded, x.shape());
  return g;
}

Tensor layer_norm(const Tensor& x, const Tensor& scale, const Tensor& shift, double epsilon,
                  Moments& moments) {
  const auto from = rows(x);
  expects(scale.elements() == x.size(-1) && shift.elements() == x.size(-1),
          "each column has a scale and a shift");
  moments = {Tensor({from.size(0)}, x.type()), Tensor({from.size(0)}, x.type())};
  Tensor y = Tensor::like(from);
  if (x.elements() > 0)
    by_type(
        x, [&] { onednn::layer_norm(from, scale, shift, epsilon, moments.mean, moments.variance, y); },
        [&] { reference::layer_norm(from, scale, shift, epsilon, moments.mean, moments.variance, y); });
  return y.reshape(x.shape());
}

NormGradients layer_norm_backward(const Tensor& x, const Tensor& dy, const Tensor& scale, double epsilon,
                                  const Moments& moments) {
  const auto from = rows(x);
  const auto d = rows(dy);
  NormGradients g{Tensor::like(from), Tensor::like(scale), Tensor::like(scale), {}};
  by_type(
      x,
      [&] {
        onednn::layer_norm_backward(from, d, scale, epsilon, moments.mean, moments.variance, g.dx, g.dscale,
                                    g.dshift);
      },
      [&] {
        reference::layer_norm_backward(from, d, scale, epsilon, moments.mean, moments.variance, g.dx,
                                       g.dscale, g.dshift);
      });
  g.dx = g.dx.reshape(x.shape());
  return g;
}

Tensor softmax(const Tensor& x, bool logarithm, double scale) {
  const auto from = rows(x);
  Tensor y = Tensor::like(from);
  if (x.elements() > 0)
    by_type(
        x,
        [&] {
          row_softmax::forward({from.size(0), from.size(1)}, static_cast<float>(scale), logarithm,
                               from.data<float>(), y.mutable_data<float>());
        },
        [&] { reference::softmax(affine(from, scale), logarithm, y); });
  return y.reshape(x.shape());
}

Tensor softmax_backward(const Tensor& y, bool logarithm, const Tensor& dy, double scale) {
  const auto from = rows(y);
  const auto d = rows(dy);
  Tensor dx = Tensor::like(from);
  if (y.elements() > 0)
    by_type(
        y,
        [&] {
          row_softmax::backward({from.size(0), from.size(1)}, static_cast<float>(scale), logarithm,
                                from.data<float>(), d.data<float>(), dx.mutable_data<float>());
        },
        [&] { reference::softmax_backward(from, logarithm, affine(d, scale), dx); });
  return dx.reshape(y.shape());
}

Tensor concatenate(std::span<const Tensor> parts, int axis) {
  expects(!parts.empty(), "there is something to put together");
  Shape shape = parts[0].shape();
  axis = axis_of(shape, axis);
  shape[axis] = 0;
  for (const auto& part : parts) shape[axis] += part.size(axis);
  Tensor all(shape, parts[0].type());
  std::int64_t from = 0;
  for (const auto& part : parts) {
    Tensor room = all.slice(axis, from, part.size(axis));
    expects(room.shape() == part.shape(),
            "parts have one shape, but for the axis along which they are put together");
    room.assign(part);
    from += part.size(axis);
  }
  return all;
}

}  // namespace reprise::nn
