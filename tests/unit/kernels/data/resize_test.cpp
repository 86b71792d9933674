#include "kernels/data/resize.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <random>

#include "tests/unit/kernels/data/reading.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace reprise::nn {
namespace {

std::vector<float> resized(const std::vector<float>& row, std::int64_t width, Interpolation how) {
  const auto image = Tensor::from(row, {1, static_cast<std::int64_t>(row.size())});
  return resize(image, 1, width, how).values<float>();
}

TEST(Resize, BilinearEnlargesByQuarters) {
  EXPECT_EQ(resized({0, 8}, 4, Interpolation::bilinear), (std::vector<float>{0, 2, 6, 8}));
}

TEST(Resize, BilinearShrinksByATriangleOfTwiceTheWidth) {
  // Weights at distances 1/4, 3/4, ... of the stretched triangle, 1/8 3/8 3/8 1/8; at the border the part
  // that is there, 3/7 3/7 1/7.
  EXPECT_EQ(resized({7, 14, 28, 56, 56, 0}, 3, Interpolation::bilinear),
            (std::vector<float>{13, (14 + 3 * 28 + 3 * 56 + 56) / 8.0F, (56 + 3 * 56) / 7.0F}));
}

TEST(Resize, BicubicIsKeysKernel) {
  // Twice as many: at distances 1/4, 3/4, 5/4, 7/4 the kernel is 111/128, 29/128, -9/128 and -3/128.
  const auto row = resized({0, 0, 0, 128, 0, 0, 0}, 14, Interpolation::bicubic);
  const std::vector<float> expected{0, 0, 0, -3, -9, 29, 111, 111, 29, -9, -3, 0, 0, 0};
  ASSERT_EQ(row.size(), expected.size());
  for (std::size_t i = 0; i < row.size(); ++i) EXPECT_NEAR(row[i], expected[i], 1e-5) << i;
}

TEST(Resize, BytesAreRoundedAndClamped) {
  const auto image = Tensor::from(std::vector<std::uint8_t>{0, 0, 255, 255}, {1, 4});
  // Halfway values are rounded up; the kernel's overshoot is cut off.
  EXPECT_EQ(resize(image, 1, 8, Interpolation::bilinear).values<std::uint8_t>(),
            (std::vector<std::uint8_t>{0, 0, 0, 64, 191, 255, 255, 255}));
  const auto cubic = resize(image, 1, 8, Interpolation::bicubic).values<std::uint8_t>();
  EXPECT_EQ(cubic[2], 0);
  EXPECT_EQ(cubic[5], 255);
}

TEST(Resize, KeepsConstantsAndSymmetry) {
  for (const auto how : {Interpolation::bilinear, Interpolation::bicubic}) {
    for (const auto type : {DataType::f32, DataType::u8}) {
      const auto flat = resize(Tensor::full({2, 3, 11, 13}, 77, type), 5, 29, how);
      EXPECT_EQ(flat.shape(), (Shape{2, 3, 5, 29}));
      for (const auto value : flat.values<float>()) ASSERT_NEAR(value, 77, 1e-4);
    }
    // Both axes are treated alike.
    const auto image = Tensor::from(std::vector<float>{1, 5, 2, 9, 3, 3, 0, 7, 4}, {3, 3});
    const auto once = resize(image, 5, 2, how);
    const auto turned = resize(image.transpose(0, 1), 2, 5, how).transpose(0, 1);
    const auto a = once.values<float>();
    const auto b = turned.values<float>();
    for (std::size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a[i], b[i], 1e-5);
  }
}

TEST(Resize, ShorterSideKeepsTheRatio) {
  const auto shape = [](std::int64_t height, std::int64_t width) {
    return resize_shorter_side(Tensor::zeros({3, height, width}), 256, Interpolation::bilinear).shape();
  };
  EXPECT_EQ(shape(375, 500), (Shape{3, 256, 341}));
  EXPECT_EQ(shape(500, 375), (Shape{3, 341, 256}));
  EXPECT_EQ(shape(10, 10), (Shape{3, 256, 256}));
}

TEST(CentreCrop, StartsWhereTorchvisionDoes) {
  const auto first = [](std::int64_t all, std::int64_t kept) {
    std::vector<float> numbers(static_cast<std::size_t>(all));
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i);
    return centre_crop(Tensor::from(numbers, {1, all}), 1, kept).values<float>().front();
  };
  // int(round((all - kept) / 2)): 0.5 -> 0, 1.5 -> 2, 2.5 -> 2, 3.5 -> 4
  EXPECT_EQ(first(5, 4), 0);
  EXPECT_EQ(first(6, 4), 1);
  EXPECT_EQ(first(7, 4), 2);
  EXPECT_EQ(first(9, 4), 2);
  EXPECT_EQ(first(11, 4), 4);
  EXPECT_EQ(first(4, 4), 0);
}

