#pragma once

#include <utility>
#include <vector>

namespace reprise {

/// Shards [first, second) of a sum over shards.
using ShardRange = std::pair<int, int>;

/// The fixed tree of a sum over shards: a node over more than one shard is the sum of the nodes over its two
/// halves. So the order of additions depends on the number of shards alone.
inline std::pair<ShardRange, ShardRange> halves(ShardRange node) {
  const int middle = node.first + (node.second - node.first) / 2;
  return {{node.first, middle}, {middle, node.second}};
}

/// The largest nodes of the tree over `shards` shards that lie within `mine`, in order.
inline std::vector<ShardRange> nodes_within(int shards, ShardRange mine) {
  std::vector<ShardRange> found;
  const auto visit = [&](const auto& self, ShardRange node) -> void {
    if (node.second <= mine.first || mine.second <= node.first) return;
    if (mine.first <= node.first && node.second <= mine.second) {
      found.push_back(node);
      return;
    }
    const auto [left, right] = halves(node);
    self(self, left);
    self(self, right);
  };
  visit(visit, {0, shards});
  return found;
}

}  // namespace reprise
