#include "pipeline/report/published_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>

#include "pipeline/base/errors.hpp"
#include "pipeline/report/figure_store.hpp"
#include "pipeline/report/named_values.hpp"

namespace reprise {
namespace {

using reporting::ids_in_order;
using reporting::kEmphases;
using reporting::kRoles;
using reporting::kVerdicts;
using reporting::name_of;
using reporting::value_of;

constexpr const char* kErrorSuffix = "_standard_error";
constexpr const char* kEmphasisSuffix = "_emphasis";

/// Identifiers name groups and data sets: none may be empty, double or hold a '/'.
template <class Items, class IdOf>
void expect_identifiers(const Items& items, const IdOf& id_of, const std::string& what) {
  std::set<std::string> seen;
  for (const auto& item : items) {
    const std::string& id = id_of(item);
    if (id.empty() || id == "." || id.find('/') != std::string::npos) {
      throw std::invalid_argument(
          fmt::format("{}: '{}' can't be an identifier (empty, '.' or with a '/')", what, id));
    }
    if (!seen.insert(id).second)
      throw std::invalid_argument(fmt::format("{}: '{}' stands there twice", what, id));
  }
}

void write_column(const h5::Group& table, const Column& column) {
  const auto write_values = [&](const auto& values) {
    using Values = std::decay_t<decltype(values)>;
    if constexpr (std::is_same_v<Values, std::vector<double>>) {
      return table.write(column.name, values);
    } else {
      return table.write_strings(column.name, values);
    }
  };
  const auto data = std::visit(write_values, column.values);
  data.set_attribute("label", column.label);
  data.set_attribute("unit", column.unit);
  data.set_attribute("role", name_of(kRoles, column.role));
  data.set_number<std::int32_t>("digits", column.digits);
  if (!column.standard_error.empty()) {
    const auto error = table.write(column.name + kErrorSuffix, column.standard_error);
    error.set_attribute("label", "standard error of " + column.label);
    error.set_attribute("unit", column.unit);
  }
  if (!column.emphasis.empty()) {
    std::vector<std::string> words;
    for (const auto emphasis : column.emphasis) words.emplace_back(name_of(kEmphases, emphasis));
    table.write_strings(column.name + kEmphasisSuffix, words)
        .set_attribute("label", "emphasis of " + column.label);
  }
}

Column read_column(const h5::Group& table, const std::string& name) {
  const auto data = table.open_dataset(name);
  Column column;
  column.name = name;
  column.label = data.attribute("label");
  column.unit = data.attribute("unit");
  column.role = value_of(kRoles, data.attribute("role"));
  column.digits = data.number<std::int32_t>("digits");
  const h5::Handle type(H5Dget_type(data.id()), H5Tclose, "get a type");
  if (H5Tget_class(type.get()) == H5T_STRING) {
    column.values = data.read_strings();
  } else {
    column.values = data.read<double>();
  }
  if (table.has(name + kErrorSuffix)) {
    column.standard_error = table.open_dataset(name + kErrorSuffix).read<double>();
  }
  if (table.has(name + kEmphasisSuffix)) {
    for (const auto& word : table.open_dataset(name + kEmphasisSuffix).read_strings())
      column.emphasis.push_back(value_of(kEmphases, word));
  }
  return column;
}

void write_table(const h5::Group& group, const Table& table) {
  std::set<std::string> names;
  expect_identifiers(
      table.columns, [](const Column& each) -> const std::string& { return each.name; },
      "columns of table " + table.id);
  for (const auto& column : table.columns) names.insert(column.name);
  std::vector<std::string> order;
  for (const auto& column : table.columns) {
    const auto expect_free = [&](bool used, const char* suffix, const char* what) {
      if (used && names.contains(column.name + suffix))
        throw std::invalid_argument(fmt::format("table {}: a column named {}{} takes the place of {}'s {}",
                                                table.id, column.name, suffix, column.name, what));
    };
    expect_free(!column.standard_error.empty(), kErrorSuffix, "standard errors");
    expect_free(!column.emphasis.empty(), kEmphasisSuffix, "emphasis");
    write_column(group, column);
    order.push_back(column.name);
  }
  group.set_attribute("title", table.title);
  group.set_attribute("caption", table.caption);
  group.set_attribute("columns", fmt::format("{}", fmt::join(order, "\n")));
}

Table read_table(const h5::Group& group, const std::string& id) {
  Table table{id, group.attribute("title"), group.attribute("caption"), {}};
  const auto columns = group.attribute("columns");
  for (std::size_t at = 0; at < columns.size();) {
    const auto end = std::min(columns.find('\n', at), columns.size());
    table.columns.push_back(read_column(group, columns.substr(at, end - at)));
    at = end + 1;
  }
  return table;
}

void write_claim(const h5::Group& group, const Claim& claim) {
  group.set_attribute("statement", claim.statement);
  group.set_attribute("published", claim.published);
  group.set_attribute("source", claim.source);
  group.set_attribute("criterion", claim.criterion);
  group.set_attribute("scale", claim.scale);
}

Claim read_claim(const h5::Group& group, const std::string& id) {
  return {id,
          group.attribute("statement"),
          group.attribute("published"),
          group.attribute("source"),
          group.attribute("criterion"),
          group.attribute("scale")};
}

void write_finding(const h5::Group& group, const Finding& finding) {
  group.set_attribute("measured", finding.measured);
  group.set_number("value", finding.value);
  group.set_number("standard_error", finding.standard_error);
  group.set_attribute("verdict", name_of(kVerdicts, finding.verdict));
  group.set_attribute("remark", finding.remark);
  group.set_attribute("rows", finding.rows);
}

Finding read_finding(const h5::Group& group, const std::string& claim) {
  return {claim,
          group.attribute("measured"),
          group.number<double>("value"),
          group.number<double>("standard_error"),
          value_of(kVerdicts, group.attribute("verdict")),
          group.attribute("remark"),
          group.attribute("rows")};
}

/// Each item in a group of its own, with its place in the vector.
template <class Item, class IdOf, class Write>
void write_items(const h5::Group& parent, const std::string& name, const std::vector<Item>& items,
                 const IdOf& id_of, const Write& write) {
  expect_identifiers(items, id_of, name);
  const h5::Group group = parent.create_group(name);
  for (std::size_t place = 0; place < items.size(); ++place) {
    const h5::Group member = group.create_group(id_of(items[place]));
    member.set_number<std::int32_t>("place", static_cast<std::int32_t>(place));
    write(member, items[place]);
  }
}

template <class Item, class Read>
std::vector<Item> read_items(const h5::Group& parent, const std::string& name, const Read& read) {
  std::vector<Item> items;
  const auto group = parent.open_group(name);
  for (const auto& id : ids_in_order(group)) items.push_back(read(group.open_group(id), id));
  return items;
}

constexpr auto kIdOf = [](const auto& item) -> const std::string& { return item.id; };
constexpr auto kClaimOf = [](const Finding& finding) -> const std::string& { return finding.claim; };

std::vector<std::string> read_lines(const h5::Group& group, const std::string& name) {
  return group.has(name) ? group.open_dataset(name).read_strings() : std::vector<std::string>{};
}

}  // namespace

void write_published(const h5::Group& group, const Published& published) {
  group.set_attribute("experiment", published.experiment);
  group.set_attribute("title", published.title);
  group.set_attribute("description", published.description);
  group.set_number<std::int32_t>("order", published.order);
  group.set_number<bool>("complete", published.complete);
  if (!published.notes.empty()) group.write_strings("notes", published.notes);
  if (!published.layout.empty()) group.write_strings("layout", published.layout);
  write_items(group, "tables", published.tables, kIdOf, write_table);
  write_items(group, "figures", published.figures, kIdOf, reporting::write_figure);
  write_items(group, "claims", published.claims, kIdOf, write_claim);
  write_items(group, "findings", published.findings, kClaimOf, write_finding);
}

Published read_published(const h5::Group& group) {
  Published published;
  published.experiment = group.attribute("experiment");
  published.title = group.attribute("title");
  published.description = group.attribute("description");
  published.order = group.number<std::int32_t>("order");
  published.complete = group.number<bool>("complete");
  published.notes = read_lines(group, "notes");
  published.layout = read_lines(group, "layout");
  published.tables = read_items<Table>(group, "tables", read_table);
  published.figures = read_items<Figure>(group, "figures", reporting::read_figure);
  published.claims = read_items<Claim>(group, "claims", read_claim);
  published.findings = read_items<Finding>(group, "findings", read_finding);
  return published;
}

}  // namespace reprise
