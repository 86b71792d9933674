#include "workers/deep_probability/pseudo_age.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <string>
#include <utility>

#include "kernels/data/bytes.hpp"
#include "kernels/data/idx.hpp"
#include "kernels/expects.hpp"

namespace reprise::deep_probability {
namespace {

/// Sandal, sneaker, boot, bag, trouser, dress, T-shirt, shirt, pullover, coat.
constexpr std::array<std::uint8_t, 10> kByLooks{5, 7, 9, 8, 1, 3, 0, 6, 2, 4};

std::uint32_t append(FashionImages& all, const std::filesystem::path& folder, const std::string& part) {
  const auto image_file = folder / (part + "-images-idx3-ubyte.gz");
  const auto label_file = folder / (part + "-labels-idx1-ubyte.gz");
  const IdxArray images = read_idx(image_file);
  const IdxArray labels = read_idx(label_file);
  if (images.shape.size() != 3 || images.shape[1] * images.shape[2] != FashionImages::kPixels) {
    throw DataError(image_file, "does not hold images of 28 x 28 pixels");
  }
  if (labels.shape.size() != 1 || labels.shape[0] != images.shape[0]) {
    throw DataError(label_file,
                    "has not as many labels as " + image_file.filename().string() + " has images");
  }
  if (std::ranges::any_of(labels.values, [](std::uint8_t label) { return label >= kByLooks.size(); })) {
    throw DataError(label_file, "has labels above 9");
  }
  all.pixels.insert(all.pixels.end(), images.values.begin(), images.values.end());
  all.clothes.insert(all.clothes.end(), labels.values.begin(), labels.values.end());
  return static_cast<std::uint32_t>(labels.values.size());
}

}  // namespace

FashionImages read_fashion_images(const std::filesystem::path& folder) {
  FashionImages all;
  all.for_training = append(all, folder, "train");
  append(all, folder, "t10k");
  return all;
}

std::vector<double> pseudo_ages(const FashionImages& images) {
  const std::size_t count = images.clothes.size();
  expects(images.pixels.size() == count * FashionImages::kPixels, "every image has 784 pixels");
  std::array<std::vector<std::pair<std::uint32_t, std::uint32_t>>, kByLooks.size()> by_brightness;
  for (std::uint32_t i = 0; i < count; ++i) {
    expects(images.clothes[i] < kByLooks.size(), "clothes are numbered 0 to 9");
    const auto first = images.pixels.begin() + static_cast<std::ptrdiff_t>(i * FashionImages::kPixels);
    const auto brightness =
        std::accumulate(first, first + static_cast<std::ptrdiff_t>(FashionImages::kPixels), std::uint32_t{0});
    by_brightness.at(images.clothes[i]).emplace_back(brightness, i);
  }
  std::vector<double> ages(count);
  for (std::size_t k = 0; k < kByLooks.size(); ++k) {
    auto& members = by_brightness.at(kByLooks.at(k));
    expects(members.size() * kByLooks.size() == count, "every class has equally many images");
    std::ranges::sort(members);
    for (std::size_t r = 0; r < members.size(); ++r) {
      const double within = (static_cast<double>(r) + 0.5) / static_cast<double>(members.size());
      const double quantile = (static_cast<double>(k) + within) / static_cast<double>(kByLooks.size());
      ages[members[r].second] = 100.0 * quantile * quantile;
    }
  }
  return ages;
}

}  // namespace reprise::deep_probability
