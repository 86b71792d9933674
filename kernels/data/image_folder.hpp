#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "kernels/data/image_file.hpp"

namespace reprise::nn {

/// An image of a folder, and what it shows.
struct LabelledImage {
  Tensor pixels;  ///< u8 [3, height, width]
  std::int32_t label = 0;
};

/// A data set laid out as ImageNet is: a folder with one folder a class, which holds its images,
///
///   val/n01440764/ILSVRC2012_val_00000293.JPEG
///
/// Classes are numbered in the order of their names, and samples come by class, then by name, both compared
/// byte by byte: the same on any file system. Names that start with a dot are ignored.
class ImageFolder {
 public:
  struct Sample {
    std::string name;  ///< of the file within its class's folder
    std::int32_t label = 0;
  };

  /// Lists `root`; no image is opened. Throws DataError naming what does not belong there: a file beside the
  /// classes, a folder within one, a file that is not .jpg, .jpeg or .png (in upper or lower case), a class
  /// without images; or a folder that is not there.
  explicit ImageFolder(const std::filesystem::path& root);

  [[nodiscard]] const std::vector<std::string>& classes() const { return classes_; }
  [[nodiscard]] const std::vector<Sample>& samples() const { return samples_; }
  [[nodiscard]] std::filesystem::path path_of(std::size_t sample) const;

  /// Throws DataError unless there are so many of both, as for ImageNet's validation set 1000 and 50000.
  void expect_counts(std::size_t classes, std::size_t samples) const;
  /// Decodes one sample. Throws DataError as read_image does.
  [[nodiscard]] LabelledImage load(std::size_t sample) const;

 private:
  std::filesystem::path root_;
  std::vector<std::string> classes_;
  std::vector<Sample> samples_;
};

}  // namespace reprise::nn
