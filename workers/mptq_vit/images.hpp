#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/tensor/tensor.hpp"
#include "workers/mptq_vit/model.hpp"

namespace reprise::mptq_vit {

/// Where a model's images come from.
enum class ImageSet {
  fashion_mnist,
  imagenet,       ///< folders train/ and val/ of JPEGs
  imagenet_pack,  ///< one HDF5 file of each, decoded and resized before
};

constexpr auto enumerators(const ImageSet*) {
  return std::array{Enumerator{"fashion_mnist", ImageSet::fashion_mnist},
                    Enumerator{"imagenet", ImageSet::imagenet},
                    Enumerator{"imagenet_pack", ImageSet::imagenet_pack}};
}

/// Images as tasks name them. Calibration takes training images, evaluation validation (or test) ones.
struct ImageSource {
  ImageSet set = ImageSet::fashion_mnist;
  double crop = 0;  ///< share of the shorter side that is kept; 0: no cropping
  std::uint64_t digest_high = 0;
  std::uint64_t digest_low = 0;
};

constexpr auto fields(const ImageSource*) {
  using I = ImageSource;
  return std::tuple{field("set", &I::set, "data set"),
                    field("crop", &I::crop, "share of the shorter side that is kept; 0: all"),
                    field("digest_high", &I::digest_high, "of the files' contents"),
                    field("digest_low", &I::digest_low, "of the files' contents")};
}

/// Of some images.
struct ImageBatch {
  nn::Tensor pixels;                 ///< [n, channels, side, side], normalised as the model wants them
  std::vector<std::uint16_t> label;  ///< [n]
};

enum class Part { training, test };

/// ImageNet as this model wants it, from folders of images or a packed file, whichever is there. Throws
/// UsageError that says where it was looked and how to get it.
[[nodiscard]] ImageSource imagenet_source(ModelName model);

/// How many there are.
[[nodiscard]] std::uint32_t image_count(const ImageSource& source, Part part);
/// Images by their places. Throws Error when the files here are not those of the digest, DataError for one
/// that is damaged.
[[nodiscard]] ImageBatch load_images(const ImageSource& source, ModelName model, Part part,
                                     std::span<const std::uint32_t> places);

/// `count` of `all` images without repetition, in the order that a calibration seed draws them (Fisher and
/// Yates over splitmix64). Throws std::invalid_argument for more than there are.
[[nodiscard]] std::vector<std::uint32_t> calibration_places(std::uint64_t seed, std::uint32_t all,
                                                            std::uint32_t count);

}  // namespace reprise::mptq_vit
