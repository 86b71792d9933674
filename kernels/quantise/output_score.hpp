#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/quantise/quantizer.hpp"

namespace reprise::nn {

/// How near an approximation comes to what a product gives, row by row; larger is nearer.
enum class OutputMetric : std::uint8_t {
  cosine,    ///< of the angle between rows (Base PTQ)
  gradient,  ///< -mean((g (o - o'))^2) over a row, g the gradient of a loss with respect to the outputs
             ///< (PTQ4ViT: Z. Yuan et al., ECCV 2022)
};

/// What a product gives from operands in single precision.
struct ScoredOutputs {
  std::span<const float> outputs;   ///< rows one after another
  std::span<const float> gradient;  ///< as many; empty for the cosine
  Grouping grouping;                ///< of elements; all those of a row are in one group
  std::int64_t width = 1;           ///< of a row
};

/// Sums of `got`'s scores over the rows of each group: [groups]. Summed in double. A row of zeros has cosine
/// 0 with any other. Throws std::invalid_argument for sizes that don't match and for rows of two groups.
[[nodiscard]] std::vector<double> output_scores(OutputMetric metric, const ScoredOutputs& wanted,
                                                std::span<const float> got);

}  // namespace reprise::nn
