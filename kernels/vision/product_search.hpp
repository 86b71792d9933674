#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/quantise/output_score.hpp"
#include "kernels/quantise/ranges.hpp"
#include "kernels/vision/forward.hpp"

namespace reprise::nn {

/// A product of matrices of a forward pass in single precision, over some calibration images: both operands
/// and what it gives. Images come in parts, so that not all must be one tensor.
struct Product {
  enum class Kind : std::uint8_t {
    layer,    ///< x [..., in] W^T + c, W [out, in]
    scores,   ///< q [n, heads, m, d] k^T, k [n, heads, m, d]
    mixture,  ///< p [n, heads, m, m] v, v [n, heads, m, d]
  };
  Kind kind = Kind::layer;
  std::vector<Tensor> left;      ///< [parts], x, q or p
  std::vector<Tensor> right;     ///< [parts], k or v; W, one for all parts
  Tensor bias;                   ///< c of a layer that has one
  std::vector<Tensor> outputs;   ///< [parts], contiguous: [..., out]; [n, heads, m, m or d]
  std::vector<Tensor> gradient;  ///< [parts], as outputs; none where they are scored by the cosine
};

/// left times right, of one part.
[[nodiscard]] Tensor multiplied(const Product& product, const Tensor& left, const Tensor& right);

enum class Operand : std::uint8_t { left, right };

/// Looks for quantizers of a product's operands by what they do to its outputs.
class ProductSearch {
 public:
  /// Throws std::invalid_argument for parts that don't go together.
  ProductSearch(Product product, OutputMetric metric);

  /// Of one operand, where the other is quantized as given (kind `none`: not at all): for each of the
  /// quantizer's groups (blocks of weights' rows, heads) the one that gives this group's own outputs the
  /// highest score, among `start` and the candidates; the first of equals. All have start's kind, bits and
  /// groups.
  [[nodiscard]] Quantizer search(Operand operand, const Quantizer& start,
                                 std::span<const Quantizer> candidates, const Quantizer& other) const;

  /// Mean scores of the rows of the groups that an operand's quantizer has: [groups].
  [[nodiscard]] std::vector<double> scores(Operand grouped, const Quantizer& left,
                                           const Quantizer& right) const;

  [[nodiscard]] const Product& product() const { return product_; }

 private:
  using Parts = std::vector<Tensor>;
  [[nodiscard]] const Parts& parts(Operand operand) const;
  [[nodiscard]] Parts quantised(Operand operand, const Quantizer& quantizer) const;
  [[nodiscard]] std::vector<double> scores_of(Operand grouped, std::int64_t groups, const Parts& left,
                                              const Parts& right) const;

  Product product_;
  OutputMetric metric_;
};

/// The range of each of an operand's groups over all parts: [groups], blocks of rows of weights, heads of
/// others.
[[nodiscard]] std::vector<Range> operand_ranges(const Product& product, Operand operand, std::int64_t groups);
/// Mean of (x - value)^2 over an operand's elements.
[[nodiscard]] double operand_error(const Product& product, Operand operand, const Quantizer& quantizer);

}  // namespace reprise::nn
