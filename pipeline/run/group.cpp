#include "pipeline/run/group.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>

namespace reprise {
namespace {

using Values = std::vector<double>;
using Range = std::pair<int, int>;

void add_to(Values& sum, const Values& term) {
  if (sum.size() != term.size()) throw std::logic_error("the shards of a group's sum differ in length");
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += term[i];
}

/// Member m computes shards [first(m), first(m + 1)).
int first_shard(int member, int members, int shards) {
  return static_cast<int>(static_cast<long long>(member) * shards / members);
}

/// The fixed tree: a node over [from, to) is the sum of the nodes over its two halves. `leaf` gives a shard's
/// values; `known` gives whole nodes already summed elsewhere.
Values sum_tree(Range range, const std::function<Values(int)>& leaf, const std::map<Range, Values>& known) {
  if (const auto found = known.find(range); found != known.end()) return found->second;
  const auto [from, to] = range;
  if (to - from == 1) return leaf(from);
  const int middle = from + (to - from) / 2;
  Values sum = sum_tree({from, middle}, leaf, known);
  add_to(sum, sum_tree({middle, to}, leaf, known));
  return sum;
}

/// The largest nodes of the tree over `node` that lie within `mine`.
void nodes_within(Range node, Range mine, std::vector<Range>& found) {
  if (node.second <= mine.first || mine.second <= node.first) return;
  if (mine.first <= node.first && node.second <= mine.second) {
    found.push_back(node);
    return;
  }
  const int middle = node.first + (node.second - node.first) / 2;
  nodes_within({node.first, middle}, mine, found);
  nodes_within({middle, node.second}, mine, found);
}

}  // namespace

std::vector<double> Group::sum(int shards, const std::function<Values(int)>& compute) {
  if (shards < 1) throw std::logic_error("a group's sum has at least one shard");
  const Range all{0, shards};
  const auto share = [&](int member) {
    std::vector<Range> nodes;
    nodes_within(all, {first_shard(member, size(), shards), first_shard(member + 1, size(), shards)}, nodes);
    return nodes;
  };
  std::map<Range, Values> known;
  for (const auto& node : share(rank())) known[node] = sum_tree(node, compute, {});
  if (size() == 1) return known.at(all);
  if (rank() != 0) {
    for (const auto& [node, values] : known) send(0, std::as_bytes(std::span(values)));
    const Bytes total = receive(0);
    Values sum(total.size() / sizeof(double));
    std::memcpy(sum.data(), total.data(), total.size());
    return sum;
  }
  for (int member = 1; member < size(); ++member) {
    auto nodes = share(member);
    std::sort(nodes.begin(), nodes.end());  // the order in which a member's map sends them
    for (const auto& node : nodes) {
      const Bytes bytes = receive(member);
      Values values(bytes.size() / sizeof(double));
      std::memcpy(values.data(), bytes.data(), bytes.size());
      known[node] = std::move(values);
    }
  }
  const Values sum = sum_tree(all, compute, known);
  for (int member = 1; member < size(); ++member) send(member, std::as_bytes(std::span(sum)));
  return sum;
}

Bytes Group::broadcast(ByteView from_leader) {
  if (rank() != 0) return receive(0);
  for (int member = 1; member < size(); ++member) send(member, from_leader);
  return {from_leader.begin(), from_leader.end()};
}

void SoleGroup::send(int /*to*/, ByteView /*bytes*/) {
  throw std::logic_error("a group of one sends nothing");
}
Bytes SoleGroup::receive(int /*from*/) {
  throw std::logic_error("a group of one receives nothing");
}

}  // namespace reprise
