#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/tensor/tensor.hpp"
#include "workers/mptq_vit/imagenet_reader.hpp"
#include "workers/mptq_vit/model.hpp"

namespace reprise::mptq_vit {

/// Where a model's images come from.
enum class ImageSet {
  fashion_mnist,
  imagenet,       ///< folders train/ and val/ of JPEGs
  imagenet_pack,  ///< one HDF5 file of each, decoded and cropped before
};

constexpr auto enumerators(const ImageSet*) {
  return std::array{Enumerator{"fashion_mnist", ImageSet::fashion_mnist},
                    Enumerator{"imagenet", ImageSet::imagenet},
                    Enumerator{"imagenet_pack", ImageSet::imagenet_pack}};
}

/// Images as tasks name them. The digest is of Fashion-MNIST's contents, or ImageNet's fingerprint.
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

/// FQ-ViT's and RepQ-ViT's; timm's and PTQ4ViT's is 0.9.
inline constexpr double kDeitCrop = 0.875;
inline constexpr const char* kDeitCropMeaning =
    "share of the resized image's shorter side that DeiT sees; ViT and Swin: 0.9";

/// The share of the resized image's shorter side that models see: 0.9, but of DeiT's `deit_crop`.
[[nodiscard]] double crop_of(ModelName model, double deit_crop);
/// ImageNet as this model wants it, from folders of images or else a pack, whichever is there; listed and
/// named once a process. Throws UsageError that says where it was looked and how to get it.
[[nodiscard]] ImageSource imagenet_source(ModelName model, double deit_crop);
/// What of ImageNet here is not as published, for notes.
[[nodiscard]] std::vector<std::string> remarks_on(const ImageSource& source);

/// How many there are. Throws as load_images().
[[nodiscard]] std::uint32_t image_count(const ImageSource& source, Part part);
/// Images by their places. Throws Error when the files here are not those of the digest, and an error that
/// names the file where one is damaged.
[[nodiscard]] ImageBatch load_images(const ImageSource& source, ModelName model, Part part,
                                     std::span<const std::uint32_t> places);

/// `count` of `all` images without repetition, in the order that a calibration seed draws them (Fisher and
/// Yates over splitmix64). Throws std::invalid_argument for more than there are.
[[nodiscard]] std::vector<std::uint32_t> calibration_places(std::uint64_t seed, std::uint32_t all,
                                                            std::uint32_t count);

}  // namespace reprise::mptq_vit
