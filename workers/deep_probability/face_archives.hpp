#pragma once

#include "pipeline/data/data_set.hpp"
#include "workers/deep_probability/labelled_samples.hpp"

namespace reprise::deep_probability {

/// UTKFace in the packing of Liu et al.'s code: for each of train, val and test
///
///   <mode>_im.h5                    a data set a face, uint8 [height, width, 3]
///   <mode>_label.h5                 the same names, numbers [any, any]; [0, 0] is the age in years
///   labels_<scenario>_<mode>.h5     the same names, an outcome 0 or 1; where there is none for a scenario,
///   outcomes
///                                   are drawn
///
/// with the scenarios unif, sig, scaled, mid and step. Faces come in the order of their names.
[[nodiscard]] const DataSet& face_archives();

/// Held are names, ages and outcomes; images are read batch by batch, bytes over 255. Throws UsageError that
/// names file and data set.
[[nodiscard]] LabelledSamples load_face_archives(const std::filesystem::path& folder, Scenario scenario,
                                                 std::uint64_t seed);

}  // namespace reprise::deep_probability
