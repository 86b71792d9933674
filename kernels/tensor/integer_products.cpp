#include "kernels/tensor/integer_products.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>

#include "kernels/expects.hpp"
#include "kernels/onednn/operations.hpp"
#include "kernels/tensor/integer_loops.hpp"

namespace reprise::nn {
namespace {

/// Pairs of products of these stay within 16 bits.
std::int32_t safe_magnitude(std::int32_t largest) {
  return std::numeric_limits<std::int16_t>::max() / (2 * std::max(largest, 1));
}

template <class T>
Tensor sums_of_rows(const Tensor& codes) {
  Shape shape = codes.shape();
  const std::int64_t width = shape[-1];
  shape.erase(shape.rank() - 1);
  const auto from = codes.to_contiguous();
  Tensor sums(shape, DataType::s32);
  const auto* row = from.data<T>();
  auto* const to = sums.mutable_data<std::int32_t>();
  const std::int64_t rows = sums.elements();
  for (std::int64_t i = 0; i < rows; ++i, row += width) {
    std::int32_t sum = 0;
    for (std::int64_t j = 0; j < width; ++j) sum += row[j];
    to[i] = sum;
  }
  return sums;
}

void require_product(const Tensor& a, const IntegerFactor& b) {
  const auto& right = b.shape();
  if (a.rank() < 2 || a.rank() != right.rank() || a.type() != DataType::u8 || a.size(-1) != right[-2])
    throw std::invalid_argument(
        fmt::format("codes {} and {} don't multiply", to_string(a.shape()), to_string(right)));
  for (int axis = 0; axis + 2 < a.rank(); ++axis)
    if (a.size(axis) != right[axis])
      throw std::invalid_argument(
          fmt::format("codes {} and {} don't multiply", to_string(a.shape()), to_string(right)));
  expects(a.size(-1) < 65'793, "sums of products fit 32 bits");
}

/// For oneDNN, whose bias comes before its scale: unit (sum - shift) + bias = unit (sum + that). Empty where
/// a unit is too small for it.
std::optional<Tensor> bias_before_scale(const ProductEnd& end) {
  const auto& [unit, shift, zero] = end.units;
  Tensor before({static_cast<std::int64_t>(unit.size())});
  auto* const to = before.mutable_data<float>();
  for (std::size_t j = 0; j < unit.size(); ++j) {
    double number = end.bias.empty() ? 0 : static_cast<double>(end.bias[j]) / static_cast<double>(unit[j]);
    if (!shift.empty()) number -= shift[j];
    to[j] = static_cast<float>(number);
    if (!std::isfinite(to[j])) return std::nullopt;
  }
  return before;
}

template <class T>
const T* start(std::span<const T> numbers) {
  return numbers.empty() ? nullptr : numbers.data();
}

}  // namespace

IntegerFactor::IntegerFactor(const Tensor& codes, std::int32_t largest, bool weights)
    : largest_(largest), weights_(weights) {
  expects(codes.rank() >= 2 && codes.type() == DataType::s8, "a factor of codes is s8 [..., k, n]");
  expects(largest >= 0 && largest <= 255, "codes that are multiplied fit u8");
  parts_.push_back(codes);
  if (!onednn::saturates_products()) return;
  const std::int32_t safe = safe_magnitude(largest);
  const std::int64_t count = codes.elements();
  const auto* const from = codes.data<std::int8_t>();
  expects(codes.dense(), "codes of a factor are dense");
  std::int32_t least = 0;
  std::int32_t most = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    least = std::min<std::int32_t>(least, from[i]);
    most = std::max<std::int32_t>(most, from[i]);
  }
  if (-least <= safe && most <= safe) return;
  // |b| <= 128 is a part of magnitude `safe`, and what is left of it; with codes up to 255, 64 and 64.
  Tensor inner = Tensor::like(codes);
  Tensor rest = Tensor::like(codes);
  auto* const small = inner.mutable_data<std::int8_t>();
  auto* const left = rest.mutable_data<std::int8_t>();
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int32_t kept = std::clamp<std::int32_t>(from[i], -safe, safe);
    small[i] = static_cast<std::int8_t>(kept);
    left[i] = static_cast<std::int8_t>(from[i] - kept);
  }
  parts_ = {inner, rest};
}

Tensor integer_matmul(const Tensor& a, const IntegerFactor& b) {
  require_product(a, b);
  Shape shape = a.shape();
  shape[-1] = b.shape()[-1];
  Tensor sums(shape, DataType::s32);
  if (sums.elements() == 0) return sums;
  const auto from = a.to_contiguous();
  onednn::integer_matmul(from, b.parts()[0], b.weights(), nullptr, sums);
  if (b.parts().size() > 1) {
    Tensor rest(shape, DataType::s32);
    onednn::integer_matmul(from, b.parts()[1], b.weights(), nullptr, rest);
    integer_loops::add(sums.elements(), rest.data<std::int32_t>(), sums.mutable_data<std::int32_t>());
  }
  return sums;
}

Tensor row_sums(const Tensor& codes) {
  return codes.type() == DataType::u8 ? sums_of_rows<std::uint8_t>(codes) : sums_of_rows<std::int8_t>(codes);
}

void to_real(const ColumnUnits& units, std::span<const std::int32_t> sums,
             std::span<const std::int32_t> row_sum, std::span<const float> bias, bool add, float* y,
             std::int64_t stride) {
  const std::size_t columns = units.unit.size();
  expects(columns > 0 && sums.size() % columns == 0, "each column of sums has a unit");
  const std::size_t rows = sums.size() / columns;
  const auto fits = [&](std::size_t size) { return size == 0 || size == columns; };
  expects(fits(units.shift.size()) && fits(units.zero.size()) && fits(bias.size()),
          "each column of sums has a shift, a zero and a bias, or none has");
  expects(units.zero.empty() || row_sum.size() == rows, "columns with zeros need the sum of each row");
  integer_loops::to_real(
      {static_cast<std::int64_t>(rows), static_cast<std::int64_t>(columns), sums.data(), units.unit.data(),
       start(units.shift), start(units.zero), start(row_sum), start(bias), add},
      y, stride);
}

void integer_matmul(const Tensor& a, const IntegerFactor& b, const ProductEnd& end, Tensor& y) {
  require_product(a, b);
  const std::int64_t columns = b.shape()[-1];
  expects(
      a.rank() == 2 && y.type() == DataType::f32 && y.shape() == Shape{a.size(0), columns} && y.contiguous(),
      "the result of a product of matrices is f32 [m, n], contiguous");
  expects(std::ssize(end.units.unit) == columns, "each column of sums has a unit");
  if (y.elements() == 0) return;
  const auto bias = b.parts().size() == 1 && end.units.zero.empty() ? bias_before_scale(end) : std::nullopt;
  if (bias) {
    const onednn::IntegerEpilogue epilogue{Tensor::from(end.units.unit, bias->shape()), *bias, end.add,
                                           end.gelu};
    onednn::integer_matmul(a.to_contiguous(), b.parts()[0], b.weights(), &epilogue, y);
    return;
  }
  const auto sums = integer_matmul(a, b);
  to_real(end.units, {sums.data<std::int32_t>(), static_cast<std::size_t>(sums.elements())}, end.row_sum,
          end.bias, end.add, y.mutable_data<float>(), columns);
  if (end.gelu) onednn::elementwise(onednn::Elementwise::gelu_erf, y, y);
}

void code_bytes(std::span<const std::int32_t> codes, int place, std::uint8_t* bytes) {
  integer_loops::byte_of(static_cast<std::int64_t>(codes.size()), place, codes.data(), bytes);
}

}  // namespace reprise::nn
