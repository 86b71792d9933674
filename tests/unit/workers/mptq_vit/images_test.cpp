#include "workers/mptq_vit/images.hpp"

#include <gmock/gmock.h>

#include "kernels/data/image_file.hpp"
#include "tests/unit/kernels/data/reading.hpp"
#include "tests/unit/workers/mptq_vit/data_root.hpp"
#include "workers/mptq_vit/imagenet_folders.hpp"
#include "workers/mptq_vit/imagenet_pack.hpp"

namespace reprise::mptq_vit {
namespace {

using samples::refusal;
using samples::Written;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::size_t kPixels = 224 * 224 * 3;

class Images : public testing::Test {
 protected:
  /// u8 [3, 224, 224] of a file, as timm would have it.
  [[nodiscard]] nn::Tensor cropped(const std::string& file, const nn::ImageTransform& transform) const {
    return nn::cropped(nn::read_image(root_.path() / "imagenet" / file, {.colour = nn::ImageColour::rgb}),
                       transform);
  }
  /// One of the pack's files: three images of one value each.
  void write_pack(const std::string& name, std::vector<std::int32_t> labels = {5, 0, 999},
                  std::uint64_t side = 224, std::optional<double> crop = 0.9) const {
    const Written file(root_.folder(), "imagenet-pack/" + name);
    std::vector<std::uint8_t> pixels(3 * side * side * 3);
    for (std::size_t i = 0; i < pixels.size(); ++i)
      pixels[i] = static_cast<std::uint8_t>(10 * (i / (side * side * 3)) + i % 3);
    file.add("images", pixels, {3, side, side, 3});
    file.add("labels", labels, {labels.size()});
    if (crop) file.add<double>("crop", {*crop}, {});
  }
  [[nodiscard]] std::string refused(ModelName model = ModelName::vit_small,
                                    double deit_crop = kDeitCrop) const {
    return refusal([&] { return imagenet_source(model, deit_crop); });
  }

