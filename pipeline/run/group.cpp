#include "pipeline/run/group.hpp"

#include <map>
#include <stdexcept>

#include "pipeline/run/sum_tree.hpp"

namespace reprise {
namespace {

using Values = std::vector<double>;

void add_to(Values& sum, const Values& term) {
  if (sum.size() != term.size()) throw std::logic_error("the shards of a group's sum differ in length");
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += term[i];
}

/// The sum over a node's shards. `leaf` gives a shard's values; `known` gives whole nodes that were summed
/// elsewhere.
Values sum_tree(ShardRange node, const std::function<Values(int)>& leaf,
                const std::map<ShardRange, Values>& known) {
  if (const auto found = known.find(node); found != known.end()) return found->second;
  if (node.second - node.first == 1) return leaf(node.first);
  const auto [left, right] = halves(node);
  Values sum = sum_tree(left, leaf, known);
  add_to(sum, sum_tree(right, leaf, known));
  return sum;
}

Values values_of(ByteView bytes) {
  Values values(bytes.size() / sizeof(double));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

}  // namespace

std::pair<int, int> Group::share(int parts, int member) const {
  const auto first = [&](int of) { return static_cast<int>(static_cast<long long>(of) * parts / size()); };
  return {first(member), first(member + 1)};
}

std::vector<double> Group::sum(int shards, const std::function<Values(int)>& compute) {
  if (shards < 1) throw std::logic_error("a group's sum has at least one shard");
  const ShardRange all{0, shards};
  std::map<ShardRange, Values> known;
  for (const auto& node : nodes_within(shards, share(shards))) known[node] = sum_tree(node, compute, {});
  if (size() == 1) return known.at(all);
  if (rank() != 0) {
    for (const auto& [node, values] : known) send(0, std::as_bytes(std::span(values)));
    return values_of(receive(0));
  }
  for (int member = 1; member < size(); ++member) {
    for (const auto& node : nodes_within(shards, share(shards, member)))
      known[node] = values_of(receive(member));
  }
  const Values sum = sum_tree(all, compute, known);
  for (int member = 1; member < size(); ++member) send(member, std::as_bytes(std::span(sum)));
  flush();
  return sum;
}

std::vector<double> Group::gather(int parts, const std::function<Values(int)>& compute) {
  Values all;
  const auto append = [&](const Values& values) { all.insert(all.end(), values.begin(), values.end()); };
  const auto [from, to] = share(parts);
  for (int part = from; part < to; ++part) append(compute(part));
  if (size() == 1) return all;
  if (rank() != 0) {
    send(0, std::as_bytes(std::span(all)));
    return values_of(receive(0));
  }
  for (int member = 1; member < size(); ++member) append(values_of(receive(member)));
  for (int member = 1; member < size(); ++member) send(member, std::as_bytes(std::span(all)));
  flush();
  return all;
}

Bytes Group::broadcast(ByteView from_leader) {
  if (rank() != 0) return receive(0);
  for (int member = 1; member < size(); ++member) send(member, from_leader);
  flush();
  return {from_leader.begin(), from_leader.end()};
}

void SoleGroup::send(int /*to*/, ByteView /*bytes*/) {
  throw std::logic_error("a group of one sends nothing");
}
Bytes SoleGroup::receive(int /*from*/) {
  throw std::logic_error("a group of one receives nothing");
}
std::optional<Bytes> SoleGroup::arrived(int /*from*/) {
  throw std::logic_error("a group of one receives nothing");
}

}  // namespace reprise
