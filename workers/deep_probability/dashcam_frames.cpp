#include "workers/deep_probability/dashcam_frames.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "kernels/data/bytes.hpp"
#include "kernels/data/image_file.hpp"
#include "kernels/data/resize.hpp"
#include "pipeline/base/errors.hpp"

namespace reprise::deep_probability {
namespace {

namespace fs = std::filesystem;

/// The number that a frame's name is.
std::uint64_t number_of(const fs::path& file) {
  const auto name = file.stem().string();
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc() || end != name.data() + name.size())
    throw UsageError(
        fmt::format("{} is no frame by its name; <whole number>.jpg and .json belong there", file.string()));
  return number;
}

/// Frames in the order of their numbers, whole scenes.
std::vector<fs::path> frames_in(const fs::path& folder, std::int32_t scene) {
  std::vector<std::pair<std::uint64_t, fs::path>> frames;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const auto& file = entry->path();
    if (file.filename().string().starts_with('.')) continue;
    const auto number = number_of(file);
    if (file.extension() == ".json") continue;
    if (file.extension() != ".jpg")
      throw UsageError(fmt::format("{} is no frame by its name; <whole number>.jpg and .json belong there",
                                   file.string()));
    frames.emplace_back(number, file);
  }
  if (error) throw UsageError(fmt::format("{} can't be listed: {}", folder.string(), error.message()));
  std::ranges::sort(frames);
  const auto twice = std::ranges::adjacent_find(frames, {}, [](const auto& frame) { return frame.first; });
  if (twice != frames.end())
    throw UsageError(fmt::format("{} and {} have the same number; a frame has one of its own",
                                 twice->second.string(), std::next(twice)->second.string()));
  if (frames.empty() || frames.size() % static_cast<std::size_t>(scene) != 0)
    throw UsageError(fmt::format("{} holds {} frames; a scene has {}, so a multiple of that belongs there",
                                 folder.string(), frames.size(), scene));
  std::vector<fs::path> files;
  for (auto& [number, file] : frames) files.push_back(std::move(file));
  return files;
}

class FrameReader final : public SampleReader {
 public:
  FrameReader(const fs::path& folder, const FrameWindows& windows) : windows_(windows) {
    for (const char* const name : {"accident", "nonaccident"}) {
      auto files = frames_in(folder / name, windows.scene);
      if (files_.empty()) accident_scenes_ = files.size() / scene_frames();
      files_.insert(files_.end(), files.begin(), files.end());
    }
  }

  [[nodiscard]] nn::Shape shape() const override {
    return {3 * windows_.frames, windows_.side, windows_.side};
  }
  [[nodiscard]] nn::Tensor read(std::span<const std::uint32_t> samples) const override {
    const auto [channels, height, width] = std::tuple{shape()[0], shape()[1], shape()[2]};
    nn::Tensor batch({static_cast<std::int64_t>(samples.size()), channels, height, width});
    auto* to = batch.mutable_data<float>();
    for (const auto sample : samples) {
      const auto first = sample / windows_a_scene() * scene_frames() + sample % windows_a_scene();
      for (std::size_t k = 0; k < static_cast<std::size_t>(windows_.frames); ++k) {
        const auto frame = decoded(files_[first + k]);
        const auto* const from = frame.data<std::uint8_t>();
        to = std::transform(from, from + frame.elements(), to,
                            [](std::uint8_t pixel) { return static_cast<float>(pixel) / 255.0F; });
      }
    }
    return batch;
  }

  [[nodiscard]] std::size_t frames() const { return files_.size(); }
  [[nodiscard]] std::size_t scenes() const { return files_.size() / scene_frames(); }
  [[nodiscard]] std::size_t accident_scenes() const { return accident_scenes_; }
  [[nodiscard]] std::size_t windows_a_scene() const {
    return static_cast<std::size_t>(windows_.scene - windows_.frames + 1);
  }
  /// Decodes each so many frames: whether they can be.
  void look(std::size_t step) const {
    for (std::size_t frame = 0; frame < files_.size(); frame += step) (void)decoded(files_[frame]);
  }

 private:
  [[nodiscard]] std::size_t scene_frames() const { return static_cast<std::size_t>(windows_.scene); }
  /// u8 [3, side, side], row-major
  [[nodiscard]] nn::Tensor decoded(const fs::path& file) const {
    try {
      const auto image = nn::read_image(file, {.colour = nn::ImageColour::rgb});
      return nn::resize(image, windows_.side, windows_.side, nn::Interpolation::bilinear).to_contiguous();
    } catch (const DataError& error) {
      throw UsageError(error.what());
    }
  }

  FrameWindows windows_;
  std::vector<fs::path> files_;  ///< of accidents, then of the rest
  std::size_t accident_scenes_ = 0;
};

}  // namespace

const DataSet& dashcam_frames() {
  static const DataSet set{
      "dashcam-frames",
      "scenes of dashcams with and without an accident",
      {{"accident", {}, {}, true}, {"nonaccident", {}, {}, true}},
      "",
      "the frames of YouTubeCrash (H. Kim et al., \"Crash to not crash\", AAAI 2019), unpacked",
      {},
      [](const fs::path& folder) {
        return problem_of([&] { return load_dashcam_frames(folder, {}, 0, {8, 1, 1}); });
      }};
  return set;
}

LabelledSamples load_dashcam_frames(const fs::path& folder, const FrameWindows& windows, std::uint64_t seed,
                                    const Proportions& proportions) {
  const auto reader = std::make_shared<FrameReader>(folder, windows);
  reader->look(reader->frames() - 1);  // the first and the last
  std::vector<std::string> scene;
  std::vector<std::uint8_t> outcomes;
  for (std::size_t s = 0; s < reader->scenes(); ++s) {
    scene.insert(scene.end(), reader->windows_a_scene(), fmt::format("{:08}", s));
    outcomes.insert(outcomes.end(), reader->windows_a_scene(), s < reader->accident_scenes() ? 1 : 0);
  }
  LabelledSamples samples;
  samples.reader = reader;
  const auto split = split_groups(seed, scene, proportions, "scenes in " + folder.string());
  samples.training = part_of(split.train, outcomes, {});
  samples.validation = part_of(split.validation, outcomes, {});
  samples.test = part_of(split.test, outcomes, {});
  samples.remarks.push_back(
      fmt::format("{} scenes ({} with an accident) of {} samples each were split by scene.", reader->scenes(),
                  reader->accident_scenes(), reader->windows_a_scene()));
  require_both_outcomes(samples, folder.string());
  return samples;
}

}  // namespace reprise::deep_probability
