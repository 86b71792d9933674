#include "pipeline/run/shard_sum.hpp"

#include <algorithm>
#include <cstring>

#include "kernels/expects.hpp"

namespace reprise {
namespace {

void add_to(std::span<float> sum, std::span<const float> term) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += term[i];
}

void note_parents(ShardRange node, std::map<ShardRange, ShardRange>& parents) {
  if (node.second - node.first == 1) return;
  const auto [left, right] = halves(node);
  for (const auto& half : {left, right}) {
    parents[half] = node;
    note_parents(half, parents);
  }
}

/// Uses up the nodes.
std::vector<float> sum_tree(ShardRange node, std::map<ShardRange, std::vector<float>>& known) {
  if (const auto found = known.find(node); found != known.end()) return std::move(found->second);
  const auto [left, right] = halves(node);
  auto sum = sum_tree(left, known);
  add_to(sum, sum_tree(right, known));
  return sum;
}

}  // namespace

ShardSum::ShardSum(Group& group, int shards, std::vector<std::size_t> lengths)
    : group_(group), shards_(shards) {
  expects(shards >= 1, "a sum has at least one shard");
  note_parents({0, shards}, parents_);
  for (std::size_t piece = 0; piece < lengths.size(); ++piece) {
    const auto owner = static_cast<int>(piece % static_cast<std::size_t>(group.size()));
    pieces_.push_back({lengths[piece], owner, {}, {}, 0, {}});
  }
  start();
}

std::size_t ShardSum::owned_by(int member) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(pieces_, [&](const Piece& piece) { return piece.owner == member; }));
}

void ShardSum::start() {
  const auto size = static_cast<std::size_t>(group_.size());
  nodes_to_come_.assign(size, 0);
  totals_to_come_.assign(size, 0);
  int with_shards = 0;
  for (int member = 0; member < group_.size(); ++member) {
    const auto [first, last] = group_.share(shards_, member);
    if (first < last) ++with_shards;
    if (member == group_.rank()) continue;
    if (first < last) nodes_to_come_[static_cast<std::size_t>(member)] = owned_by(group_.rank());
    totals_to_come_[static_cast<std::size_t>(member)] = owned_by(member);
  }
  for (auto& piece : pieces_) {
    piece.nodes.clear();
    piece.known.clear();
    piece.missing = with_shards;
  }
}

void ShardSum::add(int shard, std::size_t piece, std::span<const float> values) {
  const auto [first, last] = mine();
  auto& nodes = pieces_.at(piece).nodes;
  expects(values.size() == pieces_[piece].length, "a piece of a shard has the piece's length");
  expects(shard == (nodes.empty() ? first : nodes.back().first.second) && shard < last,
          "a member adds its shards one after another");
  nodes.push_back({{shard, shard + 1}, {values.begin(), values.end()}});
  while (nodes.size() > 1) {
    auto& left = nodes[nodes.size() - 2];
    const auto parent = parents_.at(left.first);
    if (parents_.at(nodes.back().first) != parent) break;
    add_to(left.second, nodes.back().second);
    left.first = parent;
    nodes.pop_back();
    if (!parents_.contains(parent)) break;  // all of them
  }
  if (shard + 1 < last) return;
  send_nodes(piece);
  take_arrived();
}

void ShardSum::send_nodes(std::size_t index) {
  auto& piece = pieces_[index];
  if (piece.owner == group_.rank()) {
    for (auto& [range, values] : piece.nodes) piece.known[range] = std::move(values);
    if (--piece.missing == 0) complete(index);
    return;
  }
  Bytes message;
  message.reserve(sizeof(std::uint64_t) + piece.nodes.size() * piece.length * sizeof(float));
  append_value(message, std::uint64_t{index});
  for (const auto& [range, values] : piece.nodes) append(message, std::as_bytes(std::span(values)));
  group_.send(piece.owner, message);
}

void ShardSum::complete(std::size_t index) {
  auto& piece = pieces_[index];
  piece.total = sum_tree({0, shards_}, piece.known);
  if (group_.size() == 1) return;
  Bytes message;
  append_value(message, std::uint64_t{index});
  append(message, std::as_bytes(std::span(piece.total)));
  for (int member = 0; member < group_.size(); ++member) {
    if (member != group_.rank()) group_.send(member, message);
  }
}

void ShardSum::handle(int member, const Bytes& message) {
  ByteReader in(message);
  auto& piece = pieces_.at(in.value<std::uint64_t>());
  const auto index = static_cast<std::size_t>(&piece - pieces_.data());
  const auto read = [&] {
    Values values(piece.length);
    std::memcpy(values.data(), in.take(piece.length * sizeof(float)).data(), piece.length * sizeof(float));
    return values;
  };
  if (piece.owner == member) {
    piece.total = read();
    --totals_to_come_[static_cast<std::size_t>(member)];
    return;
  }
  for (const auto& node : nodes_within(shards_, group_.share(shards_, member))) piece.known[node] = read();
  --nodes_to_come_[static_cast<std::size_t>(member)];
  if (--piece.missing == 0) complete(index);
}

/// Only messages of this sum: a member that is ahead may have sent some of the next one.
void ShardSum::take_arrived() {
  for (int member = 0; member < group_.size(); ++member) {
    const auto at = static_cast<std::size_t>(member);
    while (nodes_to_come_[at] + totals_to_come_[at] > 0) {
      const auto message = group_.arrived(member);
      if (!message) break;
      handle(member, *message);
    }
  }
}

void ShardSum::finish(const std::function<void(std::size_t, std::span<const float>)>& take) {
  // First what members send without waiting for anyone, then what they send once they have that.
  for (const auto* to_come : {&nodes_to_come_, &totals_to_come_}) {
    for (int member = 0; member < group_.size(); ++member) {
      while (to_come->at(static_cast<std::size_t>(member)) > 0) handle(member, group_.receive(member));
    }
  }
  if (group_.size() > 1) group_.flush();
  for (std::size_t piece = 0; piece < pieces_.size(); ++piece) take(piece, pieces_[piece].total);
  start();
}

}  // namespace reprise
