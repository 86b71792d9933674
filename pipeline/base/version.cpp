#include "pipeline/base/version.hpp"

#include <fmt/format.h>
#include <hdf5.h>
#include <mpi.h>

#include <Eigen/Core>
#include <oneapi/dnnl/dnnl.hpp>

#include "revision.hpp"

namespace reprise {

std::string version() {
  return REPRISE_VERSION;
}
std::string git_revision() {
  return REPRISE_REVISION;
}
std::string compiler() {
  return fmt::format("GCC {}", __VERSION__);
}

std::string libraries() {
  unsigned hdf5[3] = {};
  H5get_libversion(&hdf5[0], &hdf5[1], &hdf5[2]);
  const auto* dnnl = dnnl_version();
  return fmt::format("Open MPI {}.{}.{}, HDF5 {}.{}.{}, oneDNN {}.{}.{}, Eigen {}.{}.{}", OMPI_MAJOR_VERSION,
                     OMPI_MINOR_VERSION, OMPI_RELEASE_VERSION, hdf5[0], hdf5[1], hdf5[2], dnnl->major,
                     dnnl->minor, dnnl->patch, EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION);
}

}  // namespace reprise
