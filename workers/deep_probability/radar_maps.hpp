#pragma once

#include "pipeline/data/data_set.hpp"
#include "workers/deep_probability/labelled_samples.hpp"

namespace reprise::deep_probability {

enum class RadarTransform {
  raw,  ///< as stored
  log   ///< ln(x + 0.01), RainNet's
};

constexpr auto enumerators(const RadarTransform*) {
  return std::array{Enumerator{"raw", RadarTransform::raw}, Enumerator{"log", RadarTransform::log}};
}

/// How samples are cut from a series of maps. The paper's README says that maps are 10 minutes apart, its
/// code takes every third (15 minutes) and the label 13 after the last (65 minutes); these are in between.
struct RadarSampling {
  std::int32_t side = 900;   ///< of a map
  std::int32_t crop = 300;   ///< rows and columns in its middle that are used
  std::int32_t minutes = 5;  ///< between maps
  std::int32_t frames = 3;   ///< maps of a sample
  std::int32_t step = 3;     ///< maps from one to the next of them
  std::int32_t label_offset =
      12;  ///< maps from the last of them to the one that the outcome compares it with
  RadarTransform transform = RadarTransform::raw;
  std::uint32_t most = 0;  ///< samples in all, spread evenly over time; 0: all
};

constexpr auto fields(const RadarSampling*) {
  using R = RadarSampling;
  return std::tuple{field("side", &R::side, "rows and columns of a map", "cell"),
                    field("crop", &R::crop, "rows and columns in its middle that are used", "cell"),
                    field("minutes", &R::minutes, "between maps", "min"),
                    field("frames", &R::frames, "maps of a sample"),
                    field("step", &R::step, "maps from one of a sample's to its next"),
                    field("label_offset", &R::label_offset,
                          "maps from a sample's last to the one that its outcome compares"),
                    field("transform", &R::transform, "of the network's input"),
                    field("most", &R::most, "samples in all, spread evenly over time; 0: all")};
}

/// Composites of weather radars: radar.h5 with a data set of numbers [side, side] for each time, whose name
/// holds the time as year, month, day, hour, minute ("201605291805", "2016-05-29 18:05"), so that names sort
/// as times do.
[[nodiscard]] const DataSet& radar_maps();

/// The times in a file's names, in minutes since 1970.
[[nodiscard]] std::vector<std::int64_t> map_times(const std::filesystem::path& file);

/// Means of the crops of the maps [first, first + count): NaN where a cell is NaN or negative, which stands
/// for "not seen". One map is held.
[[nodiscard]] std::vector<double> crop_means(const std::filesystem::path& file, const RadarSampling& sampling,
                                             std::size_t first, std::size_t count);

/// Which maps a sample starts with, and its outcome: whether the mean at the label's time is higher than at
/// the last map.
struct RadarSamples {
  std::vector<std::uint32_t> first;
  std::vector<std::uint8_t> outcome;
  Split parts;                  ///< in time: first training, then validation, then test
  std::size_t uneven = 0;       ///< left out as maps between are missing
  std::size_t unseen = 0;       ///< left out as a map has cells that were not seen
  std::size_t overlapping = 0;  ///< left out as they share time with the part before
};

/// Throws UsageError where a part would be empty.
[[nodiscard]] RadarSamples radar_samples(std::span<const std::int64_t> times, std::span<const double> means,
                                         const RadarSampling& sampling, const Proportions& proportions);

/// The file's samples; `means` are of all of its maps. Held are times and means; maps are read when they are
/// used.
[[nodiscard]] LabelledSamples load_radar_maps(const std::filesystem::path& file,
                                              const RadarSampling& sampling, std::span<const double> means,
                                              const Proportions& proportions);

}  // namespace reprise::deep_probability
