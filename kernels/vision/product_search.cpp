#include "kernels/vision/product_search.hpp"

#include <algorithm>
#include <utility>

#include "kernels/expects.hpp"
#include "kernels/quantise/candidates.hpp"
#include "kernels/tensor/operations.hpp"
#include "kernels/vision/fake_quant_arithmetic.hpp"

namespace reprise::nn {
namespace {

std::span<const float> numbers(const Tensor& x) {
  return {x.data<float>(), static_cast<std::size_t>(x.elements())};
}

bool is_weight(const Product& product, Operand operand) {
  return product.kind == Product::Kind::layer && operand == Operand::right;
}

Grouping grouping_of(const Product& product, Operand operand, const Quantizer& quantizer,
                     const Shape& shape) {
  return is_weight(product, operand) ? weight_grouping(quantizer, shape)
                                     : activation_grouping(quantizer, shape);
}

/// Rows of outputs, and which group of an operand each is made from.
struct OutputRows {
  Grouping grouping;
  std::int64_t width;
};

OutputRows output_rows(const Product& product, Operand grouped, std::int64_t groups, const Shape& outputs) {
  const std::int64_t width = outputs[-1];
  if (groups == 1) return {Grouping::whole(), width};
  if (is_weight(product, grouped)) {
    expects(width % groups == 0, "blocks of a layer's rows have as many rows each");
    return {Grouping{groups, width / groups}, width / groups};
  }
  expects(product.kind != Product::Kind::layer && groups == outputs[1],
          "operands of attention have a quantizer for each head, layers' inputs one");
  return {Grouping{groups, outputs[2] * width}, width};
}

/// Group by group one of the quantizers.
Quantizer combined(const std::vector<const Quantizer*>& of_group) {
  Quantizer result{of_group.front()->kind, of_group.front()->bits, {}, {}, {}};
  for (std::size_t group = 0; group < of_group.size(); ++group) {
    const auto& one = *of_group[group];
    if (!one.scale.empty()) result.scale.push_back(one.scale.at(group));
    if (!one.zero.empty()) result.zero.push_back(one.zero.at(group));
    if (!one.outer.empty()) result.outer.push_back(one.outer.at(group));
  }
  return result;
}

}  // namespace

Tensor multiplied(const Product& product, const Tensor& left, const Tensor& right) {
  if (product.kind == Product::Kind::scores) return matmul(left, right.transpose(-1, -2));
  if (product.kind == Product::Kind::mixture) return matmul(left, right);
  const auto y = matmul(left.reshape({-1, left.size(-1)}), right.transpose(0, 1),
                        product.bias ? &product.bias : nullptr);
  Shape shape = left.shape();
  shape[-1] = y.size(1);
  return y.reshape(shape);
}

ProductSearch::ProductSearch(Product product, OutputMetric metric)
    : product_(std::move(product)), metric_(metric) {
  const auto parts = product_.left.size();
  expects(parts > 0 && product_.outputs.size() == parts &&
              product_.right.size() == (product_.kind == Product::Kind::layer ? 1 : parts),
          "a product has operands and outputs for each part of the images");
  expects(metric == OutputMetric::cosine || product_.gradient.size() == parts,
          "a product that is scored by the gradient has one for each part of the images");
}

const ProductSearch::Parts& ProductSearch::parts(Operand operand) const {
  return operand == Operand::left ? product_.left : product_.right;
}

ProductSearch::Parts ProductSearch::quantised(Operand operand, const Quantizer& quantizer) const {
  Parts values;
  for (const auto& x : parts(operand))
    values.push_back(fake_quantised(quantizer, grouping_of(product_, operand, quantizer, x.shape()), x));
  return values;
}

std::vector<double> ProductSearch::scores_of(Operand grouped, std::int64_t groups, const Parts& left,
                                             const Parts& right) const {
  std::vector<double> sums(static_cast<std::size_t>(groups));
  double rows = 0;  // of a group
  for (std::size_t part = 0; part < left.size(); ++part) {
    const auto& outputs = product_.outputs[part];
    const auto [grouping, width] = output_rows(product_, grouped, groups, outputs.shape());
    const auto got = multiplied(product_, left[part], right[right.size() == 1 ? 0 : part]).to_contiguous();
    const auto gradient =
        metric_ == OutputMetric::cosine ? std::span<const float>() : numbers(product_.gradient[part]);
    const auto own = output_scores(metric_, {numbers(outputs), gradient, grouping, width}, numbers(got));
    for (std::size_t group = 0; group < own.size(); ++group) sums[group] += own[group];
    rows += static_cast<double>(outputs.elements() / width / groups);
  }
  for (double& sum : sums) sum /= rows;
  return sums;
}

Quantizer ProductSearch::search(Operand operand, const Quantizer& start,
                                std::span<const Quantizer> candidates, const Quantizer& other) const {
  const bool left = operand == Operand::left;
  const auto values = quantised(left ? Operand::right : Operand::left, other);
  const auto groups = start.scale.size();
  std::vector<const Quantizer*> best(groups, &start);
  std::vector<double> highest;
  const auto consider = [&](const Quantizer& candidate) {
    expects(candidate.kind == start.kind && candidate.bits == start.bits && candidate.scale.size() == groups,
            "a search's candidates are of one kind");
    const auto own = quantised(operand, candidate);
    auto scores =
        scores_of(operand, static_cast<std::int64_t>(groups), left ? own : values, left ? values : own);
    if (highest.empty()) {
      highest = std::move(scores);
      return;
    }
    for (std::size_t group = 0; group < groups; ++group)
      if (scores[group] > highest[group]) {
        highest[group] = scores[group];
        best[group] = &candidate;
      }
  };
  consider(start);
  for (const auto& candidate : candidates) consider(candidate);
  return combined(best);
}

std::vector<double> ProductSearch::scores(Operand grouped, const Quantizer& left,
                                          const Quantizer& right) const {
  const auto& quantizer = grouped == Operand::left ? left : right;
  return scores_of(grouped, static_cast<std::int64_t>(std::max<std::size_t>(quantizer.scale.size(), 1)),
                   quantised(Operand::left, left), quantised(Operand::right, right));
}

std::vector<Range> operand_ranges(const Product& product, Operand operand, std::int64_t groups) {
  const Quantizer grouped{
      QuantizerKind::symmetric, 8, std::vector<float>(static_cast<std::size_t>(groups), 1), {}, {}};
  std::vector<Range> all(static_cast<std::size_t>(groups));
  for (const auto& x : operand == Operand::left ? product.left : product.right) {
    const auto values = x.to_contiguous();
    const auto own = ranges(grouping_of(product, operand, grouped, x.shape()), numbers(values));
    for (std::size_t group = 0; group < all.size(); ++group) all[group] = merged(all[group], own[group]);
  }
  return all;
}

double operand_error(const Product& product, Operand operand, const Quantizer& quantizer) {
  double sum = 0;
  double count = 0;
  for (const auto& x : operand == Operand::left ? product.left : product.right) {
    const auto values = x.to_contiguous();
    sum += squared_errors(std::span(&quantizer, 1), grouping_of(product, operand, quantizer, x.shape()),
                          numbers(values))
               .at(0);
    count += static_cast<double>(x.elements());
  }
  return sum / count;
}

}  // namespace reprise::nn
