#include "pipeline/slurm/profile.hpp"

#include <algorithm>
#include <cstdlib>

#include "pipeline/job/job_table.hpp"
#include "pipeline/job/source.hpp"

namespace reprise::slurm {

void validate(const Profile& profile, const JobTable& table) {
  const auto is_line = [](const std::string& text) { return text.find_first_of("\n\r") == text.npos; };
  table.require(
      std::ranges::all_of(profile.sbatch,
                          [&](const auto& option) { return option.starts_with("--") && is_line(option); }),
      "sbatch", "must hold options such as \"--constraint=avx512\", each on one line");
  table.require(
      std::ranges::none_of(profile.sbatch,
                           [](const auto& option) {
                             return option.starts_with("--signal") || option.starts_with("--requeue") ||
                                    option.starts_with("--no-requeue") || option.starts_with("--dependency");
                           }),
      "sbatch",
      "must not hold --signal, --requeue, --no-requeue or --dependency: `reprise submit` sets them");
  table.require(std::ranges::all_of(profile.setup, is_line) && std::ranges::all_of(profile.modules, is_line),
                "setup", "must hold one line of shell an entry");
  table.require(profile.warning_seconds >= 5 && profile.warning_seconds <= 3600, "warning_seconds",
                "must be from 5 to 3600");
  table.require(profile.most_requeues >= 0 && profile.most_requeues <= 100000, "most_requeues",
                "must be from 0 to 100000");
}

Profile read_profile(const std::filesystem::path& file) {
  return read_struct<Profile>(JobTable::parse(read_source(file)));
}

Profile find_profile(const std::optional<std::filesystem::path>& named) {
  if (named) return read_profile(*named);
  if (const char* said = std::getenv("REPRISE_PROFILE"); said != nullptr && *said != '\0')
    return read_profile(said);
  const char* config = std::getenv("XDG_CONFIG_HOME");
  const char* home = std::getenv("HOME");
  std::filesystem::path folder = config != nullptr && *config != '\0' ? config : "";
  if (folder.empty() && home != nullptr) folder = std::filesystem::path(home) / ".config";
  const auto usual = folder / "reprise" / "profile.toml";
  return std::filesystem::exists(usual) ? read_profile(usual) : Profile{};
}

}  // namespace reprise::slurm
