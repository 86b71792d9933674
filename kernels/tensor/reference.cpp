#include "kernels/tensor/reference.hpp"

#include <Eigen/Core>
#include <cmath>
#include <limits>
#include <numbers>

#include "kernels/tensor/walk.hpp"

namespace reprise::nn::reference {
namespace {

/// An element of a tensor of up to four axes, wherever it lies.
template <class Number>
struct Grid {
  Number* data;
  Shape strides;
  Number& operator()(std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d) const {
    return data[a * strides[0] + b * strides[1] + c * strides[2] + d * strides[3]];
  }
};

Grid<const double> grid(const Tensor& tensor) {
  return {tensor.data<double>(), tensor.strides()};
}
Grid<double> grid(Tensor& tensor) {
  return {tensor.mutable_data<double>(), tensor.strides()};
}

double value(Elementwise kind, double x) {
  switch (kind) {
    case Elementwise::relu:
      return x > 0 ? x : 0;
    case Elementwise::gelu_erf:
      return 0.5 * x * (1 + std::erf(x / std::numbers::sqrt2));
    case Elementwise::gelu_tanh:
      return 0.5 * x * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x)));
    case Elementwise::tanh:
      return std::tanh(x);
    case Elementwise::sigmoid:
      return 1 / (1 + std::exp(-x));
    case Elementwise::softplus:
      return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
    case Elementwise::exp:
      return std::exp(x);
    case Elementwise::log:
      return std::log(x);
    case Elementwise::sqrt:
      return std::sqrt(x);
    case Elementwise::square:
      return x * x;
    case Elementwise::abs:
      return std::abs(x);
  }
  return x;
}

/// A function of y where onednn::needs_output says so, else of x.
double derivative(Elementwise kind, double at) {
  switch (kind) {
    case Elementwise::relu:
      return at > 0 ? 1 : 0;
    case Elementwise::gelu_erf: {
      const double density = std::exp(-0.5 * at * at) / std::sqrt(2 * std::numbers::pi);
      return 0.5 * (1 + std::erf(at / std::numbers::sqrt2)) + at * density;
    }
    case Elementwise::gelu_tanh: {
      const double root = std::sqrt(2 / std::numbers::pi);
      const double t = std::tanh(root * (at + 0.044715 * at * at * at));
      return 0.5 * (1 + t) + 0.5 * at * (1 - t * t) * root * (1 + 3 * 0.044715 * at * at);
    }
    case Elementwise::tanh:
      return 1 - at * at;
    case Elementwise::sigmoid:
      return at * (1 - at);
    case Elementwise::softplus:
      return 1 / (1 + std::exp(-at));
    case Elementwise::exp:
      return at;
    case Elementwise::log:
      return 1 / at;
    case Elementwise::sqrt:
      return 0.5 / at;
    case Elementwise::square:
      return 2 * at;
    case Elementwise::abs:
      return at > 0 ? 1 : at < 0 ? -1 : 0;
  }
  return 1;
}

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Steps = Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>;

template <class Number>
auto matrix(Number* data, const Tensor& tensor) {
  using Kind = std::conditional_t<std::is_const_v<Number>, const Matrix, Matrix>;
  return Eigen::Map<Kind, 0, Steps>(data, tensor.size(-2), tensor.size(-1),
                                    Steps(tensor.strides()[-2], tensor.strides()[-1]));
}

/// Where matrix `index` (row-major over the leading axes of `shape`) of a tensor starts.
std::int64_t matrix_start(const Tensor& tensor, const Shape& shape, std::int64_t index) {
  std::int64_t start = 0;
  for (int axis = shape.rank() - 3; axis >= 0; --axis) {
    const int own = axis - (shape.rank() - tensor.rank());
    const std::int64_t at = index % shape[axis];
    index /= shape[axis];
    if (own >= 0 && tensor.size(own) != 1) start += at * tensor.strides()[own];
  }
  return start;
}

/// Calls visit(image, out channel, y row, y column, channel within the group, kernel row, kernel column, x
/// row, x column) for every product of a convolution.
template <class Visit>
void over_products(const Shape& x, const Shape& weights, const Shape& y, const ConvolutionGeometry& geometry,
                   const Visit& visit) {
  for (std::int64_t n = 0; n < y[0]; ++n)
    for (std::int64_t o = 0; o < y[1]; ++o)
      for (std::int64_t row = 0; row < y[2]; ++row)
        for (std::int64_t column = 0; column < y[3]; ++column)
          for (std::int64_t c = 0; c < weights[1]; ++c)
            for (std::int64_t kr = 0; kr < weights[2]; ++kr)
              for (std::int64_t kc = 0; kc < weights[3]; ++kc) {
                const std::int64_t xr = row * geometry.stride + kr - geometry.padding;
                const std::int64_t xc = column * geometry.stride + kc - geometry.padding;
                if (xr >= 0 && xr < x[2] && xc >= 0 && xc < x[3]) visit(n, o, row, column, c, kr, kc, xr, xc);
              }
}

