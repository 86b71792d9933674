#pragma once

#include "pipeline/data/data_set.hpp"
#include "workers/mptq_vit/imagenet_reader.hpp"

namespace reprise::mptq_vit {

/// ImageNet in two HDF5 files of ours, train.h5 (a part of the training images is enough) and val.h5:
///
///   /images  uint8 [n, 224, 224, 3], resized and cropped, best in chunks of one image
///   /labels  int32 [n], 0 ... 999, classes in the order of their folders' names
///   /names   strings [n], the images' files, for messages; may be left out
///   /names   strings [n], the images' files; for people, not read here
///   /crop    float64 [], the share of the resized image's shorter side that was kept; may be left out
///
/// DATA.md holds the script that writes them. The check reads all validation images.
[[nodiscard]] const DataSet& imagenet_pack();

/// Labels and names are held; images are read when they are asked for. Throws UsageError that names file and
/// data set.
[[nodiscard]] std::shared_ptr<const ImagenetReader> open_imagenet_pack(const std::filesystem::path& folder);

}  // namespace reprise::mptq_vit
