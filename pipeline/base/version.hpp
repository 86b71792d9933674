#pragma once

#include <string>

namespace reprise {

std::string version();
/// Of the sources this was built from, with "-dirty" when they had uncommitted changes; "unknown" outside
/// git.
std::string git_revision();
std::string compiler();
/// "Open MPI 4.1.4, HDF5 1.10.8, oneDNN 2.6.3, Eigen 3.4.0", as found at run time where the library can tell.
std::string libraries();

}  // namespace reprise
