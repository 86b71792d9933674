#pragma once

#include "kernels/vision/vision_model.hpp"
#include "pipeline/data/data_set.hpp"
#include "workers/mptq_vit/model.hpp"

namespace reprise::mptq_vit {

/// The checkpoint of a model that is not trained here, as timm publishes it: <id>/model.safetensors.
[[nodiscard]] const DataSet& checkpoint_of(ModelName name);
/// A model from a safetensors file of timm's tensors, of f16, bf16, f32 or f64. Throws UsageError that names
/// the file, what of it is not this model's, and what to do.
[[nodiscard]] nn::VisionModel read_checkpoint(ModelName name, const std::filesystem::path& file);

/// The digest of the checkpoint here, which is read as well. Throws UsageError that says where it was looked
/// and how to get it, or what is wrong with it.
[[nodiscard]] Key checkpoint_digest(ModelName name);
/// The model. Throws Error when the file here is not that of the digest.
[[nodiscard]] nn::VisionModel load_checkpoint(ModelName name, const Key& digest);

}  // namespace reprise::mptq_vit
