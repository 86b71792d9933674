#pragma once

#include <filesystem>

#include "pipeline/report/document.hpp"

namespace reprise {

/// All that the report shows of a run folder, as far as the run has got. Throws UsageError when it is none.
RunReport collect(const std::filesystem::path& run_folder);

}  // namespace reprise
