#include "workers/kde/data_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "kernels/data/cifar.hpp"
#include "kernels/data/csv.hpp"
#include "kernels/data/idx.hpp"
#include "kernels/random/distributions.hpp"
#include "pipeline/base/errors.hpp"
#include "workers/common/data_sets.hpp"
#include "workers/kde/duplicates.hpp"

namespace reprise::kde {
namespace {

constexpr double kLargestByte = 255.0;
constexpr double kLargestInk = 16.0;
constexpr std::size_t kInks = 64;
constexpr std::uint64_t kMixturePoints = 1500;
constexpr std::size_t kMixtureDimension = 16;

PointSet read_images(const std::filesystem::path& file, std::uint64_t most) {
  const IdxArray array = read_idx(file);
  PointSet data;
  data.dim = 1;
  for (std::size_t axis = 1; axis < array.shape.size(); ++axis) data.dim *= array.shape[axis];
  const std::size_t count = most == 0 ? array.shape.at(0) : std::min<std::size_t>(most, array.shape.at(0));
  data.coordinate.reserve(count * data.dim);
  for (std::size_t i = 0; i < count * data.dim; ++i)
    data.coordinate.push_back(array.values[i] / kLargestByte);
  return data;
}

PointSet read_digits(const std::filesystem::path& file, std::uint64_t most) {
  const NumberTable table = read_csv(file);
  PointSet data{kInks, {}};
  const std::size_t count = most == 0 ? table.rows : std::min<std::size_t>(most, table.rows);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t a = 0; a < kInks; ++a)
      data.coordinate.push_back(table.values[i * table.columns + a] / kLargestInk);
  }
  return data;
}

PointSet read_cifar(const std::vector<std::filesystem::path>& files, std::uint64_t most) {
  PointSet data{kCifarPixels, {}};
  for (const auto& file : files) {
    for (const std::uint8_t pixel : read_cifar10(file).pixels) {
      if (most != 0 && data.coordinate.size() == most * data.dim) return data;
      data.coordinate.push_back(pixel / kLargestByte);
    }
  }
  return data;
}

PointSet make_mixture(std::uint64_t seed, std::uint64_t points) {
  constexpr std::uint64_t kClusters = 3;
  constexpr double kSpread = 3.0;
  PointSet data{kMixtureDimension, {}};
  Philox random(random_key(seed, 0x6d6978), 0);
  std::vector<double> centre(kClusters * kMixtureDimension);
  for (double& value : centre) value = kSpread * normal(random);
  for (std::uint64_t i = 0; i < (points == 0 ? kMixturePoints : points); ++i) {
    const std::uint64_t cluster = uniform_below(random, kClusters);
    for (std::size_t a = 0; a < kMixtureDimension; ++a)
      data.coordinate.push_back(centre[cluster * kMixtureDimension + a] + normal(random));
  }
  return data;
}

}  // namespace

const DataSet& data_set_of(TableSource source) {
  static const std::vector<DataSet> all{
      {"digits",
       "1797 images of 8 x 8 handwritten digits",
       {{"digits.csv.gz", {}, {}}},
       "python3-sklearn",
       "it comes with scikit-learn",
       {"/usr/lib/python3/dist-packages/sklearn/datasets/data"},
       {}},
      fashion_mnist(),
      {"mnist",
       "60000 images of handwritten digits, 28 x 28",
       {{"train-images-idx3-ubyte.gz", {}, {}}},
       "",
       "the file train-images-idx3-ubyte.gz of MNIST",
       {},
       {}},
      {"cifar-10",
       "50000 colour images, 32 x 32",
       {},
       "",
       "the binary version of CIFAR-10, unpacked",
       {},
       {}},
      {"mixture", "a made-up mixture of three Gaussians", {}, "", "", {}, {}}};
  const auto index = static_cast<std::size_t>(source);
  if (source != TableSource::cifar10) return all.at(index);
  static const DataSet cifar = [] {
    DataSet set = all.at(static_cast<std::size_t>(TableSource::cifar10));
    for (int batch = 1; batch <= 5; ++batch)
      set.files.push_back({fmt::format("data_batch_{}.bin", batch), {}, {}});
    return set;
  }();
  return cifar;
}

std::vector<DataSet> data_sets() {
  return {data_set_of(TableSource::digits), data_set_of(TableSource::fashion_mnist),
          data_set_of(TableSource::mnist), data_set_of(TableSource::cifar10)};
}

DataTable find_table(TableSource source, std::uint64_t points) {
  if (source == TableSource::mixture) return {source, 0, 0, points};
  const DataSet& set = data_set_of(source);
  const Key key = digest(set, require(set));
  return {source, key.high, key.low, points};
}

LoadedTable load(const DataTable& table, std::uint64_t seed) {
  PointSet data;
  if (table.source == TableSource::mixture) {
    data = make_mixture(seed, table.points);
  } else {
    const DataSet& set = data_set_of(table.source);
    const Located located = require(set);
    if (digest(set, located) != Key{table.digest_high, table.digest_low}) {
      throw Error(fmt::format("the data set {} in {} differs from the one that the run began with", set.id,
                              located.folder.string()));
    }
    if (table.source == TableSource::digits)
      data = read_digits(located.files[0], table.points);
    else if (table.source == TableSource::cifar10)
      data = read_cifar(located.files, table.points);
    else
      data = read_images(located.files[0], table.points);
  }
  WithoutDuplicates clean = remove_duplicates(data);
  return {std::move(clean.data), clean.removed};
}

std::uint64_t known_points(TableSource source) {
  switch (source) {
    case TableSource::digits:
      return 1797;
    case TableSource::fashion_mnist:
    case TableSource::mnist:
      return 60000;
    case TableSource::cifar10:
      return 50000;
    case TableSource::mixture:
      break;
  }
  return kMixturePoints;
}

std::uint64_t known_dimension(TableSource source) {
  constexpr std::uint64_t kPixels = 784;
  switch (source) {
    case TableSource::digits:
      return kInks;
    case TableSource::fashion_mnist:
    case TableSource::mnist:
      return kPixels;
    case TableSource::cifar10:
      return kCifarPixels;
    case TableSource::mixture:
      break;
  }
  return kMixtureDimension;
}

std::string title(const DataTable& table) {
  const std::string name = data_set_of(table.source).id;
  const bool all = table.points == 0 || table.points >= known_points(table.source);
  return all ? name : fmt::format("{} (first {})", name, table.points);
}

}  // namespace reprise::kde
