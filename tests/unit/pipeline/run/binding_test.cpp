#include "pipeline/run/binding.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "pipeline/base/errors.hpp"
#include "pipeline/run/cpus.hpp"
#include "pipeline/store/lock.hpp"

namespace reprise {
namespace {

using testing::HasSubstr;

/// Rank 0 coordinates and has no seat.
std::vector<std::optional<Seat>> seats(int machines, int ranks, const Seat& seat) {
  std::vector<std::optional<Seat>> all(1);
  for (int machine = 0; machine < machines; ++machine) {
    for (int rank = 0; rank < ranks; ++rank) {
      all.emplace_back(seat);
      all.back()->machine = "boot " + std::to_string(machine);
      all.back()->host = "node" + std::to_string(machine + 1);
    }
  }
  return all;
}

const Seat own{"", "", "0-31", 32, 8, ""};

void expect_none(const Seating& seating, const std::string& why) {
  EXPECT_FALSE(seating.bound);
  for (const auto& share : seating.shares) EXPECT_EQ(share.ranks, 0);
  EXPECT_THAT(seating.told, HasSubstr(why));
}

TEST(Seating, SharesEachHostAmongItsOwnRanks) {
  const auto seating = seat_ranks(seats(2, 4, own), BindMode::automatic);
  EXPECT_TRUE(seating.bound);
  ASSERT_EQ(seating.shares.size(), 9U);
  EXPECT_EQ(seating.shares[0].ranks, 0);
  for (int rank = 1; rank <= 8; ++rank) {
    const auto& share = seating.shares[static_cast<std::size_t>(rank)];
    EXPECT_EQ(share.index, (rank - 1) % 4);
    EXPECT_EQ(share.ranks, 4);
    EXPECT_EQ(share.threads, 8);
  }
  EXPECT_EQ(seating.told, "ranks are bound to cores on each of 2 hosts: 4 ranks of 8 threads on 32 cores");
}

TEST(Seating, GoesOnWithoutRanksThatAreNotThere) {
  auto some = seats(1, 4, own);
  some[2].reset();
  const auto seating = seat_ranks(some, BindMode::automatic);
  EXPECT_EQ(seating.shares[2].ranks, 0);
  EXPECT_EQ(seating.shares[3].index, 1);
  EXPECT_EQ(seating.shares[3].ranks, 3);
}

TEST(Seating, TellsHardwareThreadsFromCores) {
  auto seat = own;
  seat.cores = 16;
  EXPECT_THAT(seat_ranks(seats(1, 4, seat), BindMode::automatic).told,
              HasSubstr("on node1: 4 ranks of 8 threads on 16 cores (32 CPUs)"));
}

TEST(Seating, BindsNothingWhereRanksDoNotFit) {
  expect_none(seat_ranks(seats(1, 5, own), BindMode::cores), "5 ranks of 8 threads do not fit 32 CPUs");
}

TEST(Seating, IsDecidedForEachHost) {
  auto mixed = seats(2, 4, own);
  mixed[8]->cpus = "0-15";
  const auto seating = seat_ranks(mixed, BindMode::automatic);
  EXPECT_EQ(seating.shares[1].ranks, 4);
  EXPECT_EQ(seating.shares[8].ranks, 0);
  EXPECT_THAT(seating.told, HasSubstr("are bound to cores on node1: "));
  EXPECT_THAT(seating.told,
              HasSubstr("; ranks are not bound to cores on node2: they were started on CPUs of"));
}

TEST(Seating, TakesNodesThatAreOneMachineForOne) {
  auto two = seats(2, 2, own);
  for (std::size_t rank = 1; rank < two.size(); ++rank) two[rank]->machine = "the same boot";
  EXPECT_EQ(seat_ranks(two, BindMode::automatic).shares[4].ranks, 4);
}

TEST(Seating, LeavesCpusThatMayBeOthersUnlessAsked) {
  auto seat = own;
  seat.may_be_shared = "no scheduler says whose they are";
  expect_none(seat_ranks(seats(1, 4, seat), BindMode::automatic),
              "no scheduler says whose they are; REPRISE_BIND=cores binds them");
  EXPECT_TRUE(seat_ranks(seats(1, 4, seat), BindMode::cores).bound);
}

TEST(Seating, LeavesRoomForAnotherRunOfTheJobUnlessAsked) {
  expect_none(seat_ranks(seats(1, 2, own), BindMode::automatic), "leave half of 32 cores or more to others");
  EXPECT_TRUE(seat_ranks(seats(1, 2, own), BindMode::cores).bound);
}

TEST(Seating, BindsNothingWhenToldOrWhenThreadsAreNotKnown) {
  expect_none(seat_ranks(seats(1, 4, own), BindMode::none), "REPRISE_BIND is none");
  auto seat = own;
  seat.threads = 0;
  expect_none(seat_ranks(seats(1, 4, seat), BindMode::cores), "OMP_NUM_THREADS is not set");
}

class Environment : public testing::Test {
 protected:
  void set(const char* name, const std::string& value) {
    ::setenv(name, value.c_str(), 1);
    set_.push_back(name);
  }
  void TearDown() override {
    for (const char* name : set_) ::unsetenv(name);
  }

 private:
  std::vector<const char*> set_;
};

using ThisSeat = Environment;

TEST_F(ThisSeat, SaysWhatThisProcessMayUse) {
  set("OMP_NUM_THREADS", "3,2");
  const auto seat = this_seat();
  EXPECT_EQ(read_cpu_list(seat.cpus), allowed_cpus());
  EXPECT_EQ(seat.threads, 3);
  EXPECT_GE(seat.cores, 1);
  EXPECT_FALSE(seat.machine.empty());
}

TEST_F(ThisSeat, IsTheJobsOwnWhenSlurmGaveItAllThatIsAllowed) {
  const auto host = this_process().host;
  EXPECT_THAT(this_seat().may_be_shared, HasSubstr("no scheduler"));
  set("SLURM_JOB_ID", "1");
  EXPECT_THAT(this_seat().may_be_shared, HasSubstr("does not say"));
  set("SLURMD_NODENAME", "node1");
  set("SLURM_CPUS_ON_NODE", std::to_string(allowed_cpus().size()));
  EXPECT_THAT(this_seat().may_be_shared, HasSubstr("different names"));
  set("SLURMD_NODENAME", host.substr(0, host.find('.')));
  EXPECT_EQ(this_seat().may_be_shared, "");
  set("SLURM_CPUS_ON_NODE", "12345");
  EXPECT_THAT(this_seat().may_be_shared, HasSubstr("Slurm gave the job 12345 CPUs of the node, but"));
}

using TheBindMode = Environment;

TEST_F(TheBindMode, IsReadFromTheEnvironment) {
  EXPECT_EQ(bind_mode(), BindMode::automatic);
  set("REPRISE_BIND", "cores");
  EXPECT_EQ(bind_mode(), BindMode::cores);
  set("REPRISE_BIND", "none");
  EXPECT_EQ(bind_mode(), BindMode::none);
  set("REPRISE_BIND", "core");
  EXPECT_THROW(bind_mode(), UsageError);
}

}  // namespace
}  // namespace reprise
