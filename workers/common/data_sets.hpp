#pragma once

#include "pipeline/data/data_set.hpp"

namespace reprise {

/// Data sets that several papers read. Files: training images and labels, test images and labels.
[[nodiscard]] const DataSet& fashion_mnist();

}  // namespace reprise
