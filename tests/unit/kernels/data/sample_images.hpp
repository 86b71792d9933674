#pragma once

#include <cstddef>
#include <cstdio>
// libjpeg needs what is above.
// clang-format off
#include <jpeglib.h>
// clang-format on
#include <png.h>

#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

namespace reprise::samples {

using Pixels = std::vector<std::uint8_t>;  ///< [height, width, channels]

/// A smooth image: what JPEG keeps nearly as it is.
inline Pixels smooth_pixels(std::size_t height, std::size_t width, std::size_t channels) {
  Pixels pixels;
  for (std::size_t y = 0; y < height; ++y)
    for (std::size_t x = 0; x < width; ++x)
      for (std::size_t c = 0; c < channels; ++c)
        pixels.push_back(static_cast<std::uint8_t>(40 + (c == 0 ? 3 * y : c == 1 ? 2 * x : x + y)));
  return pixels;
}

inline std::span<const std::byte> bytes_of(const Pixels& file) {
  return std::as_bytes(std::span(file));
}

/// Encodes pixels of 1, 3 or (CMYK) 4 channels with hardly any loss.
inline Pixels encode_jpeg(const Pixels& pixels, unsigned height, unsigned width, bool progressive = false) {
  const auto channels = static_cast<int>(pixels.size() / height / width);
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* out = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &out, &size);
  info.image_width = width;
  info.image_height = height;
  info.input_components = channels;
  info.in_color_space = channels == 1 ? JCS_GRAYSCALE : channels == 3 ? JCS_RGB : JCS_CMYK;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, 100, TRUE);
  info.comp_info[0].h_samp_factor = info.comp_info[0].v_samp_factor = 1;
  if (progressive) jpeg_simple_progression(&info);
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < height) {
    auto* row =
        const_cast<JSAMPROW>(pixels.data() + info.next_scanline * width * static_cast<unsigned>(channels));
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  Pixels file(out, out + size);
  jpeg_destroy_compress(&info);
  std::free(out);  // NOLINT
  return file;
}

/// Encodes rows of `row_bytes` bytes as libpng takes them.
inline Pixels encode_png(const Pixels& rows, unsigned height, unsigned width, int colour_type,
                         int bit_depth = 8, int interlace = PNG_INTERLACE_NONE) {
  Pixels file;
  auto* png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  auto* info = png_create_info_struct(png);
  png_set_write_fn(
      png, &file,
      [](png_structp writer, png_bytep bytes, std::size_t count) {
        auto& to = *static_cast<Pixels*>(png_get_io_ptr(writer));
        to.insert(to.end(), bytes, bytes + count);
      },
      [](png_structp) {});
  png_set_IHDR(png, info, width, height, bit_depth, colour_type, interlace, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_set_gAMA(png, info, 1.0);  // to be ignored
  png_write_info(png, info);
  std::vector<png_bytep> pointers;
  for (unsigned y = 0; y < height; ++y)
    pointers.push_back(const_cast<png_bytep>(rows.data() + rows.size() / height * y));
  png_write_image(png, pointers.data());
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return file;
}

}  // namespace reprise::samples
