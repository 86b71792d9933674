#pragma once

#include <utility>
#include <vector>

#include "kernels/quantise/quantizer.hpp"
#include "kernels/vision/forward.hpp"
#include "kernels/vision/vision_model.hpp"

namespace reprise::nn {

/// How a whole network is quantized; kind `none` where something stays as it is.
struct QuantizedNetwork {
  std::vector<Quantizer> sites;    ///< in the order of sites_of()
  std::vector<Quantizer> weights;  ///< in the order of weights_of()
};

/// Which elements of an activation have a scale of their own: none, heads of [n, heads, rows, columns], else
/// channels, as the quantizer has scales. Throws std::invalid_argument where it has another number of them.
[[nodiscard]] Grouping activation_grouping(const Quantizer& quantizer, const Shape& shape);
/// The same for weights [rows, columns]: blocks of rows, as many as the quantizer has scales.
[[nodiscard]] Grouping weight_grouping(const Quantizer& quantizer, const Shape& shape);

/// The values that x's codes stand for, of x's type. x is f32 or f64.
[[nodiscard]] Tensor fake_quantised(const Quantizer& quantizer, const Grouping& grouping, const Tensor& x);

/// The model with the values that the codes of its weights stand for. Shares all tensors that stay.
[[nodiscard]] VisionModel quantised_weights(const VisionModel& model, const std::vector<Quantizer>& weights);

/// Takes the values that codes stand for as activations, and multiplies those in floating point. Its model is
/// what quantised_weights() returned.
class FakeQuantArithmetic : public Arithmetic {
 public:
  /// In the order of sites_of().
  explicit FakeQuantArithmetic(std::vector<Quantizer> sites) : sites_(std::move(sites)) {}
  Tensor activation(std::size_t site, Tensor x) override;

 protected:
  [[nodiscard]] const Quantizer& quantizer(std::size_t site) const { return sites_.at(site); }

 private:
  std::vector<Quantizer> sites_;
};

}  // namespace reprise::nn
