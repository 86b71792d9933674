#include "pipeline/job/job_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "pipeline/base/nearest.hpp"
#include "pipeline/job/parse_toml.hpp"
#include "pipeline/job/scalar_text.hpp"

namespace reprise {

JobTable::JobTable()
    : file_(std::make_shared<const File>(File{Source("(no job file)", ""), {}})), table_(&file_->root) {}

JobTable JobTable::parse(Source source) {
  auto root = parse_toml(source);
  JobTable result;
  result.file_ = std::make_shared<const File>(File{std::move(source), std::move(root)});
  result.table_ = &result.file_->root;
  return result;
}

std::string JobTable::full_name(std::string_view key) const {
  return name_.empty() ? std::string(key) : fmt::format("{}.{}", name_, key);
}

std::vector<std::string> JobTable::keys() const {
  std::vector<std::string> result;
  for (const auto& entry : table_->entries) result.push_back(entry.key);
  return result;
}

std::optional<JobTable> JobTable::sub(std::string_view key) const {
  const auto* entry = find(key);
  if (entry == nullptr) return std::nullopt;
  const auto* table = entry->value.table();
  if (table == nullptr) {
    throw refusal(entry->value.at, fmt::format("{} must be a table, found {}; begin it with a line [{}]",
                                               full_name(key), show(entry->value), full_name(key)));
  }
  JobTable result = *this;
  result.table_ = table;
  result.at_ = entry->at;
  result.name_ = full_name(key);
  return result;
}

std::string JobTable::location(std::string_view key) const {
  const auto* entry = find(key);
  const auto [line, column] = file_->source.position(entry == nullptr ? at_ : entry->at);
  return fmt::format("{}:{}:{}", file_->source.name(), line, column);
}

Refusal JobTable::refusal(std::size_t offset, std::string_view message) const {
  return {file_->source, offset, message};
}

void JobTable::refuse(std::string_view key, std::string_view what) const {
  const auto* entry = find(key);
  if (entry == nullptr && name_.empty()) throw Refusal(file_->source.name(), fmt::format("{} {}", key, what));
  const auto at = entry == nullptr ? at_ : entry->value.table() != nullptr ? entry->at : entry->value.at;
  throw refusal(at, fmt::format("{} {}", full_name(key), what));
}

void JobTable::require(bool holds, std::string_view key, std::string_view what) const {
  if (holds) return;
  try {
    refuse(key, what);
  } catch (const Refusal& refused) {
    complain(refused);
  }
}

void JobTable::require_known(std::span<const std::string> known, std::string_view where_to_see) const {
  for (const auto& entry : table_->entries) {
    if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
    auto hint = did_you_mean(entry.key, known);
    if (hint.empty() && !where_to_see.empty()) hint = fmt::format("; {}", where_to_see);
    if (hint.empty() && !known.empty()) hint = fmt::format("; there are {}", fmt::join(known, ", "));
    if (hint.empty()) hint = "; it has none";
    const auto whose = name_.empty() ? "a job" : fmt::format("[{}]", name_);
    complain(refusal(entry.at, fmt::format("{} has no key {}{}", whose, string_text(entry.key), hint)));
  }
}

void JobTable::complain(const Refusal& refusal) const {
  if (complaints_ == nullptr) throw refusal;
  complaints_->add(refusal);
}

JobTable JobTable::collecting(Complaints& complaints) const {
  JobTable result = *this;
  result.complaints_ = &complaints;
  return result;
}

}  // namespace reprise
