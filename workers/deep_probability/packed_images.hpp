#pragma once

#include <optional>

#include "pipeline/data/data_set.hpp"
#include "workers/deep_probability/labelled_samples.hpp"

namespace reprise::deep_probability {

/// One HDF5 file of images, ours:
///
///   /images  uint8 [n, channels, height, width], best in chunks of one image
///   /y       uint8 [n], outcomes 0 or 1; may be left out where probabilities are known: then they are drawn
///   /age     float32 [n], years: the probability is the scenario's
///   /p       float64 [n], true probabilities, before those of ages
///   /group   integers [n]: images of one group (person, scene) stay in one part
///   /part    uint8 [n]: 0 training, 1 validation, 2 test; without, groups or images are split by the seed
/// Faces, and samples of dashcams of 9 channels, are such files.
[[nodiscard]] const DataSet& packed_faces();
[[nodiscard]] const DataSet& packed_dashcam();

/// All but /images are held; images are read batch by batch, bytes over 255. Throws UsageError that names
/// file and data set.
[[nodiscard]] LabelledSamples load_packed_images(const std::filesystem::path& file,
                                                 std::optional<Scenario> scenario, std::uint64_t seed,
                                                 const Proportions& proportions);

}  // namespace reprise::deep_probability
