#pragma once

#include <cstdint>
#include <span>

#include "kernels/random/philox.hpp"
#include "kernels/tensor/tensor.hpp"

namespace reprise::nn {

/// Whose random numbers an augmentation takes: those of the task's key, of an epoch, and of each sample's
/// number in the data set. So a sample is changed alike in whatever batch, on whatever rank and after
/// whatever interruption it is met; different augmentations draw independently.
struct AugmentationDraws {
  RandomKey key;
  std::uint64_t epoch = 0;
  std::span<const std::int64_t> samples;  ///< [batch]
};

// Both take images f32 [batch, channels, height, width] in any layout and return row-major copies. They throw
// std::invalid_argument for other types and shapes, and unless there is a sample's number for each image.

/// Mirrors each image left to right with the given probability.
[[nodiscard]] Tensor random_flip(const Tensor& images, const AugmentationDraws& draws,
                                 double probability = 0.5);

/// Pads each image with `padding` zeros on all four sides and cuts its own size out at a uniform place: one
/// of (2 padding + 1)^2.
[[nodiscard]] Tensor random_crop(const Tensor& images, const AugmentationDraws& draws, std::int64_t padding);

}  // namespace reprise::nn
