#include "pipeline/report/contents.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "pipeline/report/escape.hpp"
#include "pipeline/report/format.hpp"

namespace reprise::reporting {
namespace {

/// Hands out names, each once.
class Names {
 public:
  std::string unique(const std::string& wish) {
    auto name = slug(wish);
    for (int number = 2; !taken_.insert(name).second; ++number)
      name = fmt::format("{}-{}", slug(wish), number);
    return name;
  }

 private:
  std::set<std::string> taken_;
};

void add(TaskStates& sum, const TaskStates& more) {
  sum.done += more.done;
  sum.failed += more.failed;
  sum.not_run += more.not_run;
  sum.set_aside += more.set_aside;
}

std::vector<ShownClaim> claims_of(const Published& published, const std::string& prefix, Names& names) {
  std::vector<ShownClaim> shown;
  std::set<std::string> declared;
  for (const auto& claim : published.claims) {
    declared.insert(claim.id);
    const auto found = std::find_if(published.findings.begin(), published.findings.end(),
                                    [&](const Finding& each) { return each.claim == claim.id; });
    Finding finding;
    finding.claim = claim.id;
    finding.remark = published.complete ? "The run published no finding about this claim."
                                        : "The experiment has not come to this claim yet.";
    if (found != published.findings.end()) finding = *found;
    shown.push_back({names.unique(prefix + "-claim-" + claim.id), claim, finding});
  }
  for (const auto& finding : published.findings) {
    if (declared.contains(finding.claim)) continue;
    Claim claim;
    claim.id = finding.claim;
    claim.statement = "A finding without a declared claim.";
    shown.push_back({names.unique(prefix + "-claim-" + claim.id), claim, finding});
  }
  return shown;
}

/// Tables and figures as `layout` says; those it leaves out follow.
void add_items(ShownExperiment& experiment, const std::string& prefix, Names& names) {
  const auto& published = *experiment.published;
  std::set<std::string> placed;
  const auto place = [&](const std::string& id) {
    if (placed.contains(id)) return;
    for (const auto& table : published.tables) {
      if (table.id != id) continue;
      placed.insert(id);
      experiment.items.emplace_back(ShownTable{names.unique(prefix + "-" + id), &table});
    }
    for (const auto& figure : published.figures) {
      if (figure.id != id) continue;
      placed.insert(id);
      experiment.items.emplace_back(ShownFigure{names.unique(prefix + "-" + id), &figure, {}});
    }
  };
  for (const auto& id : published.layout) place(id);
  for (const auto& table : published.tables) place(table.id);
  for (const auto& figure : published.figures) place(figure.id);
}

ShownRun shown_run(const RunReport& run, Names& names) {
  ShownRun shown;
  shown.anchor = names.unique(run.paper.id + (run.scale.empty() ? "" : "-" + run.scale));
  shown.run = &run;
  for (const auto& stage : run.stages) add(shown.tasks, stage.tasks);
  for (const auto& published : run.experiments) {
    const auto prefix = shown.anchor + "-" + published.experiment;
    ShownExperiment experiment;
    experiment.anchor = names.unique(prefix);
    experiment.published = &published;
    add_items(experiment, prefix, names);
    experiment.claims = claims_of(published, prefix, names);
    for (const auto& stage : run.stages) {
      if (stage.experiment != published.experiment) continue;
      add(experiment.tasks, stage.tasks);
      experiment.core_hours += stage.core_hours;
    }
    shown.experiments.push_back(std::move(experiment));
  }
  std::stable_sort(shown.experiments.begin(), shown.experiments.end(),
                   [](const ShownExperiment& a, const ShownExperiment& b) {
                     return a.published->order < b.published->order;
                   });
  return shown;
}

std::string machines_of(const RunReport& run) {
  if (run.machines.empty()) return "machine not recorded";
  std::set<std::string> kinds;
  for (const auto& machine : run.machines) kinds.insert(fmt::format("{} ({})", machine.cpu, machine.isa));
  return fmt::format("{}: {}", count_of(run.machines.size(), "machine"), fmt::join(kinds, ", "));
}

}  // namespace

Contents contents_of(const Report& report) {
  Contents contents;
  contents.report = &report;
  Names names;
  for (const char* own : {"scoreboard", "main", "top", "contents"}) names.unique(own);
  for (const auto& run : report.runs) contents.runs.push_back(shown_run(run, names));
  return contents;
}

VerdictCounts count_verdicts(const Contents& contents) {
  VerdictCounts counts;
  for (const auto& run : contents.runs) {
    for (const auto& experiment : run.experiments) {
      for (const auto& claim : experiment.claims) {
        switch (claim.finding.verdict) {
          case Verdict::reproduced:
            ++counts.reproduced;
            break;
          case Verdict::not_reproduced:
            ++counts.not_reproduced;
            break;
          case Verdict::not_tested:
            ++counts.not_tested;
            break;
        }
      }
    }
  }
  return counts;
}

std::string_view word_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::reproduced:
      return "reproduced";
    case Verdict::not_reproduced:
      return "not reproduced";
    case Verdict::not_tested:
      break;
  }
  return "not tested at this scale";
}

