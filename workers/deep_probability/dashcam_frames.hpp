#pragma once

#include "pipeline/data/data_set.hpp"
#include "workers/deep_probability/labelled_samples.hpp"

namespace reprise::deep_probability {

/// How samples are cut from videos.
struct FrameWindows {
  std::int32_t scene = 20;  ///< consecutive frames of a scene
  std::int32_t frames = 3;  ///< of a sample
  std::int32_t side = 224;  ///< of a frame that the network sees
};

constexpr auto fields(const FrameWindows*) {
  using W = FrameWindows;
  return std::tuple{field("scene", &W::scene, "consecutive frames of a scene"),
                    field("frames", &W::frames, "consecutive frames of a sample"),
                    field("side", &W::side, "height and width that frames are resized to", "pixel")};
}

/// Scenes of dashcams, as the paper's YouTubeCrash data come: folders accident/ and nonaccident/ of frames
/// <int>.jpg (and <int>.json, which is not read). In the order of their numbers, each 20 are a scene: the two
/// seconds before a crash, or without one.
[[nodiscard]] const DataSet& dashcam_frames();

/// Every window of `frames` consecutive frames within a scene is a sample, [3 frames, side, side], bytes over
/// 255; it is an event where the scene is in accident/. Scenes are split by the seed. Held are the names;
/// frames are decoded when they are used. Throws UsageError that names folder and file.
[[nodiscard]] LabelledSamples load_dashcam_frames(const std::filesystem::path& folder,
                                                  const FrameWindows& windows, std::uint64_t seed,
                                                  const Proportions& proportions);

}  // namespace reprise::deep_probability
