#include "workers/common/data_sets.hpp"

namespace reprise {

const DataSet& fashion_mnist() {
  static const DataSet set{"fashion-mnist",
                           "70000 images of clothes, 28 x 28",
                           {{"train-images-idx3-ubyte.gz", {}, {}},
                            {"train-labels-idx1-ubyte.gz", {}, {}},
                            {"t10k-images-idx3-ubyte.gz", {}, {}},
                            {"t10k-labels-idx1-ubyte.gz", {}, {}}},
                           "dataset-fashion-mnist",
                           "",
                           {"/usr/share/datasets/fashion-mnist"},
                           {}};
  return set;
}

}  // namespace reprise
