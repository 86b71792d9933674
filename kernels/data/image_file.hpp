#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

#include "kernels/tensor/tensor.hpp"

namespace reprise::nn {

enum class ImageColour : std::uint8_t {
  as_stored,  ///< one channel (gray) or three (red, green, blue)
  rgb,        ///< always three; gray is repeated
};

struct ImageOptions {
  ImageColour colour = ImageColour::as_stored;
  /// A small file can claim a huge image: beyond this it is refused before memory is asked for.
  std::int64_t most_pixels = 100'000'000;
};

/// Decodes a JPEG or PNG image, told apart by their first bytes, to u8 [channels, height, width]: the pixels
/// that Pillow's `Image.open(file).convert("RGB")` gives (`"L"` for gray), bit for bit with the same libjpeg.
///
/// JPEG: baseline and progressive; CMYK and YCCK are converted to RGB. The orientation in EXIF and colour
/// profiles are ignored, as data sets were made without them. PNG: palettes are resolved, of 16 bits a
/// channel the upper 8 are kept, transparency is dropped, gamma is ignored.
///
/// Throws DataError naming `file`: neither format, cut short, damaged, or larger than `most_pixels`. Bytes
/// that are odd but harmless (some of ImageNet's files have a few between two markers) are no error.
[[nodiscard]] Tensor decode_image(std::span<const std::uint8_t> bytes, const std::filesystem::path& file,
                                  const ImageOptions& options = {});
/// The same of a file. Throws DataError when it can't be read, too.
[[nodiscard]] Tensor read_image(const std::filesystem::path& file, const ImageOptions& options = {});

}  // namespace reprise::nn
