#include "workers/mptq_vit/images.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "kernels/expects.hpp"
#include "kernels/random/hash_rng.hpp"
#include "pipeline/base/errors.hpp"
#include "workers/common/fashion_images.hpp"

namespace reprise::mptq_vit {
namespace {

ImageBatch fashion_batch(const ImageSource& source, Part part, std::span<const std::uint32_t> places) {
  constexpr auto kPixels = FashionImages::kPixels;
  const auto images = fashion_images({source.digest_high, source.digest_low});
  const std::uint32_t first = part == Part::training ? 0 : images->for_training;
  ImageBatch batch{nn::Tensor({static_cast<std::int64_t>(places.size()), 1, 28, 28}), {}};
  auto* to = batch.pixels.mutable_data<float>();
  for (const auto place : places) {
    const auto* const from = images->pixels.data() + (first + place) * kPixels;
    for (std::size_t k = 0; k < kPixels; ++k)
      *to++ = static_cast<float>((from[k] / 255.0 - kFashionMean) / kFashionDeviation);
    batch.label.push_back(images->clothes[first + place]);
  }
  return batch;
}

}  // namespace

ImageSource imagenet_source(ModelName) {
  throw UsageError("ImageNet can't be read yet");
}

std::uint32_t image_count(const ImageSource& source, Part part) {
  expects(source.set == ImageSet::fashion_mnist, "images of this set can be read");
  const auto images = fashion_images({source.digest_high, source.digest_low});
  return part == Part::training ? images->for_training : images->count() - images->for_training;
}

ImageBatch load_images(const ImageSource& source, ModelName, Part part,
                       std::span<const std::uint32_t> places) {
  expects(source.set == ImageSet::fashion_mnist, "images of this set can be read");
  return fashion_batch(source, part, places);
}

std::vector<std::uint32_t> calibration_places(std::uint64_t seed, std::uint32_t all, std::uint32_t count) {
  expects(count <= all, "no more images are drawn than there are");
  std::vector<std::uint32_t> places(all);
  std::iota(places.begin(), places.end(), 0U);
  const HashRng random(seed, 0);
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto left = std::uint64_t{all - i};
    // The upper bits of a product: uniform to 2^-32 and below, without a division.
    const auto chosen = (random.bits(i) >> 32U) * left >> 32U;
    std::swap(places[i], places[i + static_cast<std::uint32_t>(chosen)]);
  }
  places.resize(count);
  return places;
}

}  // namespace reprise::mptq_vit
