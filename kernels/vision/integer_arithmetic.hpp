#pragma once

#include <optional>
#include <vector>

#include "kernels/tensor/integer_products.hpp"
#include "kernels/vision/fake_quant_arithmetic.hpp"

namespace reprise::nn {

/// What FakeQuantArithmetic computes with the values of quantised_weights(), computed with their codes:
/// products multiply 8 by 8 bits and sum in 32, exactly; scales, biases, GELU and residual sums are fused
/// into them where one product makes a layer. Activations and weights whose values are no multiples of a unit
/// (log_sqrt2, log2 of more than 5 bits, regions of unrelated scales, zeros that are not whole, what is not
/// quantized) are multiplied as f32. Norms, softmax, GELU and residual sums are f32.
///
/// One object is for one thread.
class IntegerArithmetic : public FakeQuantArithmetic {
 public:
  /// Weights of `model` are f32 and not quantized yet; passes must use the same model, or one with its
  /// biases, norms and shape. Throws std::invalid_argument unless there is a quantizer for each site and each
  /// layer.
  IntegerArithmetic(const VisionModel& model, const QuantizedNetwork& network);

  Tensor linear(std::size_t site, std::size_t unit, const Tensor& x, const LinearWeights& weights) override;
  Tensor linear_gelu(std::size_t site, std::size_t unit, std::size_t gelu_input, const Tensor& x,
                     const LinearWeights& weights) override;
  Tensor linear_added(std::size_t site, std::size_t unit, const Tensor& x, const LinearWeights& weights,
                      const Tensor& residual) override;
  Tensor scores(std::size_t query, std::size_t key, const Tensor& q, const Tensor& k) override;
  Tensor mixture(std::size_t probabilities, std::size_t value, const Tensor& p, const Tensor& v) override;

  /// Whether a unit's products are of integers.
  [[nodiscard]] bool multiplies_integers(std::size_t unit) const {
    return layers_.at(unit).codes.has_value();
  }

 private:
  struct Layer {
    std::optional<IntegerFactor> codes;      ///< s8 [columns, rows]
    std::vector<float> unit;                 ///< [rows]
    std::vector<std::int32_t> zero;          ///< [rows], or empty
    std::vector<std::int32_t> sum_of_codes;  ///< [rows]
    Tensor values;                           ///< f32 [rows, columns], where there are no codes
  };
  /// y = or += layer `unit` of x [..., in], and GELU of that.
  void multiply(std::size_t site, std::size_t unit, const Tensor& x, const LinearWeights& weights, bool add,
                bool gelu, Tensor& y);
  std::vector<Layer> layers_;
};

}  // namespace reprise::nn
