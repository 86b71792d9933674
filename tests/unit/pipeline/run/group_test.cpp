#include "pipeline/run/group.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <random>
#include <thread>

namespace reprise {
namespace {

/// Members are threads of this process; messages go through queues.
struct Mail {
  std::mutex mutex;
  std::condition_variable arrived;
  std::map<std::pair<int, int>, std::deque<Bytes>> queues;  ///< by sender and receiver
};

class ThreadGroup final : public Group {
 public:
  ThreadGroup(Mail& mail, int rank, int size) : mail_(mail), rank_(rank), size_(size) {}
  int rank() const override { return rank_; }
  int size() const override { return size_; }

 protected:
  void send(int to, ByteView bytes) override {
    const std::scoped_lock lock(mail_.mutex);
    mail_.queues[{rank_, to}].emplace_back(bytes.begin(), bytes.end());
    mail_.arrived.notify_all();
  }
  Bytes receive(int from) override {
    std::unique_lock lock(mail_.mutex);
    auto& queue = mail_.queues[{from, rank_}];
    mail_.arrived.wait(lock, [&] { return !queue.empty(); });
    auto bytes = std::move(queue.front());
    queue.pop_front();
    return bytes;
  }

 private:
  Mail& mail_;
  int rank_;
  int size_;
};

/// What each of `size` members gets from `work`.
template <class Work>
auto on_members(int size, Work work) {
  Mail mail;
  std::vector<std::invoke_result_t<Work, Group&>> results(static_cast<std::size_t>(size));
  std::vector<std::thread> threads;
  for (int rank = 0; rank < size; ++rank) {
    threads.emplace_back([&, rank] {
      ThreadGroup group(mail, rank, size);
      results[static_cast<std::size_t>(rank)] = work(group);
    });
  }
  for (auto& thread : threads) thread.join();
  return results;
}

/// Numbers of very different sizes, so that any other order of summation gives other bits.
std::vector<double> shard_values(int shard) {
  std::mt19937_64 random(static_cast<std::uint64_t>(shard) + 1);
  std::vector<double> values(200);
  for (auto& value : values) {
    value = std::ldexp(static_cast<double>(random() >> 11U), static_cast<int>(random() % 60) - 80) *
            (random() % 2 == 0 ? 1 : -1);
  }
  return values;
}

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

TEST(Group, SumsHaveTheSameBitsForAnyNumberOfMembers) {
  for (const int shards : {1, 2, 3, 5, 8, 12, 16, 31}) {
    SoleGroup sole;
    const auto alone = sole.sum(shards, shard_values);
    for (const int size : {1, 2, 3, 4, 7}) {
      for (const auto& sum :
           on_members(size, [&](Group& group) { return group.sum(shards, shard_values); })) {
        EXPECT_TRUE(same_bits(sum, alone)) << shards << " shards, " << size << " members";
      }
    }
  }
}

// Were partial sums of members added up instead, the test above would fail.
TEST(Group, SummingMembersSharesInRankOrderWouldChangeBits) {
  const auto naive = [](int shards, int members) {
    std::vector<double> total(200);
    for (int member = 0; member < members; ++member) {
      std::vector<double> part(200);
      for (int shard = member * shards / members; shard < (member + 1) * shards / members; ++shard) {
        const auto values = shard_values(shard);
        for (std::size_t i = 0; i < part.size(); ++i) part[i] += values[i];
      }
      for (std::size_t i = 0; i < part.size(); ++i) total[i] += part[i];
    }
    return total;
  };
  EXPECT_FALSE(same_bits(naive(16, 1), naive(16, 3)));
  EXPECT_FALSE(same_bits(naive(16, 2), naive(16, 4)));
}

TEST(Group, EachShardIsComputedOnce) {
  std::mutex mutex;
  std::map<int, int> times;
  on_members(4, [&](Group& group) {
    return group.sum(13, [&](int shard) {
      const std::scoped_lock lock(mutex);
      ++times[shard];
      return std::vector<double>{1.0};
    });
  });
  EXPECT_EQ(times.size(), 13U);
  for (const auto& [shard, count] : times) EXPECT_EQ(count, 1) << shard;
}

TEST(Group, SeveralSumsFollowEachOther) {
  const auto results = on_members(3, [](Group& group) {
    double total = 0;
    for (int round = 0; round < 50; ++round) {
      total += group.sum(4, [&](int shard) { return std::vector<double>{1.0 * shard + round}; })[0];
    }
    return total;
  });
  for (const double result : results) EXPECT_EQ(result, 50 * 6 + 4 * (49 * 50 / 2));
}

TEST(Group, TheLeadersBytesReachAll) {
  for (const auto& bytes : on_members(5, [](Group& group) {
         const auto mine = std::to_string(group.rank());
         return group.broadcast(bytes_of(mine));
       })) {
    EXPECT_EQ(text_of(bytes), "0");
  }
}

TEST(Group, ShardsOfDifferentLengthAreAMistake) {
  SoleGroup sole;
  EXPECT_THROW(sole.sum(2, [](int shard) { return std::vector<double>(static_cast<std::size_t>(shard)); }),
               std::logic_error);
  EXPECT_THROW(sole.sum(0, shard_values), std::logic_error);
}

}  // namespace
}  // namespace reprise
