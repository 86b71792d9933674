#pragma once

#include "pipeline/data/data_set.hpp"
#include "pipeline/run/task.hpp"
#include "workers/deep_probability/dashcam_frames.hpp"
#include "workers/deep_probability/radar_maps.hpp"
#include "workers/deep_probability/samples.hpp"

namespace reprise::deep_probability {

/// The real data sets, in the forms in which they are read (DATA.md).
enum class RealSource {
  utkface,         ///< faces in the packing of the paper's code
  faces,           ///< faces in one file
  radar,           ///< weather
  slides,          ///< cancer survival
  dashcam_frames,  ///< collisions, as frames
  dashcam          ///< collisions, in one file
};

constexpr auto enumerators(const RealSource*) {
  using R = RealSource;
  return std::array{Enumerator{"utkface", R::utkface},
                    Enumerator{"faces", R::faces},
                    Enumerator{"radar", R::radar},
                    Enumerator{"slides", R::slides},
                    Enumerator{"dashcam_frames", R::dashcam_frames},
                    Enumerator{"dashcam", R::dashcam}};
}

[[nodiscard]] const DataSet& data_set_of(RealSource source);
/// Their outcomes are drawn from known probabilities, a scenario of ages.
[[nodiscard]] constexpr bool of_faces(RealSource source) {
  return source == RealSource::utkface || source == RealSource::faces;
}

/// Means of the crops of some of a file's radar maps.
struct CropMeans {
  std::vector<double> mean;  ///< NaN: not seen
};

constexpr auto fields(const CropMeans*) {
  return std::tuple{field("mean", &CropMeans::mean, "of each map's crop; NaN where cells were not seen")};
}

/// A data set with its split, as tasks name it. The digest is the files' fingerprint, so that other data have
/// other keys wherever they lie.
struct RealSamples {
  RealSource source = RealSource::faces;
  Scenario scenario = Scenario::linear;  ///< of faces
  std::uint64_t seed = 0;                ///< of split, drawn outcomes, epoch orders and initial parameters
  Proportions split{8, 1, 1};
  RadarSampling radar;
  FrameWindows windows;
  std::int32_t inputs = 1536;              ///< of a slide's tile
  std::vector<Ref<CropMeans>> crop_means;  ///< of radar maps, all of them in order
  std::uint64_t digest_high = 0;
  std::uint64_t digest_low = 0;
  std::uint32_t training = 0;  ///< samples that were found, and their shape: what a task costs
  std::uint32_t validation = 0;
  std::int32_t channels = 0;
  std::int32_t side = 0;
};

constexpr auto fields(const RealSamples*) {
  using R = RealSamples;
  return std::tuple{field("source", &R::source, "data set"),
                    field("scenario", &R::scenario, "how the risk depends on age, of faces"),
                    field("seed", &R::seed, "of split, drawn outcomes, epoch orders and initial parameters"),
                    field("split", &R::split, "proportions of training, validation and test"),
                    field("radar", &R::radar, "how samples are cut from radar maps"),
                    field("windows", &R::windows, "how samples are cut from frames"),
                    field("inputs", &R::inputs, "numbers that embed a slide's tile"),
                    field("crop_means", &R::crop_means, "of radar maps"),
                    field("digest_high", &R::digest_high, "of the files"),
                    field("digest_low", &R::digest_low, "of the files"),
                    field("training", &R::training, "training samples that were found"),
                    field("validation", &R::validation, "validation samples that were found"),
                    field("channels", &R::channels, "of a sample"),
                    field("side", &R::side, "of a sample", "pixel")};
}

/// Finds the files and fills in their fingerprint. Throws UsageError that says where it was looked and how to
/// get them.
[[nodiscard]] RealSamples with_fingerprint(RealSamples data);

/// Throws Error when the files found here are not those of the fingerprint, UsageError where they are not as
/// they should be. `crop_means` are of radar maps, of all of them.
[[nodiscard]] LabelledSamples load(const RealSamples& data, std::span<const double> crop_means);
/// With numbers and shape of these samples.
[[nodiscard]] RealSamples with_counts(RealSamples data, const LabelledSamples& samples);
/// With the crop means that it refers to.
[[nodiscard]] LabelledSamples load(const RealSamples& data, TaskContext& context);

/// To be trained on. Batches that are evaluated together hold no more than 32 MB of inputs, or 16 bags.
[[nodiscard]] SplitSamples split_samples(const LabelledSamples& samples);

/// Some of a file's maps.
struct CropShare {
  RealSamples data;
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};

constexpr auto fields(const CropShare*) {
  return std::tuple{field("data", &CropShare::data, "radar maps"), field("first", &CropShare::first, "map"),
                    field("count", &CropShare::count, "maps from it on")};
}

CropMeans crop_means_of(const CropShare& share, TaskContext& context);

inline const Task<CropShare, CropMeans> kCropMeans{"deep_probability.crop_means", 1, crop_means_of,
                                                   "mean precipitation over the crops of radar maps"};

}  // namespace reprise::deep_probability
