#include "kernels/data/image_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/kernels/data/reading.hpp"
#include "tests/unit/kernels/data/sample_images.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace reprise::nn {
namespace {

using samples::data_error;
using testing::AllOf;
using testing::HasSubstr;

class ImageFolders : public testing::Test {
 protected:
  void add(const std::string& name, std::uint8_t gray = 0) const {
    folder_.write(name, samples::bytes_of(samples::encode_png({gray}, 1, 1, PNG_COLOR_TYPE_GRAY)));
  }
  std::string refusal() const {
    return data_error([&] { return ImageFolder(folder_.path()); });
  }
  samples::TemporaryFolder folder_;
};

TEST_F(ImageFolders, AreListedByName) {
  add("n02/b.JPEG", 20);
  add("n02/B.png", 21);
  add("n10/x.jpg", 30);
  add("n01/2.jpeg", 11);
  add("n01/10.JPG", 10);
  add(".cache/z.png");
  add("n01/._2.jpeg");
  const ImageFolder images(folder_.path());
  EXPECT_EQ(images.classes(), (std::vector<std::string>{"n01", "n02", "n10"}));
  std::vector<std::pair<std::int32_t, int>> found;
  for (std::size_t i = 0; i < images.samples().size(); ++i) {
    const auto [pixels, label] = images.load(i);
    EXPECT_EQ(pixels.shape(), (Shape{3, 1, 1}));
    found.emplace_back(label, pixels.values<std::uint8_t>()[2]);
  }
  EXPECT_EQ(found, (std::vector<std::pair<std::int32_t, int>>{{0, 10}, {0, 11}, {1, 21}, {1, 20}, {2, 30}}));
  EXPECT_EQ(images.path_of(0), folder_.path() / "n01" / "10.JPG");
  EXPECT_THROW((void)images.load(5), std::invalid_argument);
}

TEST_F(ImageFolders, AreHeldAgainstTheCountsThatWerePublished) {
  add("a/1.png");
  add("b/1.png");
  add("b/2.png");
  const ImageFolder images(folder_.path());
  images.expect_counts(2, 3);
  EXPECT_THAT(data_error([&] {
                images.expect_counts(1000, 50000);
                return 0;
              }),
              AllOf(HasSubstr(folder_.path().string()), HasSubstr("3 images of 2 classes"),
                    HasSubstr("50000 of 1000")));
}

TEST_F(ImageFolders, HoldNothingElse) {
  EXPECT_THAT(refusal(), HasSubstr("no folders of images"));
  add("a/1.png");
  folder_.write("a/labels.txt", std::string("cat"));
  EXPECT_THAT(refusal(), AllOf(HasSubstr("labels.txt"), HasSubstr("no image by its name")));
  std::filesystem::remove(folder_.path() / "a" / "labels.txt");
  folder_.write("README", std::string("cat"));
  EXPECT_THAT(refusal(), AllOf(HasSubstr("README"), HasSubstr("one folder a class")));
  std::filesystem::remove(folder_.path() / "README");
  std::filesystem::create_directory(folder_.path() / "b");
  EXPECT_THAT(refusal(), AllOf(HasSubstr("/b"), HasSubstr("holds no images")));
  std::filesystem::create_directory(folder_.path() / "b" / "c.png");
  EXPECT_THAT(refusal(), AllOf(HasSubstr("/b/c.png"), HasSubstr("is no file")));
  EXPECT_THAT(data_error([&] { return ImageFolder(folder_.path() / "absent"); }),
              AllOf(HasSubstr("absent"), HasSubstr("No such file")));
}

TEST_F(ImageFolders, NameTheImageThatIsDamaged) {
  add("a/1.png");
  folder_.write("a/2.png", std::string("<html>"));
  const ImageFolder images(folder_.path());
  EXPECT_THAT(data_error([&] { return images.load(1); }),
              AllOf(HasSubstr("a/2.png"), HasSubstr("starts with")));
}

}  // namespace
}  // namespace reprise::nn
