#include "kernels/data/image_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <vector>

#include "kernels/data/bytes.hpp"
#include "kernels/data/image_decoders.hpp"

namespace reprise::nn {
namespace {

bool starts_with(std::span<const std::uint8_t> bytes, std::span<const std::uint8_t> magic) {
  return bytes.size() >= magic.size() && std::equal(magic.begin(), magic.end(), bytes.begin());
}

}  // namespace

Tensor decode_image(std::span<const std::uint8_t> bytes, const std::filesystem::path& file,
                    const ImageOptions& options) {
  constexpr std::uint8_t kJpeg[] = {0xff, 0xd8, 0xff};
  constexpr std::uint8_t kPng[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  if (starts_with(bytes, kJpeg)) return decode_jpeg(bytes, file, options);
  if (starts_with(bytes, kPng)) return decode_png(bytes, file, options);
  std::string found;
  for (const auto byte : bytes.first(std::min<std::size_t>(bytes.size(), 8)))
    found += fmt::format("{:02x}", byte);
  throw DataError(file, found.empty() ? "is empty; a JPEG or PNG image belongs here"
                                      : fmt::format("starts with {}; a JPEG image starts with ffd8ff and a "
                                                    "PNG image with 89504e470d0a1a0a",
                                                    found));
}

Tensor read_image(const std::filesystem::path& file, const ImageOptions& options) {
  std::error_code failed;
  const auto size = std::filesystem::file_size(file, failed);  // fails for what is no file
  std::ifstream in(file, std::ios::binary);
  std::vector<std::uint8_t> bytes(failed ? 0 : size);
  in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (failed || !in) throw DataError(file, "cannot be read: no such file, or no permission to read it");
  return decode_image(bytes, file, options);
}

void check_image_size(std::int64_t width, std::int64_t height, const std::filesystem::path& file,
                      const ImageOptions& options) {
  if (width <= 0 || height <= 0)
    throw DataError(file, fmt::format("has {} x {} pixels: it is damaged", width, height));
  if (width > options.most_pixels / height)
    throw DataError(file, fmt::format("says it has {} x {} pixels; at most {} are allowed", width, height,
                                      options.most_pixels));
}

void spread_row(std::span<const std::uint8_t> row, int channels, std::int64_t y, Tensor& image) {
  const auto width = image.size(2);
  const auto plane = image.size(1) * width;
  auto* const out = image.mutable_data<std::uint8_t>() + y * width;
  for (int channel = 0; channel < image.size(0); ++channel) {
    const auto from = static_cast<std::size_t>(std::min(channel, channels - 1));
    for (std::int64_t x = 0; x < width; ++x)
      out[channel * plane + x] = row[static_cast<std::size_t>(x * channels) + from];
  }
}

}  // namespace reprise::nn
