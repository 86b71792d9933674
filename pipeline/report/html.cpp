#include "pipeline/report/html.hpp"

#include <fmt/format.h>

#include "pipeline/report/escape.hpp"
#include "pipeline/report/html_parts.hpp"
#include "pipeline/report/palette.hpp"

namespace reprise::reporting {
namespace {

constexpr std::string_view kLight = R"css(color-scheme: light;
  --paper: #ffffff; --raised: #f6f7f9; --ink: #1b1f24; --soft: #57606a; --rule: #d5d9df; --hair: #e8eaee;
  --link: #0a58b5; --grid: #e1e1e1; --mark: #6f6f6f;
  --good: #11632f; --good-bg: #def3e4; --bad: #9b1c1c; --bad-bg: #fde5e3; --open: #4d5661; --open-bg: #e9ecf0;
  --warn: #7a4a00; --warn-bg: #fff1d6; --measured: #eef4fb;)css";

constexpr std::string_view kDark = R"css(color-scheme: dark;
  --paper: #14171b; --raised: #1c2026; --ink: #e4e7eb; --soft: #a2abb5; --rule: #39404a; --hair: #292f37;
  --link: #7db6ff; --grid: #31363e; --mark: #9aa2ac;
  --good: #7fdc9f; --good-bg: #12341f; --bad: #ff9d94; --bad-bg: #431b1a; --open: #b9c1ca; --open-bg: #2a3038;
  --warn: #f5c46b; --warn-bg: #3b2c0d; --measured: #1a2431;)css";

std::string colours(bool dark) {
  std::string out(dark ? kDark : kLight);
  for (std::size_t i = 0; i < kPalette.size(); ++i) {
    out += fmt::format(" --series-{}: {};", i, dark ? kPalette[i].dark : kPalette[i].light);
  }
  return out;
}

/// Light unless the reader's system or the page's switch says dark; paper is always light.
std::string style() {
  return fmt::format(
      ":root {{{0}}}\n@media screen and (prefers-color-scheme: dark) {{ :root:not([data-theme=\"light\"]) "
      "{{{1}}} }}\n"
      "@media screen {{ :root[data-theme=\"dark\"] {{{1}}} }}\n{2}",
      colours(false), colours(true), page_style());
}

std::string contents_list(const Contents& contents) {
  std::string list = "<li><a href=\"#scoreboard\">Scoreboard</a></li>";
  for (const auto& run : contents.runs) {
    list += fmt::format("<li><a href=\"#{}\">{}</a> {}<ul>", run.anchor, html(run.run->paper.title),
                        html_scale(*run.run));
    for (const auto& experiment : run.experiments) {
      list += fmt::format("<li><a href=\"#{}\">{}</a></li>", experiment.anchor,
                          html(experiment.published->title));
    }
    list += fmt::format(
        "<li><a href=\"#{0}-cost\">Cost</a></li><li><a href=\"#{0}-provenance\">Provenance</a></li>",
        run.anchor);
    list += "</ul></li>";
  }
  return "<nav class=\"contents\" aria-label=\"Contents\"><p class=\"nav-title\">Contents</p><ul>" + list +
         "</ul></nav>";
}

std::string tally(const Contents& contents) {
  const auto counts = count_verdicts(contents);
  const auto one = [](std::size_t count, Verdict verdict) {
    return fmt::format("<li class=\"{}\"><strong>{}</strong> {}</li>", class_of(verdict), count,
                       word_of(verdict));
  };
  return "<ul class=\"tally\" aria-label=\"Claims by verdict\">" +
         one(counts.reproduced, Verdict::reproduced) + one(counts.not_reproduced, Verdict::not_reproduced) +
         one(counts.not_tested, Verdict::not_tested) + "</ul>";
}

std::string problems(const Contents& contents) {
  if (contents.problems.empty()) return "";
  std::string list;
  for (const auto& each : contents.problems) list += "<li>" + html(each) + "</li>";
  return "<div class=\"notice unfinished\"><strong>Something is missing from this report.</strong><ul>" +
         list + "</ul></div>";
}

}  // namespace

std::string html_page(const Contents& contents) {
  const auto& report = *contents.report;
  std::string page = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  page += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  page += fmt::format(
      "{}\n<link rel=\"icon\" href=\"data:,\">\n<title>{}</title>\n<style>\n{}</style>\n</head>\n",
      kGenerator, html(report.title), style());
  page +=
      "<body id=\"top\">\n<a class=\"skip\" href=\"#main\">Skip to the report</a>\n<div class=\"page\">\n";
  page += contents_list(contents);
  page += fmt::format(
      "\n<div class=\"column\">\n<header class=\"head\"><p class=\"eyebrow\">Reproduction report"
      "<button type=\"button\" id=\"theme\" hidden>Dark page</button></p>\n<h1>{}</h1>\n<p "
      "class=\"lead\">{}</p>\n{}"
      "<p class=\"fine\">Written {} by {}.</p>{}</header>\n<main id=\"main\">\n",
      html(report.title), html(status_sentence(contents)), tally(contents), html(report.generated_at),
      html(report.program_version), problems(contents));
  page += html_scoreboard(contents);
  for (const auto& run : contents.runs) page += html_run(run);
  page += "</main>\n</div>\n</div>\n";
  return page + fmt::format("<script>\n{}</script>\n</body>\n</html>\n", page_script());
}

}  // namespace reprise::reporting
