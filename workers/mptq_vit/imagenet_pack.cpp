#include "workers/mptq_vit/imagenet_pack.hpp"

#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "pipeline/base/errors.hpp"
#include "workers/common/data_archive.hpp"

namespace reprise::mptq_vit {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSide = 224;

/// One of the two files.
class PackedImages {
 public:
  explicit PackedImages(const fs::path& file)
      : archive_(file), images_(archive_.array("images", {{"uint8"}, {std::nullopt, kSide, kSide, 3}})) {
    const auto count = images_.dims()[0];
    const auto labels = archive_.array("labels", {{"int32", "int64", "uint16"}, {count}});
    for (const auto label : labels.read<std::int64_t>()) {
      if (label < 0 || label >= static_cast<std::int64_t>(kClasses))
        labels.refuse(fmt::format("has {} at {}; classes from 0 to {} belong there", label, labels_.size(),
                                  kClasses - 1));
      labels_.push_back(static_cast<std::uint16_t>(label));
    }
    if (!archive_.has("crop")) return;
    const auto crop = archive_.array("crop", {{"float64", "float32"}, {}});
    crop_ = crop.read<double>().at(0);
    if (!(*crop_ > 0 && *crop_ <= 1))
      crop.refuse(fmt::format("is {}; a share in (0, 1] belongs there", *crop_));
  }

  [[nodiscard]] const fs::path& file() const { return archive_.file(); }
  [[nodiscard]] const std::vector<std::uint16_t>& labels() const { return labels_; }
  [[nodiscard]] std::optional<double> crop() const { return crop_; }

  [[nodiscard]] nn::Tensor read(std::uint32_t place) const {
    std::vector<std::uint8_t> pixels(kSide * kSide * 3);
    images_.read_rows(place, std::span(pixels));
    constexpr auto side = static_cast<std::int64_t>(kSide);
    return nn::Tensor::from(pixels, {side, side, 3}).permute({2, 0, 1}).to_contiguous();
  }

  void require_crop(double share) const {
    if (!crop_ || std::abs(*crop_ - share) < 1e-6) return;
    archive_.refuse("crop",
                    fmt::format("says that its images were cropped to {}, and the model wants {}: pack "
                                "them again with that crop, or bring the data set imagenet, or for "
                                "DeiT say deit_crop = {} in the job",
                                *crop_, share, *crop_));
  }

 private:
  DataArchive archive_;
  DataArray images_;
  std::vector<std::uint16_t> labels_;
  std::optional<double> crop_;
};

class PackReader final : public ImagenetReader {
 public:
  explicit PackReader(const fs::path& folder) : training_(folder / "train.h5"), test_(folder / "val.h5") {}

  [[nodiscard]] std::uint32_t count(Part part) const override {
    return static_cast<std::uint32_t>(of(part).labels().size());
  }
  [[nodiscard]] std::uint16_t label(Part part, std::uint32_t place) const override {
    return of(part).labels().at(place);
  }
  [[nodiscard]] nn::Tensor cropped(Part part, std::uint32_t place,
                                   const nn::ImageTransform& transform) const override {
    of(part).require_crop(transform.crop_share);
    return of(part).read(place);
  }
  void require_crop(const nn::ImageTransform& transform) const override {
    for (const auto* const one : {&training_, &test_}) one->require_crop(transform.crop_share);
  }
  [[nodiscard]] std::vector<std::string> remarks() const override {
    std::vector<std::string> all;
    if (test_.labels().size() != kValidationImages)
      all.push_back(fmt::format("{} holds {} images, where ImageNet has {} for validation.",
                                test_.file().filename().string(), test_.labels().size(), kValidationImages));
    for (const auto* const one : {&training_, &test_})
      if (!one->crop())
        all.push_back(fmt::format("{} doesn't say how its images were cropped; they are taken as they are.",
                                  one->file().filename().string()));
    return all;
  }

 private:
  [[nodiscard]] const PackedImages& of(Part part) const { return part == Part::training ? training_ : test_; }

  PackedImages training_;
  PackedImages test_;
};

std::string problem_in(const fs::path& folder) {
  try {
    for (const char* const name : {"train.h5", "val.h5"}) {
      const PackedImages images(folder / name);
      for (std::uint32_t i = 0; i < images.labels().size(); ++i) (void)images.read(i);
    }
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace

const DataSet& imagenet_pack() {
  static const DataSet set{"imagenet-pack",
                           "ImageNet's images decoded and cropped, in two HDF5 files",
                           {{"train.h5", {}, {}}, {"val.h5", {}, {}}},
                           "",
                           "written from ILSVRC 2012's images by the script in workers/mptq_vit/DATA.md",
                           {},
                           problem_in};
  return set;
}

std::shared_ptr<const ImagenetReader> open_imagenet_pack(const fs::path& folder) {
  return std::make_shared<PackReader>(folder);
}

}  // namespace reprise::mptq_vit
