#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace reprise::deep_probability {

/// Fashion-MNIST, the training file's images first.
struct FashionImages {
  static constexpr std::size_t kPixels = 784;  ///< 28 x 28

  std::vector<std::uint8_t> pixels;   ///< [images, 784]
  std::vector<std::uint8_t> clothes;  ///< [images], 0 ... 9
  std::uint32_t for_training = 0;

  [[nodiscard]] std::uint32_t count() const { return static_cast<std::uint32_t>(clothes.size()); }
};

/// Reads {train,t10k}-{images-idx3,labels-idx1}-ubyte.gz in a folder. Throws DataError.
[[nodiscard]] FashionImages read_fashion_images(const std::filesystem::path& folder);

/// An age in (0, 100) for each image, so that images of clothes stand in for faces: derived, not the paper's.
/// Classes are put in an order of looks and images in their class in the order of brightness; the image at
/// quantile q of all has age 100 q^2, whose mean of 100/3 is that of the paper's faces. Classes have equally
/// many images.
[[nodiscard]] std::vector<double> pseudo_ages(const FashionImages& images);

}  // namespace reprise::deep_probability
