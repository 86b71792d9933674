#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/job/flatten.hpp"
#include "pipeline/job/job_table.hpp"
#include "pipeline/job/run_settings.hpp"

namespace reprise {

/// How large a job is. Only one of scale `paper` can speak for the paper's own tables.
enum class Scale { smoke, paper, custom };

constexpr auto enumerators(const Scale*) {
  return std::array{Enumerator{"smoke", Scale::smoke}, Enumerator{"paper", Scale::paper},
                    Enumerator{"custom", Scale::custom}};
}

/// A job file. An experiment runs when its table is there; what the table may hold, its paper knows.
struct Job {
  std::string paper;
  std::string name;  ///< of the run folder
  std::uint64_t seed = 1;
  Scale scale = Scale::custom;
  RunSettings run;
  std::vector<std::pair<std::string, JobTable>> experiments;  ///< in the file's order
  std::string text;                                           ///< as it was read, but for a byte order mark
  std::filesystem::path path;
  JobTable root;  ///< to refuse "paper" or an experiment by its place
};

/// Reads a job file. Throws UsageError with all that is wrong outside of the experiments' tables; with
/// `complaints`, collects that there (syntax errors and unreadable files are thrown all the same).
Job read_job(const std::filesystem::path& path);
Job read_job(const std::filesystem::path& path, Complaints& complaints);

/// The same for a text that is in memory; `path` is what messages call it.
Job parse_job(const std::filesystem::path& path, std::string text);
Job parse_job(const std::filesystem::path& path, std::string text, Complaints& complaints);

/// A run folder's name from a job file's: lower case, and '-' for whatever names can't have.
std::string job_name_of(const std::filesystem::path& path);

/// Paper, seed, scale and [run]; add flatten(experiment, "experiments.NAME") for each to have all of it.
Flattened flatten(const Job& job);

}  // namespace reprise
