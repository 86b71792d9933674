#include "pipeline/report/markdown.hpp"

#include <fmt/format.h>

#include "pipeline/report/escape.hpp"
#include "pipeline/report/format.hpp"
#include "pipeline/report/table_text.hpp"

namespace reprise::reporting {
namespace {

std::string or_dash(const std::string& text) {
  return text.empty() ? kDash : markdown(text);
}

std::string measured_text(const Finding& finding) {
  const auto value = format_measurement(finding.value, finding.standard_error, 4);
  if (finding.measured.empty()) return value;
  const bool says_error = finding.measured.find("±") != std::string::npos;
  return markdown(finding.measured) + (value == kDash || says_error ? "" : " (" + value + ")");
}

/// A code span whose fence is longer than any run of back-quotes in it.
std::string code(const std::string& text) {
  if (text.empty()) return kDash;
  return text.find('`') == std::string::npos ? "`" + clean_utf8(text) + "`"
                                             : "`` " + clean_utf8(text) + " ``";
}

/// Markdown has no underline of its own; <ins> is shown as one, by GitHub too.
std::string markdown_cell(const TextColumn& column, std::size_t row) {
  const auto text = markdown(column.cells[row]);
  switch (column.emphasis[row]) {
    case Emphasis::best:
      return "**" + text + "**";
    case Emphasis::tied:
      return "<ins>" + text + "</ins>";
    case Emphasis::none:
      break;
  }
  return text;
}

std::string scoreboard(const Contents& contents) {
  std::string out =
      "## Scoreboard of claims\n\n| Paper | Claim | Published | Measured | Criterion | Verdict | Scale |\n"
      "| --- | --- | --- | --- | --- | --- | --- |\n";
  for (const auto& run : contents.runs) {
    for (const auto& experiment : run.experiments) {
      for (const auto& [anchor, claim, finding] : experiment.claims) {
        out += fmt::format("| {} | **{}** {} | {} | {} | {} | {} | {} |\n", markdown(run.run->paper.id),
                           markdown(claim.id), markdown(claim.statement), or_dash(claim.published),
                           measured_text(finding), or_dash(claim.criterion), word_of(finding.verdict),
                           or_dash(run.run->scale));
      }
    }
  }
  return out + "\n";
}

std::string claim_lines(const ShownExperiment& experiment) {
  std::string out;
  for (const auto& [anchor, claim, finding] : experiment.claims) {
    out += fmt::format("- **{}: {}.** {}\n", markdown(claim.id), word_of(finding.verdict),
                       markdown(claim.statement));
    out += fmt::format("  Published: {}{}. Measured: {}. Criterion: {}.", or_dash(claim.published),
                       claim.source.empty() ? "" : ", " + markdown(claim.source), measured_text(finding),
                       or_dash(claim.criterion));
    if (!finding.remark.empty()) out += " " + markdown(finding.remark);
    if (!finding.rows.empty()) out += " Rows in results.h5: " + markdown(finding.rows) + ".";
    out += "\n";
  }
  return out + "\n";
}

std::string experiment_section(const ShownRun& run, const ShownExperiment& experiment) {
  const auto& published = *experiment.published;
  auto out =
      fmt::format("### {}{}\n\n", markdown(published.title), published.complete ? "" : " (unfinished)");
  if (!published.description.empty()) out += markdown(published.description) + "\n\n";
  out += fmt::format("Tasks: {}. {}.\n\n", states_sentence(experiment.tasks),
                     markdown(format_core_hours(experiment.core_hours)));
  for (const auto& item : experiment.items) {
    if (const auto* table = std::get_if<ShownTable>(&item)) {
      out += fmt::format("**{}** {} ({} scale)\n\n{}\n{}\n\n", markdown(sentence(table->table->title)),
                         markdown(table->table->caption), or_dash(run.run->scale),
                         markdown_table(*table->table), markdown(source_line(run, experiment)));
    }
    if (const auto* figure = std::get_if<ShownFigure>(&item)) {
      const auto& title = figure->figure->title;
      out += figure->drawn.panels.empty()
                 ? fmt::format("Not drawn: {}\n\n", markdown(figure->drawn.problem))
                 : fmt::format("![{}](figures/{}.svg)\n\n", markdown(title), figure->name);
      out += fmt::format("**{}** {} ({} scale)\n\n", markdown(sentence(title)),
                         markdown(figure->figure->caption), or_dash(run.run->scale));
    }
  }
  if (!experiment.claims.empty()) out += "#### Claims\n\n" + claim_lines(experiment);
  if (!published.notes.empty()) {
    out += "#### Deviations and remarks\n\n";
    for (const auto& note : published.notes) out += "- " + markdown(note) + "\n";
    out += "\n";
  }
  return out;
}

std::string cost_and_provenance(const ShownRun& run) {
  const auto& from = *run.run;
  const auto& cost = from.cost;
  auto out = fmt::format(
      "### What it cost\n\n{}, wall time {}, {} ({}), {}, {} resumed, {} requeued by the job itself.\n\n",
      markdown(format_core_hours(cost.core_hours)), format_duration(cost.wall_seconds),
      count_of(run.tasks.all(), "task"), states_sentence(run.tasks),
      count_of(static_cast<std::size_t>(cost.starts), "start"), cost.resumes, cost.requeues);
  for (const auto& failure : from.failures) {
    out += fmt::format("- {}: {} {} – {} ({})\n", failure.set_aside ? "set aside" : "failed",
                       markdown(failure.task), code(failure.input), markdown(failure.message),
                       count_of(static_cast<std::size_t>(failure.attempts), "attempt"));
  }
  out += fmt::format(
      "\n### Provenance\n\n- Job: {}\n- Command: {}\n- Run folder: {}\n- Revision: {}\n- Seed: {}\n",
      or_dash(from.job), code(from.command_line), code(from.run_folder), code(from.revision),
      code(from.seed));
  for (const auto& entry : from.provenance)
    out += fmt::format("- {}: {}\n", markdown(entry.name), markdown(entry.value));
  for (const auto& machine : from.machines) {
    out += fmt::format("- {}: {}, {}, {}\n", markdown(machine.host), markdown(machine.cpu),
                       markdown(machine.isa), count_of(static_cast<std::size_t>(machine.ranks), "rank"));
  }
  return out + "\n";
}

std::string run_section(const ShownRun& run) {
  const auto& from = *run.run;
  auto out =
      fmt::format("## {} ({} scale)\n\n{}. {}. {}\n\n", markdown(from.paper.title), or_dash(from.scale),
                  markdown(from.paper.authors), markdown(from.paper.citation), markdown(from.paper.url));
  if (const auto smoke = smoke_sentence(from); !smoke.empty()) out += "> **Smoke scale.** " + smoke + "\n\n";
  if (const auto unfinished = unfinished_sentence(run); !unfinished.empty()) {
    out += "> **Unfinished.** " + unfinished + "\n\n";
  }
  for (const auto& note : from.notes) out += "- " + markdown(note) + "\n";
  if (!from.notes.empty()) out += "\n";
  for (const auto& experiment : run.experiments) out += experiment_section(run, experiment);
  return out + cost_and_provenance(run);
}

}  // namespace

std::string markdown_table(const Table& table) {
  const auto text = text_of(table);
  const auto spans = role_spans(text);
  std::string head = "|", rule = "|", rows;
  for (const auto& column : text.columns) {
    const auto role = spans.empty() || column.role == Role::parameter
                          ? std::string()
                          : fmt::format(" *{}*", word_of(column.role));
    head += " " + markdown(column.heading) + role + " |";
    rule += column.numeric ? " ---: |" : " --- |";
  }
  for (std::size_t row = 0; row < text.rows; ++row) {
    rows += "|";
    for (const auto& column : text.columns) rows += " " + markdown_cell(column, row) + " |";
    rows += "\n";
  }
  return head + "\n" + rule + "\n" + rows;
}

std::string markdown_report(const Contents& contents) {
  const auto& report = *contents.report;
  auto out =
      fmt::format("# {}\n\n{}\n\nWritten {} by {}.\n\n", markdown(report.title), status_sentence(contents),
                  markdown(report.generated_at), markdown(report.program_version));
  for (const auto& problem : contents.problems) out += "> **Missing:** " + markdown(problem) + "\n\n";
  out += scoreboard(contents);
  for (const auto& run : contents.runs) out += run_section(run);
  while (out.ends_with("\n\n")) out.pop_back();
  return out;
}

}  // namespace reprise::reporting
