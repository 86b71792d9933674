#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "pipeline/base/key.hpp"

namespace reprise {

/// Fashion-MNIST, the training file's images first.
struct FashionImages {
  static constexpr std::size_t kPixels = 784;  ///< 28 x 28
  static constexpr std::uint8_t kClasses = 10;

  std::vector<std::uint8_t> pixels;   ///< [images, 784]
  std::vector<std::uint8_t> clothes;  ///< [images], 0 ... 9
  std::uint32_t for_training = 0;

  [[nodiscard]] std::uint32_t count() const { return static_cast<std::uint32_t>(clothes.size()); }
};

/// Reads {train,t10k}-{images-idx3,labels-idx1}-ubyte.gz in a folder. Throws DataError.
[[nodiscard]] FashionImages read_fashion_images(const std::filesystem::path& folder);

/// The digest of the files here, which names them in tasks' inputs. Throws UsageError that says where it was
/// looked and how to get them.
[[nodiscard]] Key fashion_digest();
/// The images of this digest, read once a process. Throws Error when the files found here are others.
[[nodiscard]] std::shared_ptr<const FashionImages> fashion_images(const Key& digest);

}  // namespace reprise