  samples::DataRoot root_;
};

TEST_F(Images, ComeByClassThenByName) {
  samples::write_imagenet(root_.folder());
  const auto source = imagenet_source(ModelName::deit_tiny, kDeitCrop);
  EXPECT_EQ(source.set, ImageSet::imagenet);
  EXPECT_EQ(image_count(source, Part::training), 3U);
  EXPECT_EQ(image_count(source, Part::test), 6U);
  const auto batch =
      load_images(source, ModelName::deit_tiny, Part::test, std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5});
  EXPECT_THAT(batch.label, ElementsAre(0, 0, 1, 1, 2, 2));
  EXPECT_EQ(batch.pixels.shape(), (nn::Shape{6, 3, 224, 224}));
  const auto transform = nn::transform_of("deit_tiny");
  std::int64_t at = 0;
  for (const char* const file : {"val/n01/c.JPEG", "val/n01/d.JPEG", "val/n02/e.JPEG", "val/n02/f.JPEG",
                                 "val/n03/a.JPEG", "val/n03/b.JPEG"}) {
    const auto wanted = nn::normalised(cropped(file, transform), transform);
    EXPECT_EQ(batch.pixels.slice(0, at++, 1).erase_axis(0).values<float>(), wanted.values<float>()) << file;
  }
}

TEST_F(Images, AreTakenByTheirPlaces) {
  samples::write_imagenet(root_.folder());
  const auto source = imagenet_source(ModelName::vit_base, kDeitCrop);
  const auto all = load_images(source, ModelName::vit_base, Part::test, std::vector<std::uint32_t>{5, 1});
  EXPECT_THAT(all.label, ElementsAre(2, 0));
  const auto transform = nn::transform_of("vit_base");
  EXPECT_EQ(all.pixels.slice(0, 0, 1).erase_axis(0).values<float>(),
            nn::normalised(cropped("val/n03/b.JPEG", transform), transform).values<float>());
}

TEST_F(Images, AreCroppedAsTheModelWantsThem) {
  samples::write_imagenet(root_.folder());
  EXPECT_EQ(imagenet_source(ModelName::swin_base, kDeitCrop).crop, 0.9);
  EXPECT_EQ(imagenet_source(ModelName::vit_small, 0.8).crop, 0.9);
  EXPECT_EQ(imagenet_source(ModelName::deit_base, kDeitCrop).crop, 0.875);
  const auto wide = imagenet_source(ModelName::deit_base, 0.9);
  EXPECT_EQ(wide.crop, 0.9);
  const auto transform = nn::transform_of("deit_base", 0.9);
  EXPECT_EQ(load_images(wide, ModelName::deit_base, Part::test, std::vector<std::uint32_t>{4})
                .pixels.values<float>(),
            nn::normalised(cropped("val/n03/a.JPEG", transform), transform).values<float>());
}

TEST_F(Images, OfFoldersComeBeforeThoseOfAPack) {
  write_pack("train.h5");
  write_pack("val.h5");
  EXPECT_EQ(imagenet_source(ModelName::vit_small, kDeitCrop).set, ImageSet::imagenet_pack);
  samples::write_imagenet(root_.folder());
  EXPECT_EQ(imagenet_source(ModelName::vit_small, kDeitCrop).set, ImageSet::imagenet);
}

TEST_F(Images, ThatAreNowhereAreToldHowToGetInBothForms) {
  const auto root = root_.path().string();
  EXPECT_THAT(refused(), AllOf(HasSubstr("the data set imagenet ("), HasSubstr(root + "/imagenet ("),
                               HasSubstr("no such folder"), HasSubstr("image-net.org"),
                               HasSubstr("Or instead the data set imagenet-pack ("),
                               HasSubstr(root + "/imagenet-pack ("), HasSubstr("Put train.h5, val.h5")));
  samples::write_imagenet(root_.folder());
  std::filesystem::remove_all(root_.path() / "imagenet/train");
  EXPECT_THAT(refused(), HasSubstr("lacks the folder train"));
}

TEST_F(Images, ThatAreDamagedAreNamed) {
  samples::write_imagenet(root_.folder());
  samples::tear(root_.path() / "imagenet/val/n02/e.JPEG");
  const auto source = imagenet_source(ModelName::deit_tiny, kDeitCrop);
  const auto read = [&](std::uint32_t place) {
    return load_images(source, ModelName::deit_tiny, Part::test, std::vector{place});
  };
  EXPECT_EQ(read(1).label.size(), 1U);
  EXPECT_THAT(samples::data_error([&] { return read(2); }), HasSubstr("imagenet/val/n02/e.JPEG"));
  EXPECT_THAT(imagenet_folders().check(root_.path() / "imagenet"), HasSubstr("imagenet/val/n02/e.JPEG"));
}

TEST_F(Images, InFoldersOfOtherKindsAreRefusedWithTheLayoutThatIsWanted) {
  samples::write_imagenet(root_.folder());
  const auto val = root_.path() / "imagenet/val";
  std::filesystem::rename(val / "n01/c.JPEG", val / "c.JPEG");  // as the archive has them
  EXPECT_THAT(refused(), AllOf(HasSubstr("imagenet/val/c.JPEG: is no folder"), HasSubstr("val/<class>/"),
                               HasSubstr("DATA.md")));
  std::filesystem::remove(val / "c.JPEG");
  for (int i = 0; i < 1000; ++i)
    root_.folder().write(fmt::format("imagenet/val/x{}/a.png", i), std::string("x"));
  EXPECT_THAT(refused(), HasSubstr("imagenet/val holds 1003 classes; ImageNet has 1000"));
}

TEST_F(Images, ThatAreNotAllOfImagenetAreRemarkedOn) {
  samples::write_imagenet(root_.folder());
  EXPECT_THAT(remarks_on(imagenet_source(ModelName::vit_small, kDeitCrop)),
              ElementsAre(AllOf(HasSubstr("6 validation images of 3 classes"),
                                HasSubstr("labels are places among the folders"))));
}

TEST_F(Images, OfOtherFilesThanTheRunBeganWithAreRefused) {
  samples::write_imagenet(root_.folder());
  auto source = imagenet_source(ModelName::vit_small, kDeitCrop);
  const samples::DataRoot other;
  samples::write_imagenet(other.folder());
  EXPECT_EQ(image_count(source, Part::test), 6U);  // the same files elsewhere
  const samples::DataRoot changed;
  samples::write_imagenet(changed.folder());
  samples::tear(changed.path() / "imagenet/val/n02/e.JPEG", 0.9);
  EXPECT_THROW(
      {
        try {
          (void)image_count(source, Part::test);
        } catch (const Error& error) {
          EXPECT_THAT(error.what(), AllOf(HasSubstr("the data set imagenet in " + changed.path().string()),
                                          HasSubstr("differs from the one that the run began with")));
          throw;
        }
      },
      Error);
}

TEST_F(Images, OfAPackAreTakenAsTheyAre) {
  write_pack("train.h5", {1, 2, 3});
  write_pack("val.h5");
  const auto source = imagenet_source(ModelName::vit_small, kDeitCrop);
  EXPECT_EQ(image_count(source, Part::training), 3U);
  const auto batch = load_images(source, ModelName::vit_small, Part::test, std::vector<std::uint32_t>{2, 0});
  EXPECT_THAT(batch.label, ElementsAre(999, 5));
  const auto values = batch.pixels.values<float>();
  EXPECT_FLOAT_EQ(values[0], (20.0F / 255 - 0.5F) / 0.5F);
  EXPECT_FLOAT_EQ(values[224 * 224], (21.0F / 255 - 0.5F) / 0.5F);  // green
  EXPECT_FLOAT_EQ(values[kPixels + 2 * 224 * 224], (2.0F / 255 - 0.5F) / 0.5F);
  EXPECT_THAT(remarks_on(source), ElementsAre(HasSubstr("val.h5 holds 3 images")));
  EXPECT_EQ(imagenet_pack().check(root_.path() / "imagenet-pack"), "");
}

TEST_F(Images, OfAPackAreOfOneCrop) {
  write_pack("train.h5");
  write_pack("val.h5");
  EXPECT_THAT(refused(ModelName::deit_small),
              AllOf(HasSubstr("train.h5: data set crop says that its images were cropped to 0.9"),
                    HasSubstr("wants 0.875"), HasSubstr("deit_crop = 0.9")));
  EXPECT_EQ(imagenet_source(ModelName::deit_small, 0.9).crop, 0.9);
}

TEST_F(Images, OfAPackThatTellsNoCropAreRemarkedOn) {
  write_pack("train.h5", {0, 1, 2}, 224, std::nullopt);
  write_pack("val.h5", {0, 1, 2}, 224, 0.875);
  EXPECT_THAT(remarks_on(imagenet_source(ModelName::deit_small, kDeitCrop)),
              ElementsAre(HasSubstr("val.h5 holds 3"), HasSubstr("train.h5 doesn't say how")));
}

class WrongPack : public Images {};

TEST_F(WrongPack, OfOtherSidesIsRefused) {
  write_pack("train.h5");
  write_pack("val.h5", {0, 1, 2}, 32);
  EXPECT_THAT(refused(), AllOf(HasSubstr("val.h5: data set images is uint8 [3, 32, 32, 3]"),
                               HasSubstr("it must be uint8 [any, 224, 224, 3]")));
}

TEST_F(WrongPack, WithFewerLabelsIsRefused) {
  write_pack("train.h5");
  write_pack("val.h5", {0, 1});
  EXPECT_THAT(refused(), AllOf(HasSubstr("val.h5: data set labels is int32 [2]"), HasSubstr("[3]")));
}

TEST_F(WrongPack, WithOtherClassesIsRefused) {
  write_pack("train.h5", {0, 1000, 2});
  write_pack("val.h5");
  EXPECT_THAT(refused(),
              HasSubstr("train.h5: data set labels has 1000 at 1; classes from 0 to 999 belong there"));
}

TEST_F(WrongPack, ThatIsTornIsRefused) {
  write_pack("train.h5");
  write_pack("val.h5");
  samples::tear(root_.path() / "imagenet-pack/val.h5");
  EXPECT_THAT(refused(), HasSubstr("val.h5 is no whole HDF5 file"));
  EXPECT_THAT(imagenet_pack().check(root_.path() / "imagenet-pack"), HasSubstr("no whole HDF5 file"));
}

}  // namespace
}  // namespace reprise::mptq_vit
