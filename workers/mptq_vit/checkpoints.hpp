#pragma once

#include "kernels/modules/module.hpp"
#include "pipeline/data/data_set.hpp"
#include "workers/mptq_vit/model.hpp"

namespace reprise::mptq_vit {

/// The checkpoint of a model that is not trained here, as timm publishes it: <id>/model.safetensors.
[[nodiscard]] const DataSet& checkpoint_of(ModelName name);
/// The digest of the checkpoint here. Throws UsageError that says where it was looked and how to get it.
[[nodiscard]] Key checkpoint_digest(ModelName name);
/// Its tensors by name. Throws Error when the file here is not that of the digest.
[[nodiscard]] nn::NamedTensors load_checkpoint(ModelName name, const Key& digest);

}  // namespace reprise::mptq_vit
