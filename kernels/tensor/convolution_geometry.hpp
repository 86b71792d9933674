#pragma once

#include <cstdint>

namespace reprise::nn {

struct ConvolutionGeometry {
  std::int64_t stride = 1;
  std::int64_t padding = 0;
  std::int64_t groups = 1;
  friend bool operator==(const ConvolutionGeometry&, const ConvolutionGeometry&) = default;
};

}  // namespace reprise::nn
