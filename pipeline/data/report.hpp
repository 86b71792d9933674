#pragma once

#include <span>
#include <string>

#include "pipeline/data/data_set.hpp"

namespace reprise {

/// `reprise data list`: a line for each data set, whether it is there, where, and what it is.
std::string list_text(std::span<const DataSet> data_sets);

/// `reprise data where ID`: every folder that is looked into, in order, and what is there.
std::string where_text(const DataSet& data);

/// `reprise data check`: each data set read in full; `sound` is whether all are there and as expected.
struct CheckReport {
  std::string text;
  bool sound = true;
};
CheckReport check_all(std::span<const DataSet> data_sets);

}  // namespace reprise
