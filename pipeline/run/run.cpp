#include "pipeline/run/run.hpp"

#include <fmt/format.h>

namespace reprise {
namespace {

template <class Item>
void replace_or_add(std::vector<Item>& items, std::vector<std::string>& layout, Item item) {
  const auto found =
      std::find_if(items.begin(), items.end(), [&](const Item& each) { return each.id == item.id; });
  if (found != items.end()) {
    *found = std::move(item);
    return;
  }
  layout.push_back(item.id);
  items.push_back(std::move(item));
}

}  // namespace

void Run::publish(Table table) {
  for (const auto& column : table.columns) {
    const auto length = std::visit([](const auto& values) { return values.size(); }, column.values);
    const auto first = std::visit([](const auto& values) { return values.size(); }, table.columns[0].values);
    expects(length == first,
            fmt::format("all columns of table {} have one length ({})", table.id, column.name));
    expects(column.standard_error.empty() || column.standard_error.size() == length,
            fmt::format("column {} of table {} has a standard error for each value", column.name, table.id));
  }
  replace_or_add(published_.tables, published_.layout, std::move(table));
  save_(published_);
}

void Run::publish(Figure figure) {
  replace_or_add(published_.figures, published_.layout, std::move(figure));
  save_(published_);
}

void Run::note(std::string text) {
  if (std::find(published_.notes.begin(), published_.notes.end(), text) != published_.notes.end()) return;
  published_.notes.push_back(std::move(text));
}

void Run::settle(Finding finding) {
  const auto declared = std::any_of(published_.claims.begin(), published_.claims.end(),
                                    [&](const Claim& claim) { return claim.id == finding.claim; });
  expects(declared,
          fmt::format("{} settles a claim it declared, not {}", published_.experiment, finding.claim));
  std::erase_if(published_.findings, [&](const Finding& each) { return each.claim == finding.claim; });
  published_.findings.push_back(std::move(finding));
  save_(published_);
}

void Run::finish() {
  published_.complete = true;
  save_(published_);
}

}  // namespace reprise
