#include "kernels/data/image_folder.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kernels/data/bytes.hpp"
#include "kernels/expects.hpp"

namespace reprise::nn {
namespace {

namespace fs = std::filesystem;

/// What is in a folder and not hidden, by name.
std::vector<fs::directory_entry> listed(const fs::path& folder) {
  std::vector<fs::directory_entry> entries;
  try {
    for (const auto& entry : fs::directory_iterator(folder))
      if (!entry.path().filename().string().starts_with('.')) entries.push_back(entry);
  } catch (const fs::filesystem_error& error) {
    throw DataError(folder, "can't be listed: " + error.code().message());
  }
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return a.path().filename().string() < b.path().filename().string();
  });
  return entries;
}

bool is_image_name(const fs::path& file) {
  auto ending = file.extension().string();
  for (char& letter : ending)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  return ending == ".jpg" || ending == ".jpeg" || ending == ".png";
}

}  // namespace

ImageFolder::ImageFolder(const fs::path& root) : root_(root) {
  std::error_code ignored;
  for (const auto& folder : listed(root)) {
    if (!folder.is_directory(ignored))
      throw DataError(folder.path(),
                      "is no folder; a data set of images has one folder a class, and nothing else");
    const auto label = static_cast<std::int32_t>(classes_.size());
    classes_.push_back(folder.path().filename().string());
    const auto before = samples_.size();
    for (const auto& file : listed(folder.path())) {
      if (!file.is_regular_file(ignored))
        throw DataError(file.path(), "is no file; only images belong into the folder of a class");
      if (!is_image_name(file.path()))
        throw DataError(file.path(), "is no image by its name; .jpg, .jpeg and .png belong there");
      samples_.push_back({file.path().filename().string(), label});
    }
    if (samples_.size() == before) throw DataError(folder.path(), "holds no images");
  }
  if (classes_.empty()) throw DataError(root, "holds no folders of images, one a class");
}

fs::path ImageFolder::path_of(std::size_t sample) const {
  expects(sample < samples_.size(), "a sample is one of those that are there");
  const auto& [name, label] = samples_[sample];
  return root_ / classes_[static_cast<std::size_t>(label)] / name;
}

void ImageFolder::expect_counts(std::size_t classes, std::size_t samples) const {
  if (classes_.size() == classes && samples_.size() == samples) return;
  throw DataError(
      root_, fmt::format("holds {} images of {} classes; {} of {} belong there: fetch or unpack it again",
                         samples_.size(), classes_.size(), samples, classes));
}

LabelledImage ImageFolder::load(std::size_t sample) const {
  return {read_image(path_of(sample), {.colour = ImageColour::rgb}), samples_[sample].label};
}

}  // namespace reprise::nn
