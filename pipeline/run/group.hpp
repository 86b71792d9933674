#pragma once

#include <functional>
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

  /// The sum over shards 0 .. shards-1 of compute(shard), the same on all members. Each shard is computed by
  /// one member; all shards' vectors have one length. Throws std::logic_error when they don't.
  std::vector<double> sum(int shards, const std::function<std::vector<double>(int)>& compute);

  /// The leader's bytes, on all members.
  Bytes broadcast(ByteView from_leader);

 protected:
  virtual void send(int to, ByteView bytes) = 0;
  virtual Bytes receive(int from) = 0;
};

/// The group of a task that runs on one rank.
class SoleGroup final : public Group {
 public:
  int rank() const override { return 0; }
  int size() const override { return 1; }

 protected:
  void send(int to, ByteView bytes) override;
  Bytes receive(int from) override;
};

}  // namespace reprise
