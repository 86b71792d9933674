#include "workers/common/fashion_images.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <string>

#include "kernels/data/bytes.hpp"
#include "kernels/data/idx.hpp"
#include "pipeline/base/errors.hpp"
#include "workers/common/data_sets.hpp"

namespace reprise {
namespace {

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
  if (std::ranges::any_of(labels.values,
                          [](std::uint8_t label) { return label >= FashionImages::kClasses; })) {
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

Key fashion_digest() {
  return digest(fashion_mnist(), require(fashion_mnist()));
}

std::shared_ptr<const FashionImages> fashion_images(const Key& wanted) {
  static std::mutex mutex;
  static std::shared_ptr<const FashionImages> last;
  static Key of_last;
  const std::lock_guard lock(mutex);
  if (last != nullptr && of_last == wanted) return last;
  const Located located = require(fashion_mnist());
  if (digest(fashion_mnist(), located) != wanted) {
    throw Error(fmt::format("the data set {} in {} differs from the one that the run began with",
                            fashion_mnist().id, located.folder.string()));
  }
  last = std::make_shared<const FashionImages>(read_fashion_images(located.folder));
  of_last = wanted;
  return last;
}

}  // namespace reprise
