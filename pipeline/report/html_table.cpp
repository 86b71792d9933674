#include <fmt/format.h>

#include <algorithm>

#include "pipeline/report/escape.hpp"
#include "pipeline/report/format.hpp"
#include "pipeline/report/html_parts.hpp"
#include "pipeline/report/table_text.hpp"

namespace reprise::reporting {
namespace {

std::string classes_of(const TextTable& table, std::size_t index) {
  const auto& column = table.columns[index];
  constexpr std::size_t short_bytes = 40;  // kept on one line
  const bool is_short = std::all_of(column.cells.begin(), column.cells.end(),
                                    [](const std::string& cell) { return cell.size() <= short_bytes; });
  std::string classes = column.numeric ? "number" : is_short ? "text short" : "text";
  if (!word_of(column.role).empty()) classes += fmt::format(" role-{}", word_of(column.role));
  if (index > 0 && table.columns[index - 1].role != column.role) classes += " edge";
  return classes;
}

std::string head_of(const TextTable& table) {
  std::string head;
  if (const auto spans = role_spans(table); !spans.empty()) {
    for (const auto& span : spans) {
      head += fmt::format("<th scope=\"colgroup\" class=\"span{}\" colspan=\"{}\">{}</th>",
                          span.role == Role::parameter ? " none" : "", span.count, word_of(span.role));
    }
    head = "<tr class=\"roles\">" + head + "</tr>";
  }
  std::string names;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    names += fmt::format("<th scope=\"col\" class=\"{}\">{}</th>", classes_of(table, i),
                         html(table.columns[i].heading));
  }
  return "<thead>" + head + "<tr>" + names + "</tr></thead>";
}

std::string cell_of(const TextColumn& column, std::size_t row) {
  const auto text = html(column.cells[row]);
  switch (column.emphasis[row]) {
    case Emphasis::best:
      return "<strong>" + text + "</strong>";
    case Emphasis::tied:
      return "<u>" + text + "</u>";
    case Emphasis::none:
      break;
  }
  return text;
}

std::string body_of(const TextTable& table) {
  std::vector<std::string> classes;
  for (std::size_t i = 0; i < table.columns.size(); ++i) classes.push_back(classes_of(table, i));
  std::string body;
  for (std::size_t row = 0; row < table.rows; ++row) {
    body += "<tr>";
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      body += fmt::format("<td class=\"{}\">{}</td>", classes[i], cell_of(table.columns[i], row));
    }
    body += "</tr>\n";
  }
  if (table.rows == 0) {
    body = fmt::format("<tr><td colspan=\"{}\" class=\"text\">no rows yet</td></tr>",
                       std::max<std::size_t>(1, table.columns.size()));
  }
  return "<tbody>\n" + body + "</tbody>";
}

}  // namespace

std::string html_table(const ShownTable& shown, const ShownRun& run, const ShownExperiment& experiment,
                       Numbering& numbering) {
  const auto& table = *shown.table;
  const auto text = text_of(table);
  const auto number = ++numbering.tables;
  const auto grid = fmt::format("<table class=\"data\">{}{}</table>", head_of(text), body_of(text));
  constexpr std::size_t many_rows = 24;  // scroll under their head on a screen; all are printed
  return fmt::format(
      "<figure class=\"table\" id=\"{0}\"><figcaption><strong>Table {1}. {2}</strong> {3} {4}</figcaption>\n"
      "<div class=\"scroll{9}\" tabindex=\"0\" role=\"region\" aria-label=\"Table {1}\">{5}</div>\n"
      "<p class=\"source\">{6} · results.h5: <code>/published/{7}/tables/{8}</code> · "
      "<a href=\"tables/{0}.csv\">CSV</a> <a href=\"tables/{0}.tex\">LaTeX</a></p></figure>\n",
      shown.name, number, html(sentence(table.title)), html(table.caption), html_scale(*run.run), grid,
      html(source_line(run, experiment)), html(experiment.published->experiment), html(table.id),
      text.rows > many_rows ? " tall" : "");
}

}  // namespace reprise::reporting
