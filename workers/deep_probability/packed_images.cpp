#include "workers/deep_probability/packed_images.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "pipeline/base/errors.hpp"
#include "workers/common/data_archive.hpp"

namespace reprise::deep_probability {
namespace {

class PackedReader final : public SampleReader {
 public:
  explicit PackedReader(const std::filesystem::path& file)
      : archive_(file),
        images_(
            archive_.array("images", {{"uint8"}, {std::nullopt, std::nullopt, std::nullopt, std::nullopt}})) {
    const auto dims = images_.dims();
    count_ = dims[0];
    for (std::size_t axis = 1; axis < 4; ++axis) shape_.append(static_cast<std::int64_t>(dims[axis]));
  }

  [[nodiscard]] nn::Shape shape() const override { return shape_; }
  [[nodiscard]] nn::Tensor read(std::span<const std::uint32_t> samples) const override {
    nn::Tensor batch({static_cast<std::int64_t>(samples.size()), shape_[0], shape_[1], shape_[2]});
    auto* to = batch.mutable_data<float>();
    std::vector<std::uint8_t> pixels(static_cast<std::size_t>(shape_.elements()));
    for (const auto sample : samples) {
      images_.read_rows(sample, std::span(pixels));
      for (const auto pixel : pixels) *to++ = static_cast<float>(pixel) / 255.0F;
    }
    return batch;
  }

  [[nodiscard]] const DataArchive& archive() const { return archive_; }
  [[nodiscard]] std::uint64_t count() const { return count_; }

  /// A value for each image, in [low, high].
  template <class T>
  [[nodiscard]] std::vector<T> values(const std::string& name, std::vector<std::string> elements, double low,
                                      double high) const {
    const auto data = archive_.array(name, {std::move(elements), {count_}});
    auto all = data.read<T>();
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto value = static_cast<double>(all[i]);
      if (!(value >= low && value <= high))
        data.refuse(fmt::format("has {} at {}; values from {} to {} belong there", value, i, low, high));
    }
    return all;
  }

 private:
  DataArchive archive_;
  DataArray images_;
  std::uint64_t count_ = 0;
  nn::Shape shape_;
};

std::vector<double> probabilities(const PackedReader& reader, std::optional<Scenario> scenario) {
  if (reader.archive().has("p")) return reader.values<double>("p", {"float32", "float64"}, 0, 1);
  std::vector<double> known;
  if (scenario && reader.archive().has("age"))
    for (const double age : reader.values<double>("age", {}, 0, 150)) known.push_back(risk(*scenario, age));
  return known;
}

Split given_split(const PackedReader& reader) {
  Split split;
  const auto part = reader.values<std::uint8_t>("part", {"uint8", "int64", "int32"}, 0, 2);
  for (std::uint32_t i = 0; i < part.size(); ++i)
    (part[i] == 0 ? split.train : part[i] == 1 ? split.validation : split.test).push_back(i);
  if (split.train.empty() || split.validation.empty() || split.test.empty())
    reader.archive().refuse(
        "part", fmt::format("has {}, {} and {} images for training, validation and test; none may "
                            "be empty",
                            split.train.size(), split.validation.size(), split.test.size()));
  return split;
}

}  // namespace

const DataSet& packed_faces() {
  static const DataSet set{
      "faces",
      "faces with ages, in one file",
      {{"images.h5", {}, {}}},
      "",
      "UTKFace (susanqq.github.io/UTKFace; for research), packed as "
      "workers/deep_probability/DATA.md says",
      {},
      [](const std::filesystem::path& folder) {
        return problem_of([&] {
          return load_packed_images(folder / "images.h5", Scenario::linear, 0, {8, 1, 1});
        });
      }};
  return set;
}

const DataSet& packed_dashcam() {
  static const DataSet set{"dashcam",
                           "frames of dashcams in threes, with outcomes, in one file",
                           {{"images.h5", {}, {}}},
                           "",
                           "YouTubeCrash's frames, packed as workers/deep_probability/DATA.md says",
                           {},
                           [](const std::filesystem::path& folder) {
                             return problem_of([&] {
                               return load_packed_images(folder / "images.h5", std::nullopt, 0, {8, 1, 1});
                             });
                           }};
  return set;
}

LabelledSamples load_packed_images(const std::filesystem::path& file, std::optional<Scenario> scenario,
                                   std::uint64_t seed, const Proportions& proportions) {
  const auto reader = std::make_shared<PackedReader>(file);
  LabelledSamples samples;
  samples.reader = reader;
  samples.probability = probabilities(*reader, scenario);
  std::vector<std::uint8_t> outcomes;
  if (reader->archive().has("y")) {
    outcomes = reader->values<std::uint8_t>("y", {"uint8", "int64", "int32"}, 0, 1);
  } else if (scenario && !samples.probability.empty()) {
    outcomes = draw_labels(seed, *scenario, samples.probability);
    samples.remarks.push_back(
        fmt::format("Outcomes of the {} scenario were drawn, as the file gives none.", name_of(*scenario)));
  } else {
    reader->archive().refuse(
        "y", fmt::format("is missing; it would be uint8 [{}], outcomes 0 or 1{}", reader->count(),
                         scenario ? ", or /age or /p of the same length to draw them from" : ""));
  }
  Split split;
  if (reader->archive().has("part")) {
    split = given_split(*reader);
  } else {
    std::vector<std::string> groups;
    if (reader->archive().has("group")) {
      for (const auto group : reader->values<std::int64_t>("group", {}, -9e18, 9e18))
        groups.push_back(std::to_string(group));
    } else {
      for (std::uint64_t i = 0; i < reader->count(); ++i) groups.push_back(fmt::format("{:012}", i));
    }
    split = split_groups(seed, groups, proportions, "images (or groups of them) in " + file.string());
  }
  samples.training = part_of(split.train, outcomes, samples.probability);
  samples.validation = part_of(split.validation, outcomes, samples.probability);
  samples.test = part_of(split.test, outcomes, samples.probability);
  require_both_outcomes(samples, file.string());
  return samples;
}

}  // namespace reprise::deep_probability
