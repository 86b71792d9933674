#include "kernels/vision/integer_arithmetic.hpp"

#include <fmt/format.h>

#include <limits>
#include <stdexcept>

#include "kernels/expects.hpp"
#include "kernels/vision/codes.hpp"
#include "kernels/vision/sites.hpp"

namespace reprise::nn {
namespace {

/// offset times the sum of a right factor's codes, for each of them.
std::vector<std::int32_t> shifts(std::int32_t offset, std::span<const std::int32_t> sums) {
  std::vector<std::int32_t> result;
  if (offset == 0) return result;
  result.reserve(sums.size());
  for (const auto sum : sums) {
    const std::int64_t shift = std::int64_t{offset} * sum;
    expects(std::abs(shift) <= std::numeric_limits<std::int32_t>::max(), "a zero leaves sums within 32 bits");
    result.push_back(static_cast<std::int32_t>(shift));
  }
  return result;
}

template <class T>
std::span<const T> part(const Tensor& tensor, std::int64_t from, std::int64_t count) {
  return {tensor.data<T>() + from, static_cast<std::size_t>(count)};
}

/// Sums of the rows of left codes, without their offset, where a right factor has zeros.
Tensor left_sums(const Tensor& plane, bool needed) {
  return needed ? row_sums(plane) : Tensor();
}

/// f32 [..., columns] for x [..., in].
Tensor room_for_rows(const Tensor& x, std::int64_t columns) {
  Shape shape = x.shape();
  shape[-1] = columns;
  return Tensor(shape);
}

/// What products of heads are written to: row i of matrix (image, head) starts at start(image, head) + i *
/// stride.
struct HeadsOut {
  Tensor tensor;
  std::int64_t of_image;
  std::int64_t of_head;
  std::int64_t stride;
};

/// left [n, heads, m, k] x right [n, heads, k, columns]; `right_sums` [n, heads, columns] of right's codes
/// over k.
void multiply_heads(const LeftCodes& left, const RightCodes& right, const Tensor& matrix,
                    const Tensor& right_sums, HeadsOut& out) {
  const auto& shape = matrix.shape();
  const std::int64_t heads = shape[1];
  const std::int64_t inner = shape[2];
  const std::int64_t columns = shape[3];
  const IntegerFactor factor(matrix, left.largest, false);
  const bool zeros = !right.zero.empty();
  const auto of_group = [](const auto& numbers, std::int64_t head) {
    return numbers[numbers.size() == 1 ? 0 : static_cast<std::size_t>(head)];
  };
  for (std::size_t p = 0; p < left.planes.size(); ++p) {
    const auto& plane = left.planes[p];
    const std::int64_t rows = plane.size(2);
    const auto sums = integer_matmul(plane, factor);
    const auto of_rows = left_sums(plane, zeros);
    for (std::int64_t matrix_index = 0; matrix_index < shape[0] * heads; ++matrix_index) {
      const std::int64_t head = matrix_index % heads;
      const std::int32_t offset = p == 0 ? of_group(left.offset, head) : 0;
      const std::vector<float> unit(static_cast<std::size_t>(columns),
                                    left.factor[p] * of_group(left.unit, head) * of_group(right.unit, head));
      std::vector<std::int32_t> shift;
      std::vector<std::int32_t> zero;
      std::vector<std::int32_t> row_sum;
      if (offset != 0)
        shift = shifts(offset, part<std::int32_t>(right_sums, matrix_index * columns, columns));
      if (zeros) {
        zero.assign(static_cast<std::size_t>(columns), of_group(right.zero, head));
        for (const auto sum : part<std::int32_t>(of_rows, matrix_index * rows, rows))
          row_sum.push_back(sum - offset * static_cast<std::int32_t>(inner));
      }
      auto* const y =
          out.tensor.mutable_data<float>() + matrix_index / heads * out.of_image + head * out.of_head;
      to_real({unit, shift, zero}, part<std::int32_t>(sums, matrix_index * rows * columns, rows * columns),
              row_sum, {}, p > 0, y, out.stride);
    }
  }
}

bool has_offset(const LeftCodes& codes) {
  return std::any_of(codes.offset.begin(), codes.offset.end(), [](auto offset) { return offset != 0; });
}

}  // namespace

IntegerArithmetic::IntegerArithmetic(const VisionModel& model, const QuantizedNetwork& network)
    : FakeQuantArithmetic(network.sites) {
  const auto sites = sites_of(model.shape);
  const auto units = weights_of(model.shape);
  if (network.sites.size() != sites.size() || network.weights.size() != units.size())
    throw std::invalid_argument(
        fmt::format("quantizers for {} sites and {} layers are not those of a model with {} and {}",
                    network.sites.size(), network.weights.size(), sites.size(), units.size()));
  layers_.resize(units.size());
  std::size_t unit = 0;
  for (std::size_t site = 0; site < sites.size(); ++site) {
    switch (sites[site].kind) {
      case SiteKind::image:
      case SiteKind::qkv_input:
      case SiteKind::proj_input:
      case SiteKind::fc1_input:
      case SiteKind::fc2_input:
      case SiteKind::reduction_input:
      case SiteKind::head_input:
        break;  // what a layer reads, and the next layer reads it
      default:
        continue;
    }
    auto& layer = layers_.at(unit);
    const auto& weight = weights_at(model, unit).weight;
    const auto& chosen = network.weights[unit++];
    const auto grouping = weight_grouping(chosen, weight.shape());
    if (!has_left_codes(network.sites[site]) || network.sites[site].scale.size() > 1 ||
        !has_right_codes(chosen)) {
      layer.values = fake_quantised(chosen, grouping, weight);
      continue;
    }
    const auto codes = right_codes(chosen, grouping, weight);
    layer.codes.emplace(codes.codes.transpose(0, 1),
                        largest_left_code(network.sites[site], Grouping::whole()), true);
    layer.sum_of_codes = row_sums(codes.codes).values<std::int32_t>();
    const auto rows_of_block = static_cast<std::size_t>(weight.size(0)) / codes.unit.size();
    for (std::size_t row = 0; row < static_cast<std::size_t>(weight.size(0)); ++row) {
      layer.unit.push_back(codes.unit[row / rows_of_block]);
      if (!codes.zero.empty()) layer.zero.push_back(codes.zero[row / rows_of_block]);
    }
  }
}

void IntegerArithmetic::multiply(std::size_t site, std::size_t unit, const Tensor& x,
                                 const LinearWeights& weights, bool add, bool gelu, Tensor& y) {
  const auto& layer = layers_.at(unit);
  const std::int64_t width = x.size(-1);
  const std::int64_t columns = layer.codes->shape()[1];
  const auto from = left_codes(quantizer(site), Grouping::whole(), x.reshape({-1, width}));
  auto rows = y.reshape({-1, columns});
  const std::size_t planes = from.planes.size();
  for (std::size_t p = 0; p < planes; ++p) {
    const std::int32_t offset = p == 0 ? from.offset[0] : 0;
    std::vector<float> units(layer.unit);
    for (auto& number : units) number *= from.unit[0] * from.factor[p];
    std::vector<std::int32_t> row_sum;
    if (!layer.zero.empty()) {
      row_sum = row_sums(from.planes[p]).values<std::int32_t>();
      for (auto& sum : row_sum) sum -= offset * static_cast<std::int32_t>(width);
    }
    const auto shift = shifts(offset, layer.sum_of_codes);
    const auto bias =
        p == 0 && weights.bias ? part<float>(weights.bias, 0, columns) : std::span<const float>();
    integer_matmul(from.planes[p], *layer.codes,
                   {{units, shift, layer.zero}, row_sum, bias, add || p > 0, gelu && p + 1 == planes}, rows);
  }
}

Tensor IntegerArithmetic::linear(std::size_t site, std::size_t unit, const Tensor& x,
                                 const LinearWeights& weights) {
  const auto& layer = layers_.at(unit);
  if (!layer.codes) return FakeQuantArithmetic::linear(site, unit, x, {layer.values, weights.bias});
  auto y = room_for_rows(x, layer.codes->shape()[1]);
  multiply(site, unit, x, weights, false, false, y);
  return y;
}

Tensor IntegerArithmetic::linear_gelu(std::size_t site, std::size_t unit, std::size_t gelu_input,
                                      const Tensor& x, const LinearWeights& weights) {
  const auto& layer = layers_.at(unit);
  if (!layer.codes || quantizer(gelu_input).kind != QuantizerKind::none)
    return FakeQuantArithmetic::linear_gelu(site, unit, gelu_input, x, weights);
  auto y = room_for_rows(x, layer.codes->shape()[1]);
  multiply(site, unit, x, weights, false, true, y);
  return y;
}

Tensor IntegerArithmetic::linear_added(std::size_t site, std::size_t unit, const Tensor& x,
                                       const LinearWeights& weights, const Tensor& residual) {
  if (!multiplies_integers(unit)) return FakeQuantArithmetic::linear_added(site, unit, x, weights, residual);
  auto y = residual.clone();
  multiply(site, unit, x, weights, true, false, y);
  return y;
}

Tensor IntegerArithmetic::scores(std::size_t query, std::size_t key, const Tensor& q, const Tensor& k) {
  const auto& left = quantizer(query);
  const auto& right = quantizer(key);
  if (!has_left_codes(left) || !has_right_codes(right)) return FakeQuantArithmetic::scores(query, key, q, k);
  const auto queries = left_codes(left, activation_grouping(left, q.shape()), q);
  const auto keys = right_codes(right, activation_grouping(right, k.shape()), k);
  const std::int64_t area = q.size(2) * k.size(2);
  HeadsOut out{Tensor({q.size(0), q.size(1), q.size(2), k.size(2)}), q.size(1) * area, area, k.size(2)};
  multiply_heads(queries, keys, keys.codes.transpose(-1, -2), row_sums(keys.codes), out);
  return out.tensor;
}

Tensor IntegerArithmetic::mixture(std::size_t probabilities, std::size_t value, const Tensor& p,
                                  const Tensor& v) {
  const auto& left = quantizer(probabilities);
  const auto& right = quantizer(value);
  if (!has_left_codes(left) || !has_right_codes(right))
    return FakeQuantArithmetic::mixture(probabilities, value, p, v);
  const auto weights = left_codes(left, activation_grouping(left, p.shape()), p);
  const auto values = right_codes(right, activation_grouping(right, v.shape()), v);
  const std::int64_t width = v.size(1) * v.size(3);
  HeadsOut out{Tensor({v.size(0), p.size(2), width}), p.size(2) * width, v.size(3), width};
  const auto sums = has_offset(weights) ? row_sums(values.codes.transpose(-1, -2)) : Tensor();
  multiply_heads(weights, values, values.codes, sums, out);
  return out.tensor;
}

}  // namespace reprise::nn