std::int64_t in_channel(std::int64_t out, std::int64_t within, const Shape& weights,
                        const ConvolutionGeometry& geometry) {
  return out / (weights[0] / geometry.groups) * weights[1] + within;
}

/// Calls visit(image, channel, y row, y column, x row, x column) for every element of every window.
template <class Visit>
void over_windows(const Shape& x, const Shape& y, const Pooling& pooling, const Visit& visit) {
  for (std::int64_t n = 0; n < y[0]; ++n)
    for (std::int64_t c = 0; c < y[1]; ++c)
      for (std::int64_t row = 0; row < y[2]; ++row)
        for (std::int64_t column = 0; column < y[3]; ++column) {
          const std::int64_t top = row * pooling.stride - pooling.padding;
          const std::int64_t left = column * pooling.stride - pooling.padding;
          for (std::int64_t r = std::max<std::int64_t>(top, 0); r < std::min(top + pooling.height, x[2]); ++r)
            for (std::int64_t q = std::max<std::int64_t>(left, 0); q < std::min(left + pooling.width, x[3]);
                 ++q)
              visit(n, c, row, column, r, q);
        }
}

/// What a normalisation sees: groups of elements that share mean and variance, in x [groups, elements]
/// through strides, and a scale for each element.
struct Normalised {
  std::int64_t groups, outer, inner;
  std::int64_t group_step, outer_step, inner_step;
  [[nodiscard]] std::int64_t size() const { return outer * inner; }
  template <class Visit>
  void elements(std::int64_t group, const Visit& visit) const {
    for (std::int64_t o = 0; o < outer; ++o)
      for (std::int64_t i = 0; i < inner; ++i) visit(group * group_step + o * outer_step + i * inner_step, i);
  }
};

/// Batch norm: groups are channels of row-major [n, c, pixels].
Normalised channels_of(const Shape& shape) {
  const std::int64_t pixels = shape.elements() / (shape[0] * shape[1]);
  return {shape[1], shape[0], pixels, pixels, shape[1] * pixels, 1};
}
Normalised rows_of(const Shape& shape) {
  return {shape[0], 1, shape[1], shape[1], 0, 1};
}

/// `per_group`: scale and shift belong to a group (batch norm), else to a place within it (layer norm).
void normalise(const Normalised& x, bool per_group, bool measure, const double* in, const double* scale,
               const double* shift, double epsilon, double* mean, double* variance, double* out) {
  for (std::int64_t g = 0; g < x.groups; ++g) {
    if (measure) {
      double sum = 0;
      x.elements(g, [&](std::int64_t at, std::int64_t) { sum += in[at]; });
      mean[g] = sum / static_cast<double>(x.size());
      double squares = 0;
      x.elements(g,
                 [&](std::int64_t at, std::int64_t) { squares += (in[at] - mean[g]) * (in[at] - mean[g]); });
      variance[g] = squares / static_cast<double>(x.size());
    }
    const double by = 1 / std::sqrt(variance[g] + epsilon);
    x.elements(g, [&](std::int64_t at, std::int64_t i) {
      const auto k = per_group ? g : i;
      out[at] = (in[at] - mean[g]) * by * scale[k] + shift[k];
    });
  }
}

void normalise_backward(const Normalised& x, const double* in, const double* dout, const double* scale,
                        double epsilon, const double* mean, const double* variance, double* din,
                        double* dscale, double* dshift) {
  std::fill(dscale, dscale + x.inner, 0.0);
  std::fill(dshift, dshift + x.inner, 0.0);
  for (std::int64_t g = 0; g < x.groups; ++g) {
    const double by = 1 / std::sqrt(variance[g] + epsilon);
    double sum = 0;
    double product = 0;
    x.elements(g, [&](std::int64_t at, std::int64_t i) {
      const double normal = (in[at] - mean[g]) * by;
      dscale[i] += dout[at] * normal;
      dshift[i] += dout[at];
      sum += dout[at] * scale[i];
      product += dout[at] * scale[i] * normal;
    });
    const auto size = static_cast<double>(x.size());
    x.elements(g, [&](std::int64_t at, std::int64_t i) {
      const double normal = (in[at] - mean[g]) * by;
      din[at] = by * (dout[at] * scale[i] - sum / size - normal * product / size);
    });
  }
}

}  // namespace

