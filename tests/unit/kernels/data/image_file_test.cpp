#include "kernels/data/image_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <random>

#include "tests/unit/kernels/data/reading.hpp"
#include "tests/unit/kernels/data/sample_images.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace reprise::nn {
namespace {

using samples::data_error;
using samples::encode_jpeg;
using samples::encode_png;
using samples::Pixels;
using samples::smooth_pixels;
using testing::AllOf;
using testing::HasSubstr;

/// [height, width, channels] to [channels, height, width].
Pixels planes(const Pixels& pixels, std::size_t channels) {
  Pixels sorted;
  for (std::size_t c = 0; c < channels; ++c)
    for (std::size_t at = c; at < pixels.size(); at += channels) sorted.push_back(pixels[at]);
  return sorted;
}

void expect_near(const Tensor& image, const Pixels& expected, int tolerance) {
  const auto values = image.values<std::uint8_t>();
  ASSERT_EQ(values.size(), expected.size());
  for (std::size_t i = 0; i < values.size(); ++i) ASSERT_NEAR(values[i], expected[i], tolerance) << i;
}

TEST(ImageFile, DecodesJpegOfOneAndThreeChannels) {
  for (const bool progressive : {false, true}) {
    for (const std::size_t channels : {1U, 3U}) {
      const auto pixels = smooth_pixels(17, 33, channels);
      const auto image = decode_image(encode_jpeg(pixels, 17, 33, progressive), "a.jpg");
      EXPECT_EQ(image.shape(), (Shape{static_cast<std::int64_t>(channels), 17, 33}));
      expect_near(image, planes(pixels, channels), 3);
    }
  }
}

TEST(ImageFile, RepeatsGrayWhereThreeChannelsAreAskedFor) {
  const auto pixels = smooth_pixels(5, 4, 1);
  for (const auto& file : {encode_jpeg(pixels, 5, 4), encode_png(pixels, 5, 4, PNG_COLOR_TYPE_GRAY)}) {
    const auto gray = decode_image(file, "gray").values<std::uint8_t>();
    const auto rgb = decode_image(file, "gray", {.colour = ImageColour::rgb});
    EXPECT_EQ(rgb.shape(), (Shape{3, 5, 4}));
    for (int channel = 0; channel < 3; ++channel)
      EXPECT_EQ(rgb.slice(0, channel, 1).values<std::uint8_t>(), gray);
  }
}

TEST(ImageFile, TurnsInkIntoLight) {
  // No cyan, half magenta, full yellow, no black, stored as 255 - ink like Adobe does.
  Pixels cmyk;
  for (int i = 0; i < 64; ++i) cmyk.insert(cmyk.end(), {255, 127, 0, 255});
  const auto image = decode_image(encode_jpeg(cmyk, 8, 8), "cmyk.jpg");
  EXPECT_EQ(image.shape(), (Shape{3, 8, 8}));
  Pixels expected(192);
  for (std::size_t i = 0; i < 128; ++i) expected[i] = i < 64 ? 255 : 127;
  expect_near(image, expected, 2);
}

TEST(ImageFile, DecodesPngExactly) {
  const auto rgb = smooth_pixels(6, 7, 3);
  for (const int interlace : {PNG_INTERLACE_NONE, PNG_INTERLACE_ADAM7}) {
    const auto image = decode_image(encode_png(rgb, 6, 7, PNG_COLOR_TYPE_RGB, 8, interlace), "a.png");
    EXPECT_EQ(image.shape(), (Shape{3, 6, 7}));
    expect_near(image, planes(rgb, 3), 0);
  }
  // Alpha is dropped, the upper half of 16 bits kept, bits become 0 and 255.
  expect_near(decode_image(encode_png({1, 2, 3, 0, 4, 5, 6, 9}, 1, 2, PNG_COLOR_TYPE_RGBA), "alpha.png"),
              {1, 4, 2, 5, 3, 6}, 0);
  expect_near(decode_image(encode_png({7, 200, 8, 255}, 1, 2, PNG_COLOR_TYPE_GRAY, 16), "16.png"), {7, 8}, 0);
  expect_near(decode_image(encode_png({0xa0}, 1, 3, PNG_COLOR_TYPE_GRAY, 1), "bits.png"), {255, 0, 255}, 0);
}

TEST(ImageFile, IsToldByItsFirstBytes) {
  const samples::TemporaryFolder folder;
  const auto png = encode_png(smooth_pixels(2, 2, 1), 2, 2, PNG_COLOR_TYPE_GRAY);
  EXPECT_EQ(read_image(folder.write("really_png.JPEG", samples::bytes_of(png))).shape(), (Shape{1, 2, 2}));
  EXPECT_THAT(data_error([] {
                return decode_image(Pixels{'G', 'I', 'F', '8'}, "a.gif");
              }),
              AllOf(HasSubstr("a.gif"), HasSubstr("47494638"), HasSubstr("ffd8ff")));
  EXPECT_THAT(data_error([] { return decode_image({}, "none.png"); }), HasSubstr("is empty"));
  EXPECT_THAT(data_error([&] { return read_image(folder.path() / "absent.png"); }),
              HasSubstr("cannot be read"));
  EXPECT_THAT(data_error([&] { return read_image(folder.path()); }), HasSubstr("cannot be read"));
}

TEST(ImageFile, IsRefusedWhereverItIsCutShort) {
  const auto pixels = smooth_pixels(16, 16, 3);
  const std::vector<Pixels> files{encode_jpeg(pixels, 16, 16), encode_jpeg(pixels, 16, 16, true),
                                  encode_png(pixels, 16, 16, PNG_COLOR_TYPE_RGB),
                                  encode_png(pixels, 16, 16, PNG_COLOR_TYPE_RGB, 8, PNG_INTERLACE_ADAM7)};
  for (const auto& whole : files) {
    for (std::size_t size = 0; size + 2 < whole.size(); ++size) {
      const Pixels cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      ASSERT_THAT(data_error([&] { return decode_image(cut, "cut"); }), testing::StartsWith("cut: ")) << size;
    }
  }
  const Pixels half(files[0].begin(), files[0].begin() + static_cast<std::ptrdiff_t>(files[0].size() / 2));
  EXPECT_THAT(data_error([&] { return decode_image(half, "half"); }), HasSubstr("cut short"));
  const Pixels png(files[2].begin(), files[2].end() - 20);
  EXPECT_THAT(data_error([&] { return decode_image(png, "half"); }), HasSubstr("cut short"));
}

TEST(ImageFile, IsRefusedWhenItClaimsTooMuch) {
  const auto pixels = smooth_pixels(16, 20, 1);
  for (auto file : {encode_jpeg(pixels, 16, 20), encode_png(pixels, 16, 20, PNG_COLOR_TYPE_GRAY)}) {
    EXPECT_EQ(decode_image(file, "a", {.most_pixels = 320}).elements(), 320);
    EXPECT_THAT(data_error([&] { return decode_image(file, "a", {.most_pixels = 319}); }),
                AllOf(HasSubstr("20 x 16 pixels"), HasSubstr("at most 319")));
  }
  auto bomb = encode_jpeg(pixels, 16, 20);
  for (std::size_t at = 0; at + 8 < bomb.size(); ++at)
    if (bomb[at] == 0xff && bomb[at + 1] == 0xc0)
      for (std::size_t i = 5; i < 9; ++i) bomb[at + i] = 0xfe;
  EXPECT_THAT(data_error([&] { return decode_image(bomb, "bomb.jpg"); }),
              AllOf(HasSubstr("65278 x 65278"), HasSubstr("100000000")));
}

TEST(ImageFile, IsDecodedOrRefusedWhateverChanges) {
  const auto pixels = smooth_pixels(24, 24, 3);
  const std::vector<Pixels> files{encode_jpeg(pixels, 24, 24), encode_jpeg(pixels, 24, 24, true),
                                  encode_jpeg(smooth_pixels(24, 24, 4), 24, 24),
                                  encode_png(pixels, 24, 24, PNG_COLOR_TYPE_RGB)};
  std::mt19937_64 random(21);
  int decoded = 0;
  for (int round = 0; round < 8000; ++round) {
    auto file = files[static_cast<std::size_t>(round) % files.size()];
    for (auto changes = 1 + random() % 3; changes > 0; --changes)
      file[3 + random() % (file.size() - 3)] = static_cast<std::uint8_t>(random());
    try {
      decoded += decode_image(file, "changed", {.most_pixels = 100'000}).elements() > 0 ? 1 : 0;
    } catch (const DataError&) {  // refused
    }
  }
  EXPECT_GT(decoded, 100);
}

TEST(ImageFile, HasThePixelsThatPillowFinds) {
  if (!samples::python_has("PIL")) {
    GTEST_SKIP() << "SKIPPED, NOT CHECKED: Pillow is not there; install python3-pil";
  }
  const samples::TemporaryFolder folder;
  const auto script = folder.write("make.py", std::string(R"(import os, random, sys
from PIL import Image
random.seed(3)
small = Image.frombytes("RGB", (9, 7), bytes(random.randrange(256) for _ in range(189)))
image = small.resize((61, 45), Image.BICUBIC)
os.chdir(sys.argv[1])
image.save("subsampled.jpg", quality=80)
image.save("progressive.jpg", quality=60, progressive=True)
image.convert("L").save("gray.jpg")
image.convert("CMYK").save("cmyk.jpg")
exif = Image.Exif()
exif[0x0112] = 6
image.save("turned.jpg", exif=exif)
image.save("rgb.png")
image.convert("L").save("gray.png")
image.convert("1").save("bits.png")
image.quantize(16).save("palette.png", transparency=3)
alpha = image.convert("RGBA")
alpha.putalpha(image.convert("L"))
alpha.save("alpha.png")
image.convert("LA").save("gray_alpha.png")
for name in os.listdir("."):
    if name.endswith((".jpg", ".png")):
        read = Image.open(name)
        mode = "L" if read.mode in ("1", "L", "LA") else "RGB"
        planes = b"".join(c.tobytes() for c in read.convert(mode).split())
        with open(name + ".raw", "wb") as out:
            out.write(planes)
)"));
  ASSERT_EQ(samples::run_python(script, folder.path().string()), 0);
  int compared = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    if (entry.path().extension() != ".raw") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string expected((std::istreambuf_iterator<char>(in)), {});
    auto file = entry.path();
    const auto values = read_image(file.replace_extension()).values<std::uint8_t>();
    EXPECT_EQ(std::string(values.begin(), values.end()), expected) << file.filename();
    ++compared;
  }
  EXPECT_EQ(compared, 11);
}

}  // namespace
}  // namespace reprise::nn
