#include "pipeline/report/palette.hpp"

#include <map>
#include <set>
#include <string>

namespace reprise::reporting {

std::vector<std::vector<int>> series_colours(const Figure& figure) {
  std::map<std::string, int> by_label;
  std::set<int> spoken_for;
  for (const auto& panel : figure.panels) {
    for (const auto& series : panel.series) {
      if (series.colour < 0) continue;
      spoken_for.insert(series.colour);
      if (!series.label.empty()) by_label.emplace(series.label, series.colour);
    }
  }
  std::vector<std::vector<int>> colours;
  for (const auto& panel : figure.panels) {
    std::set<int> used = spoken_for;
    for (const auto& [label, colour] : by_label) used.insert(colour);
    auto& of_panel = colours.emplace_back();
    for (const auto& series : panel.series) {
      int colour = series.colour;
      if (const auto known = by_label.find(series.label); colour < 0 && known != by_label.end()) {
        colour = known->second;
      }
      if (colour < 0) {
        for (colour = 0; used.contains(colour); ++colour) {
        }
        used.insert(colour);
        if (!series.label.empty()) by_label.emplace(series.label, colour);
      }
      of_panel.push_back(colour);
    }
  }
  return colours;
}

}  // namespace reprise::reporting