void elementwise(Elementwise kind, const Tensor& x, Tensor& y) {
  const auto* const from = x.data<double>();
  auto* const to = y.mutable_data<double>();
  for (std::int64_t i = 0; i < x.elements(); ++i) to[i] = value(kind, from[i]);
}

void elementwise_backward(Elementwise kind, const Tensor& x_or_y, const Tensor& dy, Tensor& dx) {
  const auto* const at = x_or_y.data<double>();
  const auto* const from = dy.data<double>();
  auto* const to = dx.mutable_data<double>();
  for (std::int64_t i = 0; i < dy.elements(); ++i) to[i] = from[i] * derivative(kind, at[i]);
}

void matmul(const Tensor& a, const Tensor& b, const Tensor* bias, Tensor& out) {
  const auto& shape = out.shape();
  const std::int64_t count = shape.elements() / (shape[-2] * shape[-1]);
  auto* const to = out.mutable_data<double>();
  for (std::int64_t i = 0; i < count; ++i) {
    auto result = matrix(to + matrix_start(out, shape, i), out);
    result.noalias() = matrix(a.data<double>() + matrix_start(a, shape, i), a) *
                       matrix(b.data<double>() + matrix_start(b, shape, i), b);
    if (bias != nullptr)
      result.rowwise() += Eigen::Map<const Eigen::RowVectorXd>(bias->data<double>(), bias->elements());
  }
}

void convolution(const Tensor& x, const Tensor& weights, const Tensor* bias,
                 const ConvolutionGeometry& geometry, Tensor& y) {
  if (bias != nullptr)
    y.assign(bias->reshape({1, -1, 1, 1}));
  else
    y.fill(0);
  const auto from = grid(x);
  const auto w = grid(weights);
  const auto to = grid(y);
  over_products(x.shape(), weights.shape(), y.shape(), geometry,
                [&](auto n, auto o, auto r, auto q, auto c, auto kr, auto kc, auto xr, auto xc) {
                  to(n, o, r, q) +=
                      from(n, in_channel(o, c, weights.shape(), geometry), xr, xc) * w(o, c, kr, kc);
                });
}

void convolution_backward_data(const Tensor& dy, const Tensor& weights, const ConvolutionGeometry& geometry,
                               Tensor& dx) {
  dx.fill(0);
  const auto from = grid(dy);
  const auto w = grid(weights);
  const auto to = grid(dx);
  over_products(dx.shape(), weights.shape(), dy.shape(), geometry,
                [&](auto n, auto o, auto r, auto q, auto c, auto kr, auto kc, auto xr, auto xc) {
                  to(n, in_channel(o, c, weights.shape(), geometry), xr, xc) +=
                      from(n, o, r, q) * w(o, c, kr, kc);
                });
}

void convolution_backward_weights(const Tensor& x, const Tensor& dy, const ConvolutionGeometry& geometry,
                                  Tensor& dweights, Tensor* dbias) {
  dweights.fill(0);
  const auto from = grid(x);
  const auto d = grid(dy);
  const auto to = grid(dweights);
  over_products(x.shape(), dweights.shape(), dy.shape(), geometry,
                [&](auto n, auto o, auto r, auto q, auto c, auto kr, auto kc, auto xr, auto xc) {
                  to(o, c, kr, kc) +=
                      from(n, in_channel(o, c, dweights.shape(), geometry), xr, xc) * d(n, o, r, q);
                });
  if (dbias == nullptr) return;
  dbias->fill(0);
  auto* const sums = dbias->mutable_data<double>();
  for (std::int64_t n = 0; n < dy.size(0); ++n)
    for (std::int64_t o = 0; o < dy.size(1); ++o)
      for (std::int64_t r = 0; r < dy.size(2); ++r)
        for (std::int64_t q = 0; q < dy.size(3); ++q) sums[o] += d(n, o, r, q);
}

