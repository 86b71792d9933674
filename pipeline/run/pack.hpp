#pragma once

#include <cstddef>
#include <filesystem>

#include "pipeline/run/verify.hpp"

namespace reprise {

/// Packs a run folder into one HDF5 file to publish, laid out as segments are (so `verify` reads it), with
/// rows sorted by their inputs, and beside the tasks' tables:
///
///   /published/<experiment>   what the report shows: tables, figures, claims and findings
///   / attributes              job (the TOML text), meaning, paper, frozen_at
///
/// Held in memory are the inputs, a few dozen bytes a row and about `block_bytes` of outputs. Refuses a run
/// with damaged segments. Throws Error; then what was at `target` is still there.
Verification pack(const std::filesystem::path& run_folder, const std::filesystem::path& target,
                  FileSystem& files = local_file_system(), std::size_t block_bytes = std::size_t{96} << 20U);

}  // namespace reprise
