#include "pipeline/job/toml_value.hpp"

#include <fmt/format.h>

#include "pipeline/job/utf8.hpp"

namespace reprise {

namespace {

std::string shortened(std::string_view text) {
  constexpr std::size_t longest = 60;
  if (text.find('\n') != std::string_view::npos) text = text.substr(0, text.find('\n'));
  if (text.size() <= longest) return std::string(text);
  auto end = longest;
  while (end > 0 && is_utf8_continuation(text[end])) --end;
  return std::string(text.substr(0, end)) + "...";
}

struct Show {
  std::string_view text;
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(const TomlInteger&) const { return "the integer " + shortened(text); }
  std::string operator()(const TomlNumber&) const { return "the number " + shortened(text); }
  std::string operator()(const std::string&) const { return "the string " + shortened(text); }
  std::string operator()(const TomlDate&) const { return "the date or time " + shortened(text); }
  std::string operator()(const TomlArray& values) const {
    return values.empty() ? "an empty list" : fmt::format("a list of {}", values.size());
  }
  std::string operator()(const TomlTable&) const { return "a table"; }
};

}  // namespace

const TomlEntry* TomlTable::find(std::string_view key) const {
  for (const auto& entry : entries) {
    if (entry.key == key) return &entry;
  }
  return nullptr;
}

std::string show(const TomlValue& value) {
  return std::visit(Show{value.text}, value.data);
}

}  // namespace reprise
