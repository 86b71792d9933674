#pragma once

#include "pipeline/data/data_set.hpp"
#include "workers/deep_probability/labelled_samples.hpp"

namespace reprise::deep_probability {

/// Slides of tissue as bags of their tiles' embeddings, in one HDF5 file slides.h5:
///
///   /emb/<slide>  float32 [tiles, inputs], one for each slide
///   /slide_id     text [slides], the slides' names
///   /label        uint8 [slides], outcomes 0 or 1
///
/// and, where the split is given, split.csv with a line "<slide>,training|validation|test" for each slide.
[[nodiscard]] const DataSet& slide_embeddings();

/// Without split.csv slides are split by the seed so that those of one patient stay together: the first 12
/// characters of names that begin with "TCGA-"; else each slide is a patient. Held are names and outcomes; a
/// bag is read when it is used. Throws UsageError that names file and data set.
[[nodiscard]] LabelledSamples load_slide_embeddings(const std::filesystem::path& folder, std::int64_t inputs,
                                                    std::uint64_t seed, const Proportions& proportions);

/// "TCGA-05-4244" of "TCGA-05-4244-01Z-00-DX1.d4ff32cd"
[[nodiscard]] std::string patient_of(const std::string& slide);

}  // namespace reprise::deep_probability
