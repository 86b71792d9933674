#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <vector>

#include "pipeline/run/group.hpp"
#include "pipeline/run/sum_tree.hpp"

namespace reprise {

/// The sum of a large single-precision array over the shards of a group, piece by piece, while further pieces
/// are still being computed: gradients of a training whose batches are shared out. As Group::sum, it goes
/// over the shards in a fixed tree, so that the group's size changes no bit. Members own pieces in turn: each
/// piece goes to its owner, who adds up, and comes back to all.
///
///   ShardSum sum(group, shards, lengths);
///   for (;;) {
///     const auto [first, last] = sum.mine();
///     for (int shard = first; shard < last; ++shard) ... sum.add(shard, piece, values);  // each piece, any
///     order sum.finish([&](std::size_t piece, std::span<const float> total) { ... });
///   }
class ShardSum {
 public:
  /// `lengths`: elements of each piece. All members give the same. Throws std::invalid_argument for no shard.
  ShardSum(Group& group, int shards, std::vector<std::size_t> lengths);

  /// The shards [first, second) that this member adds, one after another.
  std::pair<int, int> mine() const { return group_.share(shards_); }

  /// A piece of a shard. Once it is a member's last shard the piece is on its way.
  void add(int shard, std::size_t piece, std::span<const float> values);

  /// Waits for all members. Calls `take` for each piece with its total; ready for the next sum then.
  void finish(const std::function<void(std::size_t piece, std::span<const float> total)>& take);

 private:
  using Values = std::vector<float>;
  struct Piece {
    std::size_t length = 0;
    int owner = 0;
    std::vector<std::pair<ShardRange, Values>> nodes;  ///< of this member's shards, summed as far as can be
    std::map<ShardRange, Values> known;                ///< owner only: the nodes of all members
    int missing = 0;                                   ///< owner only: members whose nodes are to come
    Values total;
  };

  void start();
  void send_nodes(std::size_t piece);
  void complete(std::size_t piece);
  void take_arrived();
  void handle(int member, const Bytes& message);
  [[nodiscard]] std::size_t owned_by(int member) const;

  Group& group_;
  int shards_;
  std::map<ShardRange, ShardRange> parents_;  ///< in the tree
  std::vector<Piece> pieces_;
  std::vector<std::size_t> nodes_to_come_;   ///< messages with nodes, by member
  std::vector<std::size_t> totals_to_come_;  ///< messages with totals, by member
};

}  // namespace reprise
