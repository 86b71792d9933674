#pragma once

#include <cstdint>
#include <vector>

#include "kernels/vision/vision_model.hpp"

/// How a vision transformer's shape divides into steps, sites and weight units: what the files of this folder
/// agree on.
namespace reprise::nn {

/// Throws std::invalid_argument that says what doesn't fit together.
void check_shape(const VisionShape& shape);

/// All blocks of a stage have one.
struct StageGeometry {
  std::int64_t grid = 0;    ///< patches in a row of the image
  std::int64_t tokens = 0;  ///< with the class token
  std::int64_t width = 0;
  std::int64_t heads = 0;
  std::int64_t window = 0;   ///< side, in patches; Swin's
  std::int64_t windows = 1;  ///< of an image; ViT attends to all tokens

  /// That attend to each other.
  [[nodiscard]] std::int64_t attended() const { return tokens / windows; }
};
[[nodiscard]] StageGeometry geometry_of(const VisionShape& shape, std::int64_t stage);

/// A step that is a block, with the merge before it if it is its stage's first.
struct BlockStep {
  std::int32_t step = 0;
  std::int64_t stage = 0;
  std::int64_t block = 0;  ///< of the stage
  bool merges = false;
  std::size_t site = 0;  ///< its first one; a merge's come before those of the block
  std::size_t unit = 0;
};
inline constexpr std::size_t kSitesOfBlock = 12;
inline constexpr std::size_t kUnitsOfBlock = 4;
inline constexpr std::size_t kSitesOfMerge = 2;
inline constexpr std::size_t kUnitsOfMerge = 1;

[[nodiscard]] std::vector<BlockStep> block_steps(const VisionShape& shape);

}  // namespace reprise::nn
