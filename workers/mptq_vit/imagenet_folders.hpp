#pragma once

#include "pipeline/data/data_set.hpp"
#include "workers/mptq_vit/imagenet_reader.hpp"

namespace reprise::mptq_vit {

/// ImageNet as it is handed out, unpacked: train/<class>/ and val/<class>/, JPEG images (or PNG, gray or
/// CMYK, whatever their names say). The check decodes all validation images.
[[nodiscard]] const DataSet& imagenet_folders();

/// Lists both folders; images are decoded when they are asked for. Throws UsageError naming what does not
/// belong there.
[[nodiscard]] std::shared_ptr<const ImagenetReader> open_imagenet_folders(
    const std::filesystem::path& folder);

}  // namespace reprise::mptq_vit
