#include "pipeline/run/headway.hpp"

#include <nlohmann/json.hpp>

#include "pipeline/run/checkpoints.hpp"
#include "pipeline/run/events.hpp"
#include "pipeline/store/store.hpp"

namespace reprise {

Headway headway(const std::filesystem::path& run_folder) {
  Headway headway;
  for (const auto& name : list_segments(run_folder / "segments")) {
    try {
      headway.results += read_segment_header(run_folder / "segments" / name).row_count();
    } catch (const Error&) {
      continue;  // the next start sets it aside
    }
  }
  for (const auto& event : read_events(run_folder)) {
    const auto& kind = event.at("event");
    if (kind == "task_crashed" || kind == "rank_lost") ++headway.results;
  }
  headway.checkpoints = checkpoints_saved(run_folder);
  return headway;
}

}  // namespace reprise
