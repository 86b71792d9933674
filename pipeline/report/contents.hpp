#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "pipeline/report/document.hpp"
#include "pipeline/report/figures.hpp"

namespace reprise::reporting {

struct ShownTable {
  std::string name;  ///< anchor and stem of its files
  const Table* table = nullptr;
};

struct ShownFigure {
  std::string name;
  const Figure* figure = nullptr;
  DrawnFigure drawn;
};

/// A claim and what was found about it.
struct ShownClaim {
  std::string anchor;
  Claim claim;
  Finding finding;
};

struct ShownExperiment {
  std::string anchor;
  const Published* published = nullptr;
  std::vector<std::variant<ShownTable, ShownFigure>> items;  ///< in the order of publication
  std::vector<ShownClaim> claims;
  TaskStates tasks;
  double core_hours = 0;
};

struct ShownRun {
  std::string anchor;
  const RunReport* run = nullptr;
  std::vector<ShownExperiment> experiments;  ///< in the paper's order
  TaskStates tasks;
};

/// A report put in order: what every renderer shows, with names that are unique in the whole report.
/// Points into the report it was made of.
struct Contents {
  const Report* report = nullptr;
  std::vector<ShownRun> runs;
  std::vector<std::string> problems;  ///< why something is missing from the report
};

Contents contents_of(const Report& report);

/// How many claims got each verdict.
struct VerdictCounts {
  std::size_t reproduced = 0;
  std::size_t not_reproduced = 0;
  std::size_t not_tested = 0;

  std::size_t all() const { return reproduced + not_reproduced + not_tested; }
};
VerdictCounts count_verdicts(const Contents& contents);

/// "reproduced", "not reproduced", "not tested at this scale".
std::string_view word_of(Verdict verdict);

/// The same as a CSS class: "reproduced", "not-reproduced", "not-tested".
std::string_view class_of(Verdict verdict);

/// "published", "measured", ...; empty for parameters.
std::string_view word_of(Role role);

/// "best", "tied"; empty for none.
std::string_view word_of(Emphasis emphasis);

/// "1196 done, 1 failed, 40 not run, 2 set aside".
std::string states_sentence(const TaskStates& tasks);

/// The overall status in a sentence or two.
std::string status_sentence(const Contents& contents);

/// "unfinished run: 1208 of 1339 tasks are done ..."; empty for a whole run.
std::string unfinished_sentence(const ShownRun& run);

/// Why a smoke run's numbers are not the paper's; empty at other scales.
std::string smoke_sentence(const RunReport& run);

/// What stands under each table: command, revision, machines, core-hours of its experiment.
std::string source_line(const ShownRun& run, const ShownExperiment& experiment);

/// Does `rows`, the text of a finding, name the table or figure `id` as a word of its own?
bool names_item(std::string_view rows, std::string_view id);

}  // namespace reprise::reporting
