#include "workers/deep_probability/pseudo_age.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "kernels/expects.hpp"

namespace reprise::deep_probability {
namespace {

/// Sandal, sneaker, boot, bag, trouser, dress, T-shirt, shirt, pullover, coat.
constexpr std::array<std::uint8_t, 10> kByLooks{5, 7, 9, 8, 1, 3, 0, 6, 2, 4};

}  // namespace

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
