#pragma once

#include "workers/mptq_vit/evaluation.hpp"

namespace reprise::mptq_vit {

/// What bits save, exactly.
struct ModelCost {
  double bytes = 0;  ///< packed weights, their scales, and all else in single precision
  double bit_operations =
      0;  ///< of an image: products times bits of both factors (32 where one is not quantized)
};

/// `bits` of all units; empty: single precision.
[[nodiscard]] ModelCost cost_of(const nn::VisionShape& shape, const Allocation& bits);

/// A product of a forward pass: a linear layer's, of queries and keys, or of probabilities and values.
struct Product {
  double multiplications = 0;  ///< of an image
  std::size_t left = 0;        ///< units of the factors
  std::size_t right = 0;
};
[[nodiscard]] std::vector<Product> products_of(const Units& units);

}  // namespace reprise::mptq_vit
