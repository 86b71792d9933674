#include "pipeline/job/complaints.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace reprise {

void Complaints::add(const Refusal& refusal) {
  Complaint complaint{refusal.offset(), refusal.what()};
  if (std::find(all_.begin(), all_.end(), complaint) == all_.end()) all_.push_back(std::move(complaint));
}

std::string Complaints::text() const {
  auto ordered = all_;
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const auto& a, const auto& b) { return a.offset < b.offset; });
  std::string result;
  for (std::size_t i = 0; i < std::min(ordered.size(), kMostShown); ++i) {
    if (i > 0) result += '\n';
    result += ordered[i].text;
  }
  if (ordered.size() > kMostShown) result += fmt::format("\n... and {} more", ordered.size() - kMostShown);
  return result;
}

void Complaints::throw_if_any() const {
  if (!empty()) throw UsageError(text());
}

}  // namespace reprise
