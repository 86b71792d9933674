#include "pipeline/report/table_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "pipeline/report/escape.hpp"
#include "pipeline/report/format.hpp"

namespace reprise::reporting {
namespace {

std::size_t length_of(const Column& column) {
  return std::visit([](const auto& values) { return values.size(); }, column.values);
}

std::string csv_number(const std::vector<double>& numbers, std::size_t row) {
  if (row >= numbers.size() || std::isnan(numbers[row])) return "";
  return fmt::format("{}", numbers[row]);
}

std::string csv_cell(const Column& column, std::size_t row) {
  if (const auto* words = std::get_if<std::vector<std::string>>(&column.values)) {
    return row < words->size() ? csv(clean_utf8((*words)[row])) : "";
  }
  return csv_number(std::get<std::vector<double>>(column.values), row);
}

std::string latex_cell(const TextColumn& column, std::size_t row) {
  const auto text = latex(column.cells[row]);
  switch (column.emphasis[row]) {
    case Emphasis::best:  // of its mathematics too, as \textbf leaves $\pm$ as it is
      return "\\textbf{\\boldmath " + text + "}";
    case Emphasis::tied:
      return "\\underline{" + text + "}";
    case Emphasis::none:
      break;
  }
  return text;
}

}  // namespace

TextTable text_of(const Table& table) {
  TextTable text;
  for (const auto& column : table.columns) text.rows = std::max(text.rows, length_of(column));
  for (const auto& column : table.columns) {
    const auto& label = column.label.empty() ? column.name : column.label;
    auto cells = format_column(column);
    cells.resize(text.rows, kDash);
    auto emphasis = column.emphasis;
    emphasis.resize(text.rows, Emphasis::none);
    text.columns.push_back({with_unit(label, column.unit), column.role,
                            std::holds_alternative<std::vector<double>>(column.values), std::move(cells),
                            std::move(emphasis)});
  }
  return text;
}

std::vector<RoleSpan> role_spans(const TextTable& table) {
  std::set<Role> roles;
  std::vector<RoleSpan> spans;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const auto role = table.columns[i].role;
    if (role != Role::parameter) roles.insert(role);
    if (spans.empty() || spans.back().role != role) {
      spans.push_back({role, i, 1});
    } else {
      ++spans.back().count;
    }
  }
  if (roles.size() < 2) spans.clear();
  return spans;
}

std::string csv_table(const Table& table) {
  std::string out;
  const auto end_field = [&](std::string field, bool first) { out += (first ? "" : ",") + std::move(field); };
  std::size_t rows = 0;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const auto& column = table.columns[i];
    rows = std::max(rows, length_of(column));
    end_field(csv(column.name), i == 0);
    if (!column.standard_error.empty()) end_field(csv(column.name + "_standard_error"), false);
    if (!column.emphasis.empty()) end_field(csv(column.name + "_emphasis"), false);
  }
  out += "\r\n";
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      end_field(csv_cell(table.columns[i], row), i == 0);
      if (!table.columns[i].standard_error.empty())
        end_field(csv_number(table.columns[i].standard_error, row), false);
      if (const auto& emphasis = table.columns[i].emphasis; !emphasis.empty())
        end_field(std::string(row < emphasis.size() ? word_of(emphasis[row]) : ""), false);
    }
    out += "\r\n";
  }
  return out;
}

std::string latex_table(const Table& table, const std::string& name, const std::string& source) {
  const auto text = text_of(table);
  const auto comment = [](const std::string& line) {
    auto one = clean_utf8(line);
    std::replace(one.begin(), one.end(), '\n', ' ');
    return "% " + one + "\n";
  };
  auto out = comment(source) +
             "% Needs \\usepackage[T1]{fontenc}, \\usepackage{textcomp} and \\usepackage{booktabs}.\n";
  out += "\\begin{table}\n  \\centering\n";
  out += fmt::format("  \\caption{{{} {}}}\n  \\label{{tab:{}}}\n", latex(sentence(table.title)),
                     latex(table.caption), name);
  std::string alignment;
  for (const auto& column : text.columns) alignment += column.numeric ? 'r' : 'l';
  out += fmt::format("  \\begin{{tabular}}{{{}}}\n    \\toprule\n", alignment);

  if (const auto spans = role_spans(text); !spans.empty()) {
    std::string heads, rules;
    for (const auto& span : spans) {
      heads += (span.first == 0 ? "" : " & ") +
               fmt::format("\\multicolumn{{{}}}{{c}}{{{}}}", span.count, word_of(span.role));
      if (span.role != Role::parameter) {
        rules += fmt::format("\\cmidrule(lr){{{}-{}}}", span.first + 1, span.first + span.count);
      }
    }
    out += fmt::format("    {} \\\\\n    {}\n", heads, rules);
  }
  const auto line = [&](const auto& cell_of) {
    std::string cells;
    for (std::size_t i = 0; i < text.columns.size(); ++i)
      cells += (i == 0 ? "" : " & ") + cell_of(text.columns[i]);
    return "    " + cells + " \\\\\n";
  };
  out += line([](const TextColumn& column) { return latex(column.heading); }) + "    \\midrule\n";
  for (std::size_t row = 0; row < text.rows; ++row) {
    out += line([row](const TextColumn& column) { return latex_cell(column, row); });
  }
  return out + "    \\bottomrule\n  \\end{tabular}\n\\end{table}\n";
}

Table scoreboard_table(const Contents& contents) {
  std::vector<std::string> paper, id, statement, published, source, measured, criterion, verdict, scale,
      remark, rows;
  std::vector<double> value, error;
  for (const auto& run : contents.runs) {
    for (const auto& experiment : run.experiments) {
      for (const auto& [anchor, claim, finding] : experiment.claims) {
        paper.push_back(run.run->paper.id);
        id.push_back(claim.id);
        statement.push_back(claim.statement);
        published.push_back(claim.published);
        source.push_back(claim.source);
        measured.push_back(finding.measured);
        value.push_back(finding.value);
        error.push_back(finding.standard_error);
        criterion.push_back(claim.criterion);
        verdict.emplace_back(word_of(finding.verdict));
        scale.push_back(run.run->scale);
        remark.push_back(finding.remark);
        rows.push_back(finding.rows);
      }
    }
  }
  return {"scoreboard",
          "Scoreboard of claims",
          status_sentence(contents),
          {{"paper", "Paper", "", Role::parameter, paper},
           {"claim", "Claim", "", Role::parameter, id},
           {"statement", "Statement", "", Role::parameter, statement},
           {"published", "Published", "", Role::parameter, published},
           {"source", "Source", "", Role::parameter, source},
           {"measured", "Measured", "", Role::parameter, measured},
           {"value", "Value", "", Role::parameter, value, error},
           {"criterion", "Criterion", "", Role::parameter, criterion},
           {"verdict", "Verdict", "", Role::parameter, verdict},
           {"scale", "Scale", "", Role::parameter, scale},
           {"remark", "Remark", "", Role::parameter, remark},
           {"rows", "Rows in results.h5", "", Role::parameter, rows}}};
}

}  // namespace reprise::reporting
