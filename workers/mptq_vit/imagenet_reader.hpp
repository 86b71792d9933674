#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "kernels/tensor/tensor.hpp"
#include "kernels/vision/image_transform.hpp"

namespace reprise::mptq_vit {

/// Calibration takes training images, evaluation validation (or test) ones.
enum class Part { training, test };

/// ImageNet's published sizes.
inline constexpr std::size_t kClasses = 1000;
inline constexpr std::size_t kValidationImages = 50'000;

/// ImageNet's images where they were found, each read when it is asked for.
class ImagenetReader {
 public:
  ImagenetReader() = default;
  ImagenetReader(const ImagenetReader&) = delete;
  ImagenetReader& operator=(const ImagenetReader&) = delete;
  virtual ~ImagenetReader() = default;

  [[nodiscard]] virtual std::uint32_t count(Part part) const = 0;
  /// Classes are numbered in the order of their folders' names, 0 ... 999.
  [[nodiscard]] virtual std::uint16_t label(Part part, std::uint32_t place) const = 0;
  /// u8 [3, side, side]. Throws an error that names the file of an image that is damaged.
  [[nodiscard]] virtual nn::Tensor cropped(Part part, std::uint32_t place,
                                           const nn::ImageTransform& transform) const = 0;
  /// Throws UsageError where images of another crop than the transform's are all that is there.
  virtual void require_crop(const nn::ImageTransform& transform) const = 0;
  /// What is not as published, for a report's notes.
  [[nodiscard]] virtual std::vector<std::string> remarks() const = 0;
};

}  // namespace reprise::mptq_vit
