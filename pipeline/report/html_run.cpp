#include <fmt/format.h>

#include "pipeline/report/escape.hpp"
#include "pipeline/report/format.hpp"
#include "pipeline/report/html_parts.hpp"

namespace reprise::reporting {
namespace {

std::string term(std::string_view name, const std::string& description) {
  return description.empty() ? "" : fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", name, description);
}

/// What the claim's finding says about its rows, with links to the tables and figures it names.
std::string rows_text(const ShownExperiment& experiment, const Finding& finding) {
  if (finding.rows.empty()) return "";
  auto text = "in results.h5: " + html(finding.rows);
  for (const auto& item : experiment.items) {
    if (const auto* table = std::get_if<ShownTable>(&item);
        table && names_item(finding.rows, table->table->id)) {
      text += fmt::format(" <a href=\"#{}\">→ {}</a>", table->name, html(table->table->title));
    }
    if (const auto* figure = std::get_if<ShownFigure>(&item);
        figure && names_item(finding.rows, figure->figure->id)) {
      text += fmt::format(" <a href=\"#{}\">→ {}</a>", figure->name, html(figure->figure->title));
    }
  }
  return text;
}

std::string claim_card(const ShownExperiment& experiment, const ShownClaim& shown) {
  const auto& [anchor, claim, finding] = shown;
  auto published = html(claim.published);
  if (!claim.source.empty()) published += fmt::format(" <span class=\"fine\">{}</span>", html(claim.source));
  auto measured = html(finding.measured);
  const auto value = format_measurement(finding.value, finding.standard_error, 4);
  if (value != kDash && finding.measured.find("±") == std::string::npos) {
    measured +=
        measured.empty() ? html(value) : fmt::format(" <span class=\"fine\">({})</span>", html(value));
  }
  return fmt::format(
      "<article class=\"claim\" id=\"{}\"><h5><span class=\"claim-id\">{}</span> {}</h5> "
      "{}<dl>{}{}{}{}{}{}</dl></article>\n",
      anchor, html(claim.id), html(claim.statement), html_verdict(shown), term("Published", published),
      term("Measured", measured.empty() ? std::string(kDash) : measured),
      term("Criterion", html(claim.criterion)), term("Least scale", html(claim.scale)),
      term("Remark", html(finding.remark)), term("Rows", rows_text(experiment, finding)));
}

std::string bullet_list(const std::vector<std::string>& lines) {
  std::string list;
  for (const auto& line : lines) list += "<li>" + html(line) + "</li>";
  return "<ul class=\"notes\">" + list + "</ul>\n";
}

std::string experiment_section(const ShownRun& run, const ShownExperiment& experiment, Numbering& numbering) {
  const auto& published = *experiment.published;
  auto out = fmt::format("<section class=\"experiment\" id=\"{}\"><h3>{}{}</h3>\n", experiment.anchor,
                         html(published.title),
                         published.complete ? "" : " <span class=\"state\">unfinished</span>");
  if (!published.description.empty()) out += fmt::format("<p>{}</p>\n", html(published.description));
  out += fmt::format("<p class=\"fine\">Tasks: {}. {}.</p>\n", states_sentence(experiment.tasks),
                     html(format_core_hours(experiment.core_hours)));
  for (const auto& item : experiment.items) {
    if (const auto* table = std::get_if<ShownTable>(&item))
      out += html_table(*table, run, experiment, numbering);
    if (const auto* figure = std::get_if<ShownFigure>(&item)) out += html_figure(*figure, run, numbering);
  }
  if (experiment.items.empty())
    out += "<p class=\"fine\">No table and no figure has been published yet.</p>\n";
  if (!experiment.claims.empty()) {
    out += "<h4>Claims</h4>\n";
    for (const auto& claim : experiment.claims) out += claim_card(experiment, claim);
  }
  if (!published.notes.empty()) out += "<h4>Deviations and remarks</h4>\n" + bullet_list(published.notes);
  return out + "</section>\n";
}

std::string plain_table(std::initializer_list<std::string_view> heads, const std::string& rows,
                        std::string_view label) {
  std::string head;
  for (const auto name : heads) head += fmt::format("<th scope=\"col\">{}</th>", name);
  return fmt::format(
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table class=\"data plain\">"
      "<thead><tr>{}</tr></thead><tbody>\n{}</tbody></table></div>\n",
      label, head, rows);
}

std::string number_cell(std::size_t number) {
  return fmt::format("<td class=\"number\">{}</td>", number);
}

std::string cost_section(const ShownRun& run) {
  const auto& cost = run.run->cost;
  const auto& tasks = run.tasks;
  auto out = fmt::format("<section id=\"{}-cost\"><h3>What it cost</h3>\n<dl class=\"facts\">", run.anchor);
  out += term("CPU time", html(format_core_hours(cost.core_hours)));
  out += term("Wall time", format_duration(cost.wall_seconds));
  out += term("Tasks", states_sentence(tasks));
  out += term("Starts", fmt::format("{} ({} of them resumed, {} of those requeued by the job itself)",
                                    cost.starts, cost.resumes, cost.requeues));
  out += "</dl>\n";
  std::string rows;
  for (const auto& stage : run.run->stages) {
    rows += fmt::format("<tr><td>{}</td><td>{}</td>{}{}{}{}<td class=\"number\">{}</td></tr>\n",
                        html(stage.experiment), html(stage.stage), number_cell(stage.tasks.done),
                        number_cell(stage.tasks.failed), number_cell(stage.tasks.not_run),
                        number_cell(stage.tasks.set_aside), html(format_core_hours(stage.core_hours)));
  }
  if (!rows.empty()) {
    out += plain_table({"Experiment", "Task", "Done", "Failed", "Not run", "Set aside", "CPU time"}, rows,
                       "Tasks and cost by stage");
  }
  const auto& failures = run.run->failures;
  if (!failures.empty()) {
    std::string lines;
    for (const auto& failure : failures) {
      lines += fmt::format(
          "<tr><td>{}</td><td>{}</td><td><code>{}</code></td><td>{}</td><td class=\"number\">{}</td></tr>\n",
          failure.set_aside ? "set aside" : "failed", html(failure.task), html(failure.input),
          html(failure.message), failure.attempts);
    }
    out += fmt::format(
        "<details class=\"failures\"><summary>{} failed or set aside</summary>{}</details>\n",
        count_of(failures.size(), "task"),
        plain_table({"State", "Task", "Input", "What happened", "Attempts"}, lines, "Failed tasks"));
  }
  return out + "</section>\n";
}

std::string provenance_section(const ShownRun& run) {
  const auto& from = *run.run;
  auto out =
      fmt::format("<section id=\"{}-provenance\"><h3>Provenance</h3>\n<dl class=\"facts\">", run.anchor);
  const auto code = [](const std::string& text) {
    return text.empty() ? "" : "<code>" + html(text) + "</code>";
  };
  out += term("Job", html(from.job));
  out += term("Command", code(from.command_line));
  out += term("Run folder", code(from.run_folder));
  out += term("Revision", code(from.revision));
  out += term("Seed", code(from.seed));
  for (const auto& entry : from.provenance) out += term(html(entry.name), html(entry.value));
  out += "</dl>\n";
  std::string rows;
  for (const auto& machine : from.machines) {
    rows += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"number\">{}</td></tr>\n",
                        html(machine.host), html(machine.cpu), html(machine.isa), machine.ranks);
  }
  if (!rows.empty()) {
    constexpr std::size_t kMany = 12;
    const auto table = plain_table({"Host", "CPU", "Instruction set", "Ranks"}, rows, "Machines");
    const bool fold = from.machines.size() > kMany;
    out += fold ? fmt::format("<details><summary>{}</summary>{}</details>\n",
                              count_of(from.machines.size(), "machine"), table)
                : table;
  }
  return out + "</section>\n";
}

std::string paper_line(const PaperIdentity& paper) {
  auto line = html(paper.authors);
  if (!paper.citation.empty()) line += (line.empty() ? "" : ". ") + html(paper.citation);
  if (paper.url.starts_with("https://") || paper.url.starts_with("http://")) {
    line += fmt::format(". <a href=\"{0}\" rel=\"noreferrer\">{0}</a>", html(paper.url));
  } else if (!paper.url.empty()) {
    line += ". " + html(paper.url);
  }
  return line;
}

}  // namespace

std::string html_run(const ShownRun& run) {
  const auto& from = *run.run;
  auto out = fmt::format("<section class=\"run\" id=\"{}\"><h2>{} {}</h2>\n<p class=\"paper\">{}</p>\n",
                         run.anchor, html(from.paper.title), html_scale(from), paper_line(from.paper));
  if (const auto smoke = smoke_sentence(from); !smoke.empty()) {
    out += fmt::format("<p class=\"notice smoke\"><strong>Smoke scale.</strong> {}</p>\n", html(smoke));
  }
  if (const auto unfinished = unfinished_sentence(run); !unfinished.empty()) {
    out +=
        fmt::format("<p class=\"notice unfinished\"><strong>Unfinished.</strong> {}</p>\n", html(unfinished));
  }
  if (!from.notes.empty()) out += bullet_list(from.notes);
  Numbering numbering;
  for (const auto& experiment : run.experiments) out += experiment_section(run, experiment, numbering);
  if (run.experiments.empty()) out += "<p>No experiment has published anything yet.</p>\n";
  return out + cost_section(run) + provenance_section(run) + "</section>\n";
}

}  // namespace reprise::reporting
