#pragma once

#include <functional>
#include <string>
#include <vector>

#include "pipeline/data/data_set.hpp"
#include "pipeline/job/describe.hpp"
#include "pipeline/job/flatten.hpp"
#include "pipeline/job/read_struct.hpp"
#include "pipeline/report/document.hpp"
#include "pipeline/run/run.hpp"

namespace reprise {

/// An experiment of a paper: its driver and the claims it settles. It runs when a job has a table
/// [experiments.<name>], whose keys are the fields of the driver's settings.
struct Experiment {
  std::string name;
  std::string title;
  std::string description;
  std::vector<Claim> claims;

  std::function<void(Run&, const JobTable&)> drive;
  std::function<void(const JobTable&, Complaints&)> check;
  std::function<Flattened(const JobTable&, const std::string& prefix)> flatten;
  std::function<std::vector<KeyDescription>()> keys;
};

template <Reflected Settings>
Experiment experiment(std::string name, std::string title, std::string description,
                      void (*driver)(Run&, const Settings&), std::vector<Claim> claims = {}) {
  Experiment made{std::move(name), std::move(title), std::move(description), std::move(claims)};
  made.drive = [driver](Run& run, const JobTable& table) { driver(run, read_struct<Settings>(table)); };
  made.check = [](const JobTable& table, Complaints& complaints) {
    read_struct<Settings>(table, complaints);
  };
  made.flatten = [](const JobTable& table, const std::string& prefix) {
    return reprise::flatten(read_struct<Settings>(table), prefix);
  };
  made.keys = [] { return describe<Settings>(); };
  return made;
}

/// A paper: all that its folder under workers/ gives to the pipeline.
struct Paper {
  PaperIdentity identity;
  std::string summary;  ///< a sentence for `reprise list`
  std::vector<TaskKind> tasks;
  std::vector<Experiment> experiments;
  std::vector<DataSet> data = {};  ///< what its experiments read, besides what they make themselves

  const Experiment* find(std::string_view experiment) const;
};

/// A paper registers itself from its folder:
///
///   const RegisterPaper registered(Paper{...});
class RegisterPaper {
 public:
  /// Throws std::logic_error when a paper's id or a task's name is taken: a mistake in the code.
  explicit RegisterPaper(Paper paper);
};

/// All registered papers, by id.
const std::vector<const Paper*>& papers();
/// Throws UsageError naming the nearest one when there is no such paper.
const Paper& find_paper(const std::string& id);
/// All registered tasks, by name: the same order in all processes of one program.
const std::vector<const TaskKind*>& task_kinds();
/// Null when there is none.
const TaskKind* find_task_kind(std::string_view name);

}  // namespace reprise
