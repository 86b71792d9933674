#include "workers/mptq_vit/images.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <numeric>
#include <utility>

#include "kernels/expects.hpp"
#include "kernels/random/hash_rng.hpp"
#include "pipeline/base/errors.hpp"
#include "workers/mptq_vit/imagenet_folders.hpp"
#include "workers/mptq_vit/imagenet_pack.hpp"

namespace reprise::mptq_vit {
namespace {

ImageBatch fashion_batch(const ImageSource& source, Part part, std::span<const std::uint32_t> places) {
  const auto images = fashion_images({source.digest_high, source.digest_low});
  std::vector<std::uint32_t> in_file(places.begin(), places.end());
  ImageBatch batch;
  for (auto& place : in_file) {
    if (part == Part::test) place += images->for_training;
    batch.label.push_back(images->clothes[place]);
  }
  batch.pixels = normalised_images(*images, in_file);
  return batch;
}

const DataSet& data_set_of(ImageSet set) {
  return set == ImageSet::imagenet ? imagenet_folders() : imagenet_pack();
}

/// ImageNet as it lies in one folder.
struct Opened {
  std::filesystem::path folder;
  Key fingerprint;
  std::shared_ptr<const ImagenetReader> reader;
};

/// Lists and names more than a million files, so once a process for a folder.
Opened opened(ImageSet set, const Located& located) {
  static std::mutex mutex;
  static std::map<ImageSet, Opened> last;
  const std::lock_guard lock(mutex);
  auto& known = last[set];
  if (known.reader == nullptr || known.folder != located.folder) {
    auto reader = set == ImageSet::imagenet ? open_imagenet_folders(located.folder)
                                            : open_imagenet_pack(located.folder);
    known = {located.folder, fingerprint(data_set_of(set), located), std::move(reader)};
  }
  return known;
}

std::shared_ptr<const ImagenetReader> reader_of(const ImageSource& source) {
  const auto& set = data_set_of(source.set);
  auto found = opened(source.set, require(set));
  if (found.fingerprint != Key{source.digest_high, source.digest_low})
    throw Error(fmt::format("the data set {} in {} differs from the one that the run began with", set.id,
                            found.folder.string()));
  return found.reader;
}

nn::ImageTransform transform_for(ModelName model, double crop) {
  return nn::transform_of(std::string(name_of(model)), crop);
}

ImageBatch imagenet_batch(const ImageSource& source, ModelName model, Part part,
                          std::span<const std::uint32_t> places) {
  const auto reader = reader_of(source);
  const auto transform = transform_for(model, source.crop);
  ImageBatch batch;
  const auto count = static_cast<std::int64_t>(places.size());
  nn::Tensor pixels({count, 3, transform.side, transform.side}, nn::DataType::u8);
  for (std::int64_t i = 0; i < count; ++i) {
    const auto place = places[static_cast<std::size_t>(i)];
    auto row = pixels.slice(0, i, 1).erase_axis(0);
    row.assign(reader->cropped(part, place, transform));
    batch.label.push_back(reader->label(part, place));
  }
  batch.pixels = nn::normalised(pixels, transform);
  return batch;
}

}  // namespace

double crop_of(ModelName model, double deit_crop) {
  const bool deit =
      model == ModelName::deit_tiny || model == ModelName::deit_small || model == ModelName::deit_base;
  return deit ? deit_crop : nn::transform_of(std::string(name_of(model))).crop_share;
}

ImageSource imagenet_source(ModelName model, double deit_crop) {
  expects(!is_trained_here(model), "this model sees ImageNet");
  for (const auto set : {ImageSet::imagenet, ImageSet::imagenet_pack}) {
    const auto located = locate(data_set_of(set));
    if (!located) continue;
    const auto found = opened(set, *located);
    const double crop = crop_of(model, deit_crop);
    found.reader->require_crop(transform_for(model, crop));
    return {set, crop, found.fingerprint.high, found.fingerprint.low};
  }
  throw UsageError(fmt::format("{}\nOr instead {}", explain_missing(imagenet_folders()),
                               explain_missing(imagenet_pack())));
}

std::vector<std::string> remarks_on(const ImageSource& source) {
  if (source.set == ImageSet::fashion_mnist) return {};
  return reader_of(source)->remarks();
}

std::uint32_t image_count(const ImageSource& source, Part part) {
  if (source.set != ImageSet::fashion_mnist) return reader_of(source)->count(part);
  const auto images = fashion_images({source.digest_high, source.digest_low});
  return part == Part::training ? images->for_training : images->count() - images->for_training;
}

ImageBatch load_images(const ImageSource& source, ModelName model, Part part,
                       std::span<const std::uint32_t> places) {
  if (source.set != ImageSet::fashion_mnist) return imagenet_batch(source, model, part, places);
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
