#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace reprise {

/// What toml11 makes of a job file, copied into plain values: toml11's header is slow to compile, its
/// integers and numbers saturate without a word, and its tables forget their order. Offsets are bytes into
/// the Source.
struct TomlValue;
struct TomlEntry;

struct TomlInteger {
  std::uint64_t magnitude = 0;
  bool negative = false;
  bool too_large = false;  ///< more than 64 bits
};

struct TomlNumber {
  double value = 0;
  bool out_of_range = false;  ///< no double is near to what is written
};

/// A date or time, which no field of a job is.
struct TomlDate {};

using TomlArray = std::vector<TomlValue>;

struct TomlTable {
  std::vector<TomlEntry> entries;  ///< in the file's order
  const TomlEntry* find(std::string_view key) const;
};

struct TomlValue {
  std::variant<bool, TomlInteger, TomlNumber, std::string, TomlDate, TomlArray, TomlTable> data;
  std::size_t at = 0;
  std::string text;  ///< a scalar as it is written

  const TomlTable* table() const { return std::get_if<TomlTable>(&data); }
};

struct TomlEntry {
  std::string key;
  std::size_t at = 0;  ///< the key's
  TomlValue value;
};

/// What a value is and says, for messages: `the string "fast"`, `the integer 3`, `a list of 2`, `a table`.
std::string show(const TomlValue& value);

}  // namespace reprise
