#include <csetjmp>
#include <cstddef>
#include <cstdio>
// libjpeg needs what is above, and jerror.h needs jpeglib.h.
// clang-format off
#include <jpeglib.h>
#include <jerror.h>
// clang-format on

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "kernels/data/bytes.hpp"
#include "kernels/data/image_decoders.hpp"

namespace reprise::nn {
namespace {

/// libjpeg calls back when something is wrong and must not be returned to. Throwing through its frames is
/// not promised to work, so they are left by longjmp; no C++ object lives in a frame that is left so.
struct ErrorManager {
  jpeg_error_mgr base;  ///< first: libjpeg knows it by the address of the whole
  std::jmp_buf leave;
  std::array<char, JMSG_LENGTH_MAX> message;
  bool cut_short;
};

ErrorManager& manager_of(j_common_ptr info) {
  return *reinterpret_cast<ErrorManager*>(info->err);
}

[[noreturn]] void leave(j_common_ptr info) {
  auto& manager = manager_of(info);
  info->err->format_message(info, manager.message.data());
  std::longjmp(manager.leave, 1);
}

/// libjpeg goes on with gray where bytes are missing: that is an error here.
void on_warning(j_common_ptr info, int level) {
  if (level >= 0) return;
  const int code = info->err->msg_code;
  if (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER) {
    manager_of(info).cut_short = true;
    leave(info);
  }
}

/// A file of a few kilobytes can ask for thousands of passes over a large image.
void on_progress(j_common_ptr info) {
  constexpr int most_scans = 500;
  const auto* const decoder = reinterpret_cast<j_decompress_ptr>(info);
  if (decoder->input_scan_number <= most_scans) return;
  auto& manager = manager_of(info);
  std::snprintf(manager.message.data(), manager.message.size(), "it has more than %d scans", most_scans);
  std::longjmp(manager.leave, 1);
}

class Decoder {
 public:
  Decoder(std::span<const std::uint8_t> bytes, const std::filesystem::path& file) : file_(file) {
    info_.err = jpeg_std_error(&errors_.base);
    errors_.base.error_exit = leave;
    errors_.base.emit_message = on_warning;
    guarded([&] {
      jpeg_create_decompress(&info_);
      jpeg_mem_src(&info_, bytes.data(), static_cast<unsigned long>(bytes.size()));
    });
    progress_.progress_monitor = on_progress;
    info_.progress = &progress_;
  }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  ~Decoder() { jpeg_destroy_decompress(&info_); }

  jpeg_decompress_struct& info() { return info_; }

  /// Runs calls of libjpeg; throws DataError where one of them fails.
  template <class Calls>
  void guarded(const Calls& calls) {
    if (setjmp(errors_.leave) != 0) fail();
    calls();
  }

 private:
  [[noreturn]] void fail() const {
    throw DataError(
        file_, fmt::format("{}: {}",
                           errors_.cut_short ? "is cut short or damaged" : "can't be decoded as a JPEG image",
                           errors_.message.data()));
  }

  const std::filesystem::path& file_;
  ErrorManager errors_{};
  jpeg_progress_mgr progress_{};
  jpeg_decompress_struct info_{};
};

/// Ink to light, as Pillow does it, in place. Adobe's files hold 255 - ink.
void convert_cmyk(std::vector<std::uint8_t>& row, std::size_t width, bool inverted) {
  for (std::size_t x = 0; x < width; ++x) {
    const auto ink = [&](std::size_t channel) {
      const int stored = row[4 * x + channel];
      return inverted ? 255 - stored : stored;
    };
    const int light = 255 - ink(3);
    std::array<std::uint8_t, 3> rgb{};
    for (std::size_t channel = 0; channel < 3; ++channel) {
      const int product = ink(channel) * light + 128;  // / 255, rounded
      rgb[channel] = static_cast<std::uint8_t>(std::max(light - (((product >> 8) + product) >> 8), 0));
    }
    std::copy(rgb.begin(), rgb.end(), row.begin() + static_cast<std::ptrdiff_t>(3 * x));
  }
}

}  // namespace

Tensor decode_jpeg(std::span<const std::uint8_t> bytes, const std::filesystem::path& file,
                   const ImageOptions& options) {
  Decoder decoder(bytes, file);
  auto& info = decoder.info();
  decoder.guarded([&] { jpeg_read_header(&info, TRUE); });
  check_image_size(info.image_width, info.image_height, file, options);
  const bool gray = info.jpeg_color_space == JCS_GRAYSCALE;
  const bool cmyk = info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK;
  info.out_color_space = gray ? JCS_GRAYSCALE : cmyk ? JCS_CMYK : JCS_RGB;
  decoder.guarded([&] { jpeg_start_decompress(&info); });

  const auto width = static_cast<std::size_t>(info.output_width);
  const auto height = static_cast<std::int64_t>(info.output_height);
  Tensor image(
      {gray && options.colour == ImageColour::as_stored ? 1 : 3, height, static_cast<std::int64_t>(width)},
      DataType::u8);
  std::vector<std::uint8_t> row(width * static_cast<std::size_t>(info.output_components));
  for (std::int64_t y = 0; y < height; ++y) {
    JSAMPROW out = row.data();
    decoder.guarded([&] { jpeg_read_scanlines(&info, &out, 1); });
    if (cmyk) convert_cmyk(row, width, info.saw_Adobe_marker != 0);
    spread_row(row, gray ? 1 : 3, y, image);
  }
  decoder.guarded([&] { jpeg_finish_decompress(&info); });
  return image;
}

}  // namespace reprise::nn
