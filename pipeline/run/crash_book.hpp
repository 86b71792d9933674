#pragma once

#include <filesystem>
#include <functional>

#include "pipeline/run/events.hpp"
#include "pipeline/run/ledger.hpp"

namespace reprise {

/// Tells the ledger which tasks took processes down before: those that events.jsonl records, and those that
/// processes of earlier, badly ended holders still had in hand. The latter are recorded, and their hand files
/// removed.
///
/// Who is to blame: a process that noted a fatal signal; and a process that died without a word while others
/// of its run were told to stop (the launcher does so when a rank dies). When nobody was told, all went down
/// together (a node lost, a kill of the whole job), and no task is blamed.
void settle_crashes(const std::filesystem::path& run_folder, std::int64_t epoch, Ledger& ledger,
                    Events& events, bool forgive);

}  // namespace reprise
