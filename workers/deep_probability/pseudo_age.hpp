#pragma once

#include <cstdint>
#include <vector>

#include "workers/common/fashion_images.hpp"

namespace reprise::deep_probability {

/// An age in (0, 100) for each image, so that images of clothes stand in for faces: derived, not the paper's.
/// Classes are put in an order of looks and images in their class in the order of brightness; the image at
/// quantile q of all has age 100 q^2, whose mean of 100/3 is that of the paper's faces. Classes have equally
/// many images.
[[nodiscard]] std::vector<double> pseudo_ages(const FashionImages& images);

}  // namespace reprise::deep_probability
