#include "workers/deep_probability/face_archives.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernels/expects.hpp"
#include "pipeline/base/errors.hpp"
#include "workers/common/data_archive.hpp"

namespace reprise::deep_probability {
namespace {

namespace fs = std::filesystem;

constexpr std::array kModes{"train", "val", "test"};
constexpr std::array kCodeNames{"unif", "sig", "mid", "scaled", "step"};  ///< in the order of Scenario

std::string outcome_file(Scenario scenario, const char* mode) {
  return fmt::format("labels_{}_{}.h5", kCodeNames.at(static_cast<std::size_t>(scenario)), mode);
}

/// Names of both files must be the same.
void require_same_names(const DataArchive& images, const std::vector<std::string>& names,
                        const DataArchive& other) {
  const auto found = other.names();
  if (found == names) return;
  std::string first;
  for (const auto& name : names)
    if (first.empty() && !std::ranges::binary_search(found, name)) first = "; it lacks " + name;
  for (const auto& name : found)
    if (first.empty() && !std::ranges::binary_search(names, name))
      first = fmt::format("; it alone has {}", name);
  throw UsageError(
      fmt::format("{} holds {} data sets where {} holds {} images; both must have the same names{}",
                  other.file().string(), found.size(), images.file().string(), names.size(), first));
}

class FaceReader final : public SampleReader {
 public:
  struct Mode {
    DataArchive images;
    std::vector<std::string> names;
  };

  explicit FaceReader(const fs::path& folder) {
    for (const char* const mode : kModes) {
      DataArchive images(folder / fmt::format("{}_im.h5", mode));
      auto names = images.names();
      if (names.empty()) throw UsageError(fmt::format("{} holds no images", images.file().string()));
      modes_.push_back({std::move(images), std::move(names)});
      check(modes_.back());
    }
  }

  [[nodiscard]] nn::Shape shape() const override { return {3, height_, width_}; }

  [[nodiscard]] nn::Tensor read(std::span<const std::uint32_t> samples) const override {
    // Files have channels last as the tensor has.
    auto batch = nn::Tensor::channels_last({static_cast<std::int64_t>(samples.size()), 3, height_, width_});
    auto* to = batch.mutable_data<float>();
    std::vector<std::uint8_t> pixels(static_cast<std::size_t>(3 * height_ * width_));
    for (auto sample : samples) {
      std::size_t mode = 0;
      for (; sample >= modes_.at(mode).names.size(); ++mode)
        sample -= static_cast<std::uint32_t>(modes_[mode].names.size());
      const auto& [images, names] = modes_[mode];
      images.array(names[sample], rule()).read_rows(0, std::span(pixels));
      for (const auto pixel : pixels) *to++ = static_cast<float>(pixel) / 255.0F;
    }
    return batch;
  }

  [[nodiscard]] const std::vector<Mode>& modes() const { return modes_; }

 private:
  [[nodiscard]] ArrayRule rule() const {
    return {{"uint8"}, {static_cast<std::uint64_t>(height_), static_cast<std::uint64_t>(width_), 3}};
  }

  /// All images are as large as the first.
  void check(const Mode& mode) {
    if (height_ == 0) {
      const auto first =
          mode.images.array(mode.names[0], {{"uint8"}, {std::nullopt, std::nullopt, 3}}).dims();
      height_ = static_cast<std::int64_t>(first[0]);
      width_ = static_cast<std::int64_t>(first[1]);
    }
    for (const auto& name : mode.names) (void)mode.images.array(name, rule());
  }

  std::vector<Mode> modes_;
  std::int64_t height_ = 0;
  std::int64_t width_ = 0;
};

void append_ages(const FaceReader::Mode& mode, const fs::path& file, std::vector<double>& ages) {
  const DataArchive labels(file);
  require_same_names(mode.images, mode.names, labels);
  for (const auto& name : mode.names) {
    const auto label = labels.array(name, {{}, {std::nullopt, std::nullopt}});
    double age = 0;
    label.read_block({0, 0}, {1, 1}, std::span(&age, 1));
    if (!(age >= 0 && age <= 150))
      label.refuse(fmt::format("has age {} at [0, 0]; years from 0 to 150 belong there", age));
    ages.push_back(age);
  }
}

void append_outcomes(const FaceReader::Mode& mode, const fs::path& file,
                     std::vector<std::uint8_t>& outcomes) {
  const DataArchive labels(file);
  require_same_names(mode.images, mode.names, labels);
  for (const auto& name : mode.names) {
    const auto label = labels.array(name, {});
    const double outcome = label.read<double>().front();
    if (outcome != 0 && outcome != 1) label.refuse(fmt::format("is {}; outcomes are 0 or 1", outcome));
    outcomes.push_back(static_cast<std::uint8_t>(outcome));
  }
}

}  // namespace

const DataSet& face_archives() {
  static const DataSet set = [] {
    DataSet made{"utkface",
                 "faces with ages, in the packing of the paper's code",
                 {},
                 "",
                 "UTKFace (susanqq.github.io/UTKFace; for research) packed as "
                 "workers/deep_probability/DATA.md says, or the paper's own files",
                 {},
                 [](const fs::path& folder) {
                   return problem_of([&] {
                     for (const auto scenario : kScenarios) (void)load_face_archives(folder, scenario, 0);
                     return load_face_archives(folder, Scenario::linear, 0);
                   });
                 }};
    for (const char* const mode : kModes) {
      made.files.push_back({fmt::format("{}_im.h5", mode), {}, {}});
      made.files.push_back({fmt::format("{}_label.h5", mode), {}, {}});
    }
    for (const auto scenario : kScenarios)
      for (const char* const mode : kModes)
        made.files.push_back({outcome_file(scenario, mode), {}, {}, false, true});
    return made;
  }();
  return set;
}

LabelledSamples load_face_archives(const fs::path& folder, Scenario scenario, std::uint64_t seed) {
  const auto reader = std::make_shared<FaceReader>(folder);
  std::vector<double> ages;
  std::vector<std::uint8_t> outcomes;
  std::array<std::vector<std::uint32_t>, 3> parts;
  std::string lacking;
  std::size_t given = 0;
  for (std::size_t m = 0; m < kModes.size(); ++m) {
    const auto& mode = reader->modes()[m];
    for (std::size_t i = 0; i < mode.names.size(); ++i)
      parts[m].push_back(static_cast<std::uint32_t>(ages.size() + i));
    append_ages(mode, folder / fmt::format("{}_label.h5", kModes[m]), ages);
    const auto file = folder / outcome_file(scenario, kModes[m]);
    if (fs::exists(file)) {
      ++given;
      append_outcomes(mode, file, outcomes);
    } else {
      lacking = file.string();
    }
  }
  if (given > 0 && given < kModes.size())
    throw UsageError(
        fmt::format("{} is missing, though {} of 3 such files are there; outcomes are given for all faces or "
                    "drawn for all",
                    lacking, given));
  LabelledSamples samples;
  for (const double age : ages) samples.probability.push_back(risk(scenario, age));
  if (given == 0) {
    outcomes = draw_labels(seed, scenario, samples.probability);
    samples.remarks.push_back(
        fmt::format("Outcomes of the {} scenario were drawn, as no files give them.", name_of(scenario)));
  }
  samples.reader = reader;
  samples.training = part_of(parts[0], outcomes, samples.probability);
  samples.validation = part_of(parts[1], outcomes, samples.probability);
  samples.test = part_of(parts[2], outcomes, samples.probability);
  if (given > 0) require_both_outcomes(samples, folder.string());
  return samples;
}

}  // namespace reprise::deep_probability
