#pragma once

#include <filesystem>
#include <vector>

#include "pipeline/run/verify.hpp"

namespace reprise {

/// Packs a run folder into one HDF5 file to publish, laid out as segments are (so `verify` reads it), with
/// rows sorted by their inputs, and beside the tasks' tables:
///
///   /published/<experiment>   what the report shows: tables, figures, claims and findings
///   / attributes              job (the TOML text), meaning, paper, frozen_at
///
/// Refuses a run with damaged segments. Throws Error.
Verification pack(const std::filesystem::path& run_folder, const std::filesystem::path& target);

}  // namespace reprise
