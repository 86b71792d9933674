#include "kernels/data/resize.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <type_traits>
#include <vector>

#include "kernels/expects.hpp"

namespace reprise::nn {
namespace {

double radius_of(Interpolation how) {
  return how == Interpolation::bicubic ? 2.0 : 1.0;
}

double kernel(Interpolation how, double x) {
  x = std::abs(x);
  if (how == Interpolation::bilinear) return x < 1.0 ? 1.0 - x : 0.0;
  constexpr double a = -0.5;
  if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1;
  if (x < 2.0) return (((x - 5) * x + 8) * x - 4) * a;
  return 0.0;
}

/// Along one axis, output i is the sum of inputs first[i] + k, weighted by weights[i * most + k], k <
/// count[i].
struct Taps {
  std::size_t most = 0;
  std::vector<std::int64_t> first;
  std::vector<std::int64_t> count;
  std::vector<double> weights;
};

Taps taps_of(std::int64_t from, std::int64_t to, Interpolation how) {
  const double scale = static_cast<double>(from) / static_cast<double>(to);
  const double stretch = std::max(scale, 1.0);
  const double support = radius_of(how) * stretch;
  const double shrink = 1.0 / stretch;
  Taps taps;
  taps.most = static_cast<std::size_t>(std::ceil(support)) * 2 + 1;
  taps.weights.resize(taps.most * static_cast<std::size_t>(to));
  for (std::int64_t i = 0; i < to; ++i) {
    const double centre = (static_cast<double>(i) + 0.5) * scale;
    const auto first = std::max(static_cast<std::int64_t>(centre - support + 0.5), std::int64_t{0});
    const auto last = std::min(static_cast<std::int64_t>(centre + support + 0.5), from);
    double* const weights = taps.weights.data() + taps.most * static_cast<std::size_t>(i);
    double sum = 0.0;
    for (std::int64_t k = 0; k < last - first; ++k)
      sum += weights[k] = kernel(how, (static_cast<double>(k + first) - centre + 0.5) * shrink);
    if (sum != 0.0)
      for (std::int64_t k = 0; k < last - first; ++k) weights[k] /= sum;
    taps.first.push_back(first);
    taps.count.push_back(last - first);
  }
  return taps;
}

/// What values are summed in: f64 for f32, and for u8 whole numbers, weights in units of 2^-22.
struct FloatSums {
  using Weight = double;
  using Sum = double;
  static constexpr Sum start = 0.0;
  static Weight weight(double value) { return value; }
  static float result(Sum sum) { return static_cast<float>(sum); }
};
struct ByteSums {
  using Weight = std::int32_t;
  using Sum = std::int32_t;
  static constexpr int bits = 32 - 8 - 2;
  static constexpr Sum start = 1 << (bits - 1);
  static Weight weight(double value) {
    return static_cast<Weight>((value < 0 ? -0.5 : 0.5) + value * (1 << bits));
  }
  static std::uint8_t result(Sum sum) { return static_cast<std::uint8_t>(std::clamp(sum >> bits, 0, 255)); }
};

template <class T>
using SumsOf = std::conditional_t<std::is_same_v<T, float>, FloatSums, ByteSums>;

template <class T>
std::vector<typename SumsOf<T>::Weight> weights_of(const Taps& taps) {
  std::vector<typename SumsOf<T>::Weight> weights;
  for (const double weight : taps.weights) weights.push_back(SumsOf<T>::weight(weight));
  return weights;
}

/// Resizes each row of [rows, from].
template <class T>
void resize_rows(const T* in, T* out, std::int64_t rows, std::int64_t from, const Taps& taps) {
  using Sums = SumsOf<T>;
  const auto weights = weights_of<T>(taps);
  for (std::int64_t row = 0; row < rows; ++row, in += from) {
    for (std::size_t i = 0; i < taps.first.size(); ++i) {
      const auto* const weight = weights.data() + taps.most * i;
      const T* const first = in + taps.first[i];
      auto sum = Sums::start;
      for (std::int64_t k = 0; k < taps.count[i]; ++k)
        sum += static_cast<typename Sums::Sum>(first[k]) * weight[k];
      *out++ = Sums::result(sum);
    }
  }
}

/// Resizes each column of [planes, from, width].
template <class T>
void resize_columns(const T* in, T* out, std::int64_t planes, std::int64_t from, std::int64_t width,
                    const Taps& taps) {
  using Sums = SumsOf<T>;
  const auto weights = weights_of<T>(taps);
  std::vector<typename Sums::Sum> sums(static_cast<std::size_t>(width));
  for (std::int64_t plane = 0; plane < planes; ++plane, in += from * width) {
    for (std::size_t i = 0; i < taps.first.size(); ++i) {
      std::fill(sums.begin(), sums.end(), Sums::start);
      for (std::int64_t k = 0; k < taps.count[i]; ++k) {
        const auto weight = weights[taps.most * i + static_cast<std::size_t>(k)];
        const T* row = in + (taps.first[i] + k) * width;
        for (auto& sum : sums) sum += static_cast<typename Sums::Sum>(*row++) * weight;
      }
      for (const auto sum : sums) *out++ = Sums::result(sum);
    }
  }
}

Tensor resize_axis(const Tensor& image, int axis, std::int64_t to, Interpolation how) {
  const auto from = image.size(axis);
  if (from == to) return image;
  const auto taps = taps_of(from, to, how);
  const auto source = image.to_contiguous();
  Shape shape = image.shape();
  shape[axis] = to;
  Tensor result(shape, image.type());
  const auto resize_as = [&]<class T>(const T* in, T* out) {
    if (axis == -1)
      resize_rows(in, out, image.elements() / from, from, taps);
    else
      resize_columns(in, out, image.elements() / (from * image.size(-1)), from, image.size(-1), taps);
  };
  if (image.type() == DataType::f32)
    resize_as(source.data<float>(), result.mutable_data<float>());
  else
    resize_as(source.data<std::uint8_t>(), result.mutable_data<std::uint8_t>());
  return result;
}

void expect_image(const Tensor& image) {
  expects(image.rank() >= 2 && image.size(-1) > 0 && image.size(-2) > 0,
          "an image has shape [..., height, width], neither of them zero");
}

}  // namespace

Tensor resize(const Tensor& image, std::int64_t height, std::int64_t width, Interpolation how) {
  expect_image(image);
  expects(height > 0 && width > 0, "an image is resized to at least one pixel");
  expects(image.type() == DataType::f32 || image.type() == DataType::u8, "images of f32 or u8 are resized");
  return resize_axis(resize_axis(image, -1, width, how), -2, height, how);
}

Tensor resize_shorter_side(const Tensor& image, std::int64_t size, Interpolation how) {
  expect_image(image);
  const auto height = image.size(-2);
  const auto width = image.size(-1);
  const auto longer = [&](std::int64_t longest, std::int64_t shortest) { return size * longest / shortest; };
  return height <= width ? resize(image, size, longer(width, height), how)
                         : resize(image, longer(height, width), size, how);
}

Tensor centre_crop(const Tensor& image, std::int64_t height, std::int64_t width) {
  expect_image(image);
  if (height <= 0 || width <= 0 || height > image.size(-2) || width > image.size(-1))
    throw std::invalid_argument(
        fmt::format("{} x {} pixels can't be cut out of {}", height, width, to_string(image.shape())));
  const auto start = [](std::int64_t all, std::int64_t kept) {
    const auto spare = all - kept;
    return spare / 2 + (spare % 4 == 3 ? 1 : 0);
  };
  return image.slice(-2, start(image.size(-2), height), height)
      .slice(-1, start(image.size(-1), width), width);
}

}  // namespace reprise::nn