Tensor pooling(const Tensor& x, const Pooling& pooling, Tensor& y) {
  const auto from = grid(x);
  const auto to = grid(y);
  if (pooling.kind == Pooling::Kind::average) {
    y.fill(0);
    Tensor counts = Tensor::like(y);
    counts.fill(0);
    const auto count = grid(counts);
    over_windows(x.shape(), y.shape(), pooling, [&](auto n, auto c, auto r, auto q, auto xr, auto xc) {
      to(n, c, r, q) += from(n, c, xr, xc);
      count(n, c, r, q) += 1;
    });
    over_windows(y.shape(), y.shape(), {Pooling::Kind::max, 1, 1, 1, 0},
                 [&](auto n, auto c, auto r, auto q, auto, auto) { to(n, c, r, q) /= count(n, c, r, q); });
    return {};
  }
  Tensor chosen = Tensor::like(y);
  const auto choice = grid(chosen);
  y.fill(-std::numeric_limits<double>::infinity());
  over_windows(x.shape(), y.shape(), pooling, [&](auto n, auto c, auto r, auto q, auto xr, auto xc) {
    if (from(n, c, xr, xc) <= to(n, c, r, q)) return;
    to(n, c, r, q) = from(n, c, xr, xc);
    choice(n, c, r, q) = static_cast<double>(xr * x.size(3) + xc);
  });
  return chosen;
}

void pooling_backward(const Tensor& dy, const Pooling& pooling, const Tensor& chosen, Tensor& dx) {
  dx.fill(0);
  const auto from = grid(dy);
  const auto to = grid(dx);
  Tensor counts = Tensor::like(dy);
  counts.fill(0);
  const auto count = grid(counts);
  over_windows(dx.shape(), dy.shape(), pooling,
               [&](auto n, auto c, auto r, auto q, auto, auto) { count(n, c, r, q) += 1; });
  over_windows(dx.shape(), dy.shape(), pooling, [&](auto n, auto c, auto r, auto q, auto xr, auto xc) {
    if (pooling.kind == Pooling::Kind::average)
      to(n, c, xr, xc) += from(n, c, r, q) / count(n, c, r, q);
    else if (grid(chosen)(n, c, r, q) == static_cast<double>(xr * dx.size(3) + xc))
      to(n, c, xr, xc) += from(n, c, r, q);
  });
}

void batch_norm(const Tensor& x, const Tensor& scale, const Tensor& shift, double epsilon, bool training,
                Tensor& mean, Tensor& variance, Tensor& y) {
  const auto in = x.to_contiguous();
  Tensor out(x.shape(), DataType::f64);
  normalise(channels_of(x.shape()), true, training, in.data<double>(), scale.data<double>(),
            shift.data<double>(), epsilon, mean.mutable_data<double>(), variance.mutable_data<double>(),
            out.mutable_data<double>());
  y.assign(out);
}

void layer_norm(const Tensor& x, const Tensor& scale, const Tensor& shift, double epsilon, Tensor& mean,
                Tensor& variance, Tensor& y) {
  normalise(rows_of(x.shape()), false, true, x.data<double>(), scale.data<double>(), shift.data<double>(),
            epsilon, mean.mutable_data<double>(), variance.mutable_data<double>(), y.mutable_data<double>());
}

void layer_norm_backward(const Tensor& x, const Tensor& dy, const Tensor& scale, double epsilon,
                         const Tensor& mean, const Tensor& variance, Tensor& dx, Tensor& dscale,
                         Tensor& dshift) {
  normalise_backward(rows_of(x.shape()), x.data<double>(), dy.data<double>(), scale.data<double>(), epsilon,
                     mean.data<double>(), variance.data<double>(), dx.mutable_data<double>(),
                     dscale.mutable_data<double>(), dshift.mutable_data<double>());
}

void softmax(const Tensor& x, bool logarithm, Tensor& y) {
  const std::int64_t width = x.size(1);
  auto* const to = y.mutable_data<double>();
  for (std::int64_t r = 0; r < x.size(0); ++r) {
    const Eigen::Map<const Eigen::ArrayXd> row(x.data<double>() + r * width, width);
    Eigen::Map<Eigen::ArrayXd> result(to + r * width, width);
    const double most = row.maxCoeff();
    const double total = (row - most).exp().sum();
    if (logarithm)
      result = row - (most + std::log(total));
    else
      result = (row - most).exp() / total;
  }
}

void softmax_backward(const Tensor& y, bool logarithm, const Tensor& dy, Tensor& dx) {
  const std::int64_t width = y.size(1);
  auto* const to = dx.mutable_data<double>();
  for (std::int64_t r = 0; r < y.size(0); ++r) {
    const Eigen::Map<const Eigen::ArrayXd> row(y.data<double>() + r * width, width);
    const Eigen::Map<const Eigen::ArrayXd> d(dy.data<double>() + r * width, width);
    Eigen::Map<Eigen::ArrayXd> result(to + r * width, width);
    if (logarithm)
      result = d - row.exp() * d.sum();
    else
      result = row * (d - (row * d).sum());
  }
}

}  // namespace reprise::nn::reference
