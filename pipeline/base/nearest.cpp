#include "pipeline/base/nearest.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <vector>

namespace reprise {

namespace {

std::string folded(std::string_view text) {
  std::string result(text);
  for (auto& letter : result) {
    letter = letter == '-' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  }
  return result;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[b.size()];
}

std::string nearest(std::string_view wrong, std::span<const std::string> known) {
  constexpr std::size_t longest = 200;
  if (wrong.empty() || wrong.size() > longest) return {};
  const auto folded_wrong = folded(wrong);
  std::string best;
  std::size_t best_distance = wrong.size() + 1;
  for (const auto& name : known) {
    if (name.size() > longest) continue;
    const auto distance = edit_distance(folded_wrong, folded(name));
    const auto allowed = std::max<std::size_t>(1, std::max(wrong.size(), name.size()) / 3);
    if (distance <= allowed && distance < best_distance && distance < name.size()) {
      best = name;
      best_distance = distance;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view wrong, std::span<const std::string> known) {
  const auto name = nearest(wrong, known);
  return name.empty() ? std::string() : "; did you mean \"" + name + "\"?";
}

}  // namespace reprise
