#include <fmt/format.h>

#include <cmath>
#include <set>

#include "pipeline/report/escape.hpp"
#include "pipeline/report/format.hpp"
#include "pipeline/report/html_parts.hpp"

namespace reprise::reporting {
namespace {

std::string or_dash(const std::string& text) {
  return text.empty() ? kDash : html(text);
}

/// "1.262 σ", with its standard error where the text itself says none.
std::string measured_text(const Finding& finding) {
  if (!std::isfinite(finding.value) || !std::isfinite(finding.standard_error))
    return or_dash(finding.measured);
  const auto value = format_measurement(finding.value, finding.standard_error, 4);
  if (finding.measured.empty()) return html(value);
  if (finding.measured.find("±") != std::string::npos) return html(finding.measured);
  return fmt::format("{}<br><span class=\"fine whole\">{}</span>", html(finding.measured), html(value));
}

std::string cell(std::string_view label, const std::string& content, const std::string& attributes = "") {
  return fmt::format("<td data-label=\"{}\"{}><div>{}</div></td>", label, attributes, content);
}

std::string row(const ShownRun& run, const ShownClaim& shown) {
  const auto& [anchor, claim, finding] = shown;
  const auto key =
      std::isfinite(finding.value) ? fmt::format(" data-key=\"{}\"", finding.value) : std::string();
  const auto order = static_cast<int>(finding.verdict);
  std::string published = or_dash(claim.published);
  if (!claim.source.empty())
    published += fmt::format("<br><span class=\"fine\">{}</span>", html(claim.source));
  auto out = fmt::format("<tr data-paper=\"{}\" data-verdict=\"{}\">", html(run.run->paper.id),
                         class_of(finding.verdict));
  out += cell("Paper", fmt::format("<a href=\"#{}\">{}</a> {}", run.anchor, html(run.run->paper.id),
                                   html_scale(*run.run)));
  out += cell("Claim",
              fmt::format("<a href=\"#{}\"><strong>{}</strong></a> {}", anchor, html(claim.id),
                          html(claim.statement)),
              fmt::format(" data-key=\"{}\"", html(claim.id)));
  out += cell("Published", published);
  out += cell("Measured", measured_text(finding), key);
  out += cell("Criterion", or_dash(claim.criterion));
  out += cell("Verdict", html_verdict(shown), fmt::format(" data-key=\"{}\"", order));
  return out + "</tr>\n";
}

std::string option(std::string_view value, std::string_view text) {
  return fmt::format("<option value=\"{}\">{}</option>", html(value), html(text));
}

std::string filters(const Contents& contents) {
  std::set<std::string> papers;
  for (const auto& run : contents.runs) papers.insert(run.run->paper.id);
  std::string by_paper = option("", "all papers");
  for (const auto& paper : papers) by_paper += option(paper, paper);
  std::string by_verdict = option("", "all verdicts");
  for (const auto verdict : {Verdict::reproduced, Verdict::not_reproduced, Verdict::not_tested}) {
    by_verdict += option(class_of(verdict), word_of(verdict));
  }
  return fmt::format(
      "<form class=\"filters\" id=\"filters\" hidden><label>Paper <select id=\"by-paper\">{}</select></label>"
      "<label>Verdict <select id=\"by-verdict\">{}</select></label><output id=\"shown\" "
      "aria-live=\"polite\"></output>"
      "</form>\n",
      by_paper, by_verdict);
}

}  // namespace

std::string html_scoreboard(const Contents& contents) {
  std::string heads;
  for (const char* head : {"Paper", "Claim", "Published", "Measured", "Criterion", "Verdict"}) {
    heads +=
        fmt::format("<th scope=\"col\" aria-sort=\"none\"><button type=\"button\">{}</button></th>", head);
  }
  std::string rows;
  for (const auto& run : contents.runs) {
    for (const auto& experiment : run.experiments) {
      for (const auto& claim : experiment.claims) rows += row(run, claim);
    }
  }
  if (rows.empty())
    rows = "<tr><td colspan=\"6\"><div>No experiment has declared a claim yet.</div></td></tr>";
  return fmt::format(
      "<section id=\"scoreboard\"><h2>Scoreboard of claims</h2>\n"
      "<p>What each paper claims, what was measured here (± standard error), and what was to be met. "
      "A claim is called reproduced only where its whole criterion was met at the scale it asks for. "
      "A verdict leads to its claim, and from there to its rows.</p>\n{}"
      "<table class=\"scoreboard\"><thead><tr>{}</tr></thead>\n<tbody>\n{}</tbody></table>\n</section>\n",
      filters(contents), heads, rows);
}

std::string html_verdict(const ShownClaim& claim) {
  const auto verdict = claim.finding.verdict;
  const char* sign = verdict == Verdict::reproduced ? "✓" : verdict == Verdict::not_reproduced ? "✗" : "○";
  return fmt::format("<a class=\"verdict {}\" href=\"#{}\"><span aria-hidden=\"true\">{}</span> {}</a>",
                     class_of(verdict), claim.anchor, sign, word_of(verdict));
}

std::string html_scale(const RunReport& run) {
  if (run.scale.empty()) return "";
  return fmt::format("<span class=\"scale{}\">{} scale</span>", run.scale == "smoke" ? " smoke" : "",
                     html(run.scale));
}

}  // namespace reprise::reporting
