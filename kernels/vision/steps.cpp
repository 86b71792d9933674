#include "kernels/vision/steps.hpp"

#include <algorithm>

#include "kernels/expects.hpp"

namespace reprise::nn {

void check_shape(const VisionShape& shape) {
  const bool swin = shape.family == VisionFamily::swin;
  expects(shape.patch > 0 && shape.image >= shape.patch && shape.image % shape.patch == 0,
          "patches fill an image");
  expects(shape.channels > 0 && shape.classes > 0 && shape.width > 0 && shape.hidden_ratio > 0,
          "a vision transformer has channels, classes, a width and an MLP");
  expects(!shape.depths.empty() && shape.depths.size() == shape.heads.size(),
          "each stage has a number of blocks and a number of heads");
  expects(swin || shape.depths.size() == 1, "a ViT has one stage");
  expects(!swin || shape.window > 0, "a window has a side");
  std::int64_t grid = shape.image / shape.patch;
  std::int64_t width = shape.width;
  for (std::size_t stage = 0; stage < shape.depths.size(); ++stage, width *= 2) {
    if (stage > 0) {
      expects(grid % 2 == 0, "2 x 2 patches that are merged fill the grid");
      grid /= 2;
    }
    expects(shape.depths[stage] > 0, "a stage has a block");
    expects(shape.heads[stage] > 0 && width % shape.heads[stage] == 0, "heads divide the width");
    expects(!swin || grid <= shape.window || grid % shape.window == 0, "windows fill the grid");
  }
}

StageGeometry geometry_of(const VisionShape& shape, std::int64_t stage) {
  StageGeometry result;
  const bool swin = shape.family == VisionFamily::swin;
  result.grid = shape.image / shape.patch >> stage;
  result.tokens = result.grid * result.grid + (swin ? 0 : 1);
  result.width = shape.width << stage;
  result.heads = shape.heads.at(static_cast<std::size_t>(stage));
  if (swin) {
    result.window = std::min(shape.window, result.grid);
    result.windows = (result.grid / result.window) * (result.grid / result.window);
  }
  return result;
}

std::vector<BlockStep> block_steps(const VisionShape& shape) {
  check_shape(shape);
  std::vector<BlockStep> steps;
  BlockStep next{.step = 1, .site = 1, .unit = 1};
  for (const auto depth : shape.depths) {
    for (next.block = 0; next.block < depth; ++next.block) {
      next.merges = next.stage > 0 && next.block == 0;
      steps.push_back(next);
      ++next.step;
      next.site += kSitesOfBlock + (next.merges ? kSitesOfMerge : 0);
      next.unit += kUnitsOfBlock + (next.merges ? kUnitsOfMerge : 0);
    }
    ++next.stage;
  }
  return steps;
}

}  // namespace reprise::nn