std::string_view class_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::reproduced:
      return "reproduced";
    case Verdict::not_reproduced:
      return "not-reproduced";
    case Verdict::not_tested:
      break;
  }
  return "not-tested";
}

std::string_view word_of(Role role) {
  switch (role) {
    case Role::parameter:
      return "";
    case Role::published:
      return "published";
    case Role::theory:
      return "theory";
    case Role::measured:
      return "measured";
    case Role::difference:
      return "difference";
    case Role::verdict:
      break;
  }
  return "verdict";
}

std::string_view word_of(Emphasis emphasis) {
  switch (emphasis) {
    case Emphasis::best:
      return "best";
    case Emphasis::tied:
      return "tied";
    case Emphasis::none:
      break;
  }
  return "";
}

std::string states_sentence(const TaskStates& tasks) {
  return fmt::format("{} done, {} failed, {} not run, {} set aside", tasks.done, tasks.failed, tasks.not_run,
                     tasks.set_aside);
}

std::string status_sentence(const Contents& contents) {
  const auto counts = count_verdicts(contents);
  auto text = fmt::format("{}, {}: {} reproduced, {} not reproduced, {} not tested at this scale.",
                          count_of(contents.runs.size(), "run"), count_of(counts.all(), "claim"),
                          counts.reproduced, counts.not_reproduced, counts.not_tested);
  const auto unfinished = std::count_if(contents.runs.begin(), contents.runs.end(),
                                        [](const ShownRun& each) { return !each.run->complete; });
  if (unfinished > 0) {
    text += fmt::format(" {} unfinished: the report shows what is there so far.",
                        unfinished == 1 ? "One run is" : fmt::format("{} runs are", unfinished));
  }
  return text;
}

std::string unfinished_sentence(const ShownRun& run) {
  if (run.run->complete) return "";
  return fmt::format(
      "This run is not finished: of {} known so far, {}. What follows is what is there so far.",
      count_of(run.tasks.all(), "task"), states_sentence(run.tasks));
}

std::string smoke_sentence(const RunReport& run) {
  if (run.scale != "smoke") return "";
  return "Sizes are cut so that everything runs in seconds to minutes. These numbers show that the pipeline "
         "works; they do not speak for the paper's own tables.";
}

std::string source_line(const ShownRun& run, const ShownExperiment& experiment) {
  const auto& from = *run.run;
  return fmt::format("{} · revision {} · {} · {} for this experiment", from.command_line,
                     from.revision.empty() ? "unknown" : from.revision, machines_of(from),
                     format_core_hours(experiment.core_hours));
}

bool names_item(std::string_view rows, std::string_view id) {
  if (id.empty()) return false;
  const auto in_word = [&](std::size_t at) {
    return at < rows.size() && (std::isalnum(static_cast<unsigned char>(rows[at])) != 0 || rows[at] == '_');
  };
  for (auto at = rows.find(id); at != std::string_view::npos; at = rows.find(id, at + 1)) {
    if ((at == 0 || !in_word(at - 1)) && !in_word(at + id.size())) return true;
  }
  return false;
}

}  // namespace reprise::reporting
