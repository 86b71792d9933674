#pragma once

#include <fmt/format.h>

#include <cstdlib>

#include "tests/unit/kernels/data/sample_images.hpp"
#include "tests/unit/workers/deep_probability/written_data.hpp"

namespace reprise::samples {

/// A folder that is the only place where data are looked for.
class DataRoot {
 public:
  DataRoot() {
    setenv("REPRISE_DATA", folder_.path().c_str(), 1);
    setenv("XDG_DATA_HOME", "/nowhere", 1);
    setenv("XDG_DATA_DIRS", "/nowhere", 1);
  }
  ~DataRoot() {
    for (const char* const name : {"REPRISE_DATA", "XDG_DATA_HOME", "XDG_DATA_DIRS"}) unsetenv(name);
  }
  DataRoot(const DataRoot&) = delete;
  DataRoot& operator=(const DataRoot&) = delete;

  [[nodiscard]] const TemporaryFolder& folder() const { return folder_; }
  [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
};

/// A few images as ImageNet has them: RGB, gray and CMYK JPEGs, and a PNG that is called JPEG. Two for
/// validation of each of three classes, three for training of the first two.
inline void write_imagenet(const TemporaryFolder& folder, const std::string& root = "imagenet") {
  const auto add = [&](const std::string& name, const Pixels& file) {
    folder.write(fmt::format("{}/{}", root, name), bytes_of(file));
  };
  add("val/n03/a.JPEG", encode_jpeg(smooth_pixels(40, 50, 3), 40, 50));
  add("val/n03/b.JPEG", encode_jpeg(smooth_pixels(50, 30, 1), 50, 30));
  add("val/n01/c.JPEG", encode_jpeg(smooth_pixels(30, 30, 4), 30, 30));
  add("val/n01/d.JPEG", encode_png(smooth_pixels(30, 45, 3), 30, 45, PNG_COLOR_TYPE_RGB));
  add("val/n02/e.JPEG", encode_jpeg(smooth_pixels(60, 60, 3), 60, 60, true));
  add("val/n02/f.JPEG", encode_jpeg(smooth_pixels(20, 40, 3), 20, 40));
  for (const char* const name : {"train/n02/x.JPEG", "train/n01/z.JPEG", "train/n01/y.JPEG"})
    add(name, encode_jpeg(smooth_pixels(33, 41, 3), 33, 41));
}

}  // namespace reprise::samples
