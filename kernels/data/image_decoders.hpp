#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "kernels/data/image_file.hpp"

namespace reprise::nn {

// What decode_image is made of. Each throws DataError naming `file`.

[[nodiscard]] Tensor decode_jpeg(std::span<const std::uint8_t> bytes, const std::filesystem::path& file,
                                 const ImageOptions& options);
[[nodiscard]] Tensor decode_png(std::span<const std::uint8_t> bytes, const std::filesystem::path& file,
                                const ImageOptions& options);

/// Throws DataError for an image of no pixels, or of more than the options allow.
void check_image_size(std::int64_t width, std::int64_t height, const std::filesystem::path& file,
                      const ImageOptions& options);
/// Row y of `image` [channels, height, width] from pixels of `channels` bytes; gray is repeated where the
/// image has more.
void spread_row(std::span<const std::uint8_t> row, int channels, std::int64_t y, Tensor& image);

}  // namespace reprise::nn
