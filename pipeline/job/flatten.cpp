#include "pipeline/job/flatten.hpp"

#include <algorithm>
#include <map>

#include "pipeline/job/utf8.hpp"

namespace reprise {

namespace {

constexpr std::size_t kLongestShown = 80;

/// `text` from a little before `from` on, cut to kLongestShown bytes in whole characters.
std::string window(std::string_view text, std::size_t from) {
  if (text.size() <= kLongestShown) return std::string(text);
  auto first = from > 20 ? from - 20 : 0;
  while (first > 0 && is_utf8_continuation(text[first])) --first;
  auto last = std::min(text.size(), first + kLongestShown);
  while (last < text.size() && is_utf8_continuation(text[last])) ++last;
  return (first > 0 ? "..." : "") + std::string(text.substr(first, last - first)) +
         (last < text.size() ? "..." : "");
}

}  // namespace

std::vector<Difference> differences(const Flattened& before, const Flattened& after) {
  std::map<std::string_view, std::string_view> now(after.begin(), after.end());
  std::vector<Difference> result;
  for (const auto& [key, value] : before) {
    const auto found = now.find(key);
    if (found == now.end()) {
      result.push_back({key, value, ""});
      continue;
    }
    if (found->second != value) result.push_back({key, value, std::string(found->second)});
    now.erase(found);
  }
  for (const auto& [key, value] : after) {
    if (now.contains(key)) result.push_back({key, "", value});
  }
  return result;
}

std::string to_text(const std::vector<Difference>& differences) {
  std::string text;
  for (const auto& [key, before, after] : differences) {
    if (before.empty()) {
      text += fmt::format("{}: {} (added)\n", key, window(after, 0));
    } else if (after.empty()) {
      text += fmt::format("{}: {} (removed)\n", key, window(before, 0));
    } else {
      const auto first = std::mismatch(before.begin(), before.end(), after.begin(), after.end()).first;
      const auto from = static_cast<std::size_t>(first - before.begin());
      text += fmt::format("{}: {} -> {}\n", key, window(before, from), window(after, from));
    }
  }
  return text;
}

}  // namespace reprise
