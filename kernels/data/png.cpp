#include <fmt/format.h>
#include <png.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <vector>

#include "kernels/data/bytes.hpp"
#include "kernels/data/image_decoders.hpp"

namespace reprise::nn {
namespace {

/// libpng's simplified interface would apply the file's gamma, which no training pipeline does; so this is
/// the older one. It leaves failing calls by longjmp; no C++ object lives in a frame that is left so.
class Decoder {
 public:
  Decoder(std::span<const std::uint8_t> bytes, const std::filesystem::path& file)
      : rest_(bytes), file_(file) {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error, on_warning);
    info_ = png_ == nullptr ? nullptr : png_create_info_struct(png_);
    if (info_ == nullptr) {
      png_destroy_read_struct(&png_, nullptr, nullptr);
      throw std::bad_alloc();
    }
    png_set_read_fn(png_, this, on_read);
  }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  ~Decoder() { png_destroy_read_struct(&png_, &info_, nullptr); }

  png_structp png() { return png_; }
  png_infop info() { return info_; }

  /// Runs calls of libpng; throws DataError where one of them fails.
  template <class Calls>
  void guarded(const Calls& calls) {
    if (setjmp(png_jmpbuf(png_)) != 0) fail();
    calls();
  }

 private:
  [[noreturn]] void fail() const {
    throw DataError(file_,
                    fmt::format("{}: {}", cut_short_ ? "is cut short" : "can't be decoded as a PNG image",
                                message_.data()));
  }
  [[noreturn]] static void on_error(png_structp png, png_const_charp message) {
    auto& self = *static_cast<Decoder*>(png_get_error_ptr(png));
    std::snprintf(self.message_.data(), self.message_.size(), "%s", message);
    png_longjmp(png, 1);
  }
  static void on_warning(png_structp /*png*/, png_const_charp /*message*/) {}
  static void on_read(png_structp png, png_bytep out, std::size_t count) {
    auto& self = *static_cast<Decoder*>(png_get_io_ptr(png));
    if (count > self.rest_.size()) {
      self.cut_short_ = true;
      png_error(png, "the file ends within the image");
    }
    std::copy_n(self.rest_.begin(), count, out);
    self.rest_ = self.rest_.subspan(count);
  }

  std::span<const std::uint8_t> rest_;
  const std::filesystem::path& file_;
  std::array<char, 200> message_{};
  bool cut_short_ = false;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

}  // namespace

Tensor decode_png(std::span<const std::uint8_t> bytes, const std::filesystem::path& file,
                  const ImageOptions& options) {
  Decoder decoder(bytes, file);
  auto* const png = decoder.png();
  auto* const info = decoder.info();
  int passes = 1;
  decoder.guarded([&] { png_read_info(png, info); });
  check_image_size(png_get_image_width(png, info), png_get_image_height(png, info), file, options);
  decoder.guarded([&] {
    png_set_expand(png);
    png_set_strip_16(png);
    png_set_strip_alpha(png);
    passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
  });
  const auto width = static_cast<std::int64_t>(png_get_image_width(png, info));
  const auto height = static_cast<std::int64_t>(png_get_image_height(png, info));
  const int channels = png_get_channels(png, info);
  const auto row_bytes = png_get_rowbytes(png, info);
  if ((channels != 1 && channels != 3) || row_bytes != static_cast<std::size_t>(width * channels))
    throw DataError(file, fmt::format("has {} channels; gray and RGB can be decoded", channels));

  Tensor image({channels == 1 && options.colour == ImageColour::as_stored ? 1 : 3, height, width},
               DataType::u8);
  // An interlaced image comes in passes over all rows, each of which fills in more pixels.
  const auto kept_rows = passes == 1 ? std::int64_t{1} : height;
  std::vector<std::uint8_t> rows(row_bytes * static_cast<std::size_t>(kept_rows));
  for (int pass = 0; pass < passes; ++pass) {
    for (std::int64_t y = 0; y < height; ++y) {
      const auto row =
          std::span(rows).subspan(row_bytes * static_cast<std::size_t>(y % kept_rows), row_bytes);
      decoder.guarded([&] { png_read_row(png, row.data(), nullptr); });
      if (pass + 1 == passes) spread_row(row, channels, y, image);
    }
  }
  decoder.guarded([&] { png_read_end(png, nullptr); });
  return image;
}

}  // namespace reprise::nn
