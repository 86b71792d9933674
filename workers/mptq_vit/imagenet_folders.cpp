#include "workers/mptq_vit/imagenet_folders.hpp"

#include <fmt/format.h>

#include "kernels/data/bytes.hpp"
#include "kernels/data/image_folder.hpp"
#include "pipeline/base/errors.hpp"

namespace reprise::mptq_vit {
namespace {

namespace fs = std::filesystem;

nn::ImageFolder listed(const fs::path& folder) {
  try {
    return nn::ImageFolder(folder);
  } catch (const DataError& error) {
    throw UsageError(
        fmt::format("{}\nThe data set imagenet has train/<class>/ and val/<class>/, a folder for each of the "
                    "classes (n01440764, ...); workers/mptq_vit/DATA.md says how images come there",
                    error.what()));
  }
}

class FolderReader final : public ImagenetReader {
 public:
  explicit FolderReader(const fs::path& folder)
      : training_(listed(folder / "train")), test_(listed(folder / "val")) {
    if (test_.classes().size() > kClasses)
      throw UsageError(fmt::format("{} holds {} classes; ImageNet has {}", (folder / "val").string(),
                                   test_.classes().size(), kClasses));
  }

  [[nodiscard]] std::uint32_t count(Part part) const override {
    return static_cast<std::uint32_t>(of(part).samples().size());
  }
  [[nodiscard]] std::uint16_t label(Part part, std::uint32_t place) const override {
    return static_cast<std::uint16_t>(of(part).samples().at(place).label);
  }
  [[nodiscard]] nn::Tensor cropped(Part part, std::uint32_t place,
                                   const nn::ImageTransform& transform) const override {
    return nn::cropped(of(part).load(place).pixels, transform);
  }
  void require_crop(const nn::ImageTransform&) const override {}
  [[nodiscard]] std::vector<std::string> remarks() const override {
    const auto classes = test_.classes().size();
    const auto images = test_.samples().size();
    if (classes == kClasses && images == kValidationImages) return {};
    return {
        fmt::format("The data set imagenet has {} validation images of {} classes here, where ImageNet "
                    "has {} of {}{}.",
                    images, classes, kValidationImages, kClasses,
                    classes == kClasses ? "" : "; labels are places among the folders that are there")};
  }

 private:
  [[nodiscard]] const nn::ImageFolder& of(Part part) const {
    return part == Part::training ? training_ : test_;
  }

  nn::ImageFolder training_;
  nn::ImageFolder test_;
};

std::string problem_in(const fs::path& folder) {
  try {
    const auto reader = open_imagenet_folders(folder);
    const auto transform = nn::transform_of("vit_base");
    for (std::uint32_t i = 0; i < reader->count(Part::test); ++i)
      (void)reader->cropped(Part::test, i, transform);
  } catch (const std::exception& error) {
    return error.what();
  }
  return {};
}

}  // namespace

const DataSet& imagenet_folders() {
  static const DataSet set{
      "imagenet",
      "ImageNet's training and validation images, a folder for each class",
      {{"train", {}, {}, true}, {"val", {}, {}, true}},
      "",
      "ILSVRC 2012 (image-net.org, for research), unpacked as workers/mptq_vit/DATA.md says",
      {},
      problem_in};
  return set;
}

std::shared_ptr<const ImagenetReader> open_imagenet_folders(const fs::path& folder) {
  return std::make_shared<FolderReader>(folder);
}

}  // namespace reprise::mptq_vit
