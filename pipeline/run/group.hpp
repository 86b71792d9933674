#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "pipeline/base/bytes.hpp"

namespace reprise {

/// The ranks that run one task together. Sums go over a fixed number of logical shards in a fixed tree, so
/// the group's size, which depends on how many ranks there are, changes no bit of the result.
class Group {
 public:
  Group() = default;
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;
  virtual ~Group() = default;

  virtual int rank() const = 0;  ///< 0 leads: its output is the task's
  virtual int size() const = 0;

  /// Of `parts` parts a member computes [first, second): neighbours, as evenly as can be.
  std::pair<int, int> share(int parts, int member) const;
  std::pair<int, int> share(int parts) const { return share(parts, rank()); }

  /// The sum over shards 0 .. shards-1 of compute(shard), the same on all members. Each shard is computed by
  /// one member; all shards' vectors have one length. Throws std::logic_error when they don't.
  std::vector<double> sum(int shards, const std::function<std::vector<double>(int)>& compute);

  /// compute(part) of parts 0 .. parts-1, one after another, the same on all members. Each part is computed
  /// by one member.
  std::vector<double> gather(int parts, const std::function<std::vector<double>(int)>& compute);

  /// The leader's bytes, on all members.
  Bytes broadcast(ByteView from_leader);

 protected:
  virtual void send(int to, ByteView bytes) = 0;
  virtual Bytes receive(int from) = 0;
  /// The next message from a member, if it is there already. Also moves sends along.
  virtual std::optional<Bytes> arrived(int from) = 0;

  /// Waits until all that was sent is with its receiver: messages may not move while a member computes.
  virtual void flush() = 0;

  friend class ShardSum;
};

/// The group of a task that runs on one rank.
class SoleGroup final : public Group {
 public:
  int rank() const override { return 0; }
  int size() const override { return 1; }

 protected:
  void send(int to, ByteView bytes) override;
  Bytes receive(int from) override;
  std::optional<Bytes> arrived(int from) override;
  void flush() override {}
};

}  // namespace reprise