TEST(Resize, RefusesWhatIsNoImage) {
  EXPECT_THROW((void)resize(Tensor::zeros({3}), 1, 1, Interpolation::bilinear), std::invalid_argument);
  EXPECT_THROW((void)resize(Tensor::zeros({3, 3}), 0, 1, Interpolation::bilinear), std::invalid_argument);
  EXPECT_THROW((void)resize(Tensor::zeros({3, 3}, DataType::f64), 1, 1, Interpolation::bilinear),
               std::invalid_argument);
  EXPECT_THROW((void)centre_crop(Tensor::zeros({3, 3}), 4, 3), std::invalid_argument);
}

TEST(Resize, HasTheNumbersOfPillow) {
  if (!samples::python_has("PIL")) {
    GTEST_SKIP() << "SKIPPED, NOT CHECKED: Pillow is not there; install python3-pil";
  }
  constexpr std::int64_t height = 37;
  constexpr std::int64_t width = 53;
  const samples::TemporaryFolder folder;
  std::mt19937_64 random(22);
  std::vector<std::uint8_t> pixels(height * width);
  for (auto& pixel : pixels) pixel = static_cast<std::uint8_t>(random() % 3 == 0 ? 255 : random());
  folder.write("in", std::as_bytes(std::span(pixels)));
  const auto script = folder.write("resize.py", std::string(R"(import os, sys
from PIL import Image
os.chdir(sys.argv[1])
image = Image.frombytes("L", (53, 37), open("in", "rb").read())
for how in (Image.BILINEAR, Image.BICUBIC):
    for size in ((20, 90), (100, 11), (53, 12), (7, 37), (224, 224), (1, 1)):
        name = "%d-%dx%d" % (how == Image.BICUBIC, *size)
        open(name + ".u8", "wb").write(image.resize(size, how).tobytes())
        open(name + ".f32", "wb").write(image.convert("F").resize(size, how).tobytes())
)"));
  ASSERT_EQ(samples::run_python(script, folder.path().string()), 0);
  const auto image = Tensor::from(pixels, {height, width});
  for (const auto how : {Interpolation::bilinear, Interpolation::bicubic}) {
    for (const auto& [to_width, to_height] :
         {std::pair<int, int>{20, 90}, {100, 11}, {53, 12}, {7, 37}, {224, 224}, {1, 1}}) {
      const auto name = std::to_string(static_cast<int>(how == Interpolation::bicubic)) + "-" +
                        std::to_string(to_width) + "x" + std::to_string(to_height);
      const auto same = [&](const Tensor& result, const std::string& ending) {
        std::ifstream in(folder.path() / (name + ending), std::ios::binary);
        const std::string expected((std::istreambuf_iterator<char>(in)), {});
        const auto bytes = static_cast<std::size_t>(result.elements()) * size_of(result.type());
        return std::string(reinterpret_cast<const char*>(result.bytes()), bytes) == expected;
      };
      EXPECT_TRUE(same(resize(image, to_height, to_width, how), ".u8")) << name;
      EXPECT_TRUE(same(resize(image.to(DataType::f32), to_height, to_width, how), ".f32")) << name;
    }
  }
}

}  // namespace
}  // namespace reprise::nn
