#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "pipeline/report/contents.hpp"
#include "pipeline/report/published.hpp"

namespace reprise::reporting {

/// A column as it is shown.
struct TextColumn {
  std::string heading;  ///< with its unit
  Role role = Role::measured;
  bool numeric = false;
  std::vector<std::string> cells;       ///< as many as the table has rows; dashes where nothing is
  std::vector<Emphasis> emphasis = {};  ///< one for each cell
};

struct TextTable {
  std::vector<TextColumn> columns;
  std::size_t rows = 0;
};
TextTable text_of(const Table& table);

/// Neighbouring columns of one role, for a heading over them.
struct RoleSpan {
  Role role = Role::measured;
  std::size_t first = 0;
  std::size_t count = 0;
};
/// Empty if the table has no two roles beside its parameters: then the heading would say nothing.
std::vector<RoleSpan> role_spans(const TextTable& table);

/// A table as RFC 4180: numbers in full precision, each column with standard errors followed by
/// `<name>_standard_error` and each with emphasis by `<name>_emphasis` ("best", "tied" or nothing); missing
/// values are empty.
std::string csv_table(const Table& table);

/// A table for LaTeX's booktabs, with its caption and the label `tab:<name>`.
std::string latex_table(const Table& table, const std::string& name, const std::string& source);

/// The scoreboard of claims as a table.
Table scoreboard_table(const Contents& contents);

}  // namespace reprise::reporting
