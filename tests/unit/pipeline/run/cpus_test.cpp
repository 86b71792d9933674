#include "pipeline/run/cpus.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "tests/unit/temporary_folder.hpp"

namespace reprise {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Numbered as Linux does on most machines: all cores' first hardware threads, then all second ones.
std::vector<Cpu> machine(int packages, int nodes, int cores, int threads) {
  std::vector<Cpu> cpus;
  const int all = packages * nodes * cores;
  for (int thread = 0; thread < threads; ++thread) {
    for (int core = 0; core < all; ++core)
      cpus.push_back({thread * all + core, core, core / cores, core / (cores * nodes)});
  }
  return cpus;
}

std::vector<std::string> lists(const std::vector<std::vector<int>>& shares) {
  std::vector<std::string> texts;
  for (const auto& ids : shares) texts.push_back(cpu_list(ids));
  return texts;
}

TEST(CpuList, IsWrittenAsLinuxWritesIt) {
  EXPECT_EQ(cpu_list({}), "");
  EXPECT_EQ(cpu_list({3}), "3");
  EXPECT_EQ(cpu_list({0, 1, 2, 5, 7, 8}), "0-2,5,7-8");
  EXPECT_THAT(read_cpu_list("0-2,5,7-8"), ElementsAre(0, 1, 2, 5, 7, 8));
  for (const char* wrong : {"", "x", "3-", "5-2", "1,x", "-1", "0-99999999", "1 2"})
    EXPECT_THAT(read_cpu_list(wrong), IsEmpty()) << wrong;
}

TEST(SharedOut, OneCoreTakesOneRank) {
  EXPECT_THAT(lists(share_out(machine(1, 1, 1, 1), 1, 1)), ElementsAre("0"));
  EXPECT_THAT(share_out(machine(1, 1, 1, 1), 2, 1), IsEmpty());
  EXPECT_THAT(share_out(machine(1, 1, 1, 1), 1, 2), IsEmpty());
}

TEST(SharedOut, TwoCoresTakeTwoRanksOrOneOfTwoThreads) {
  EXPECT_THAT(lists(share_out(machine(1, 1, 2, 1), 2, 1)), ElementsAre("0", "1"));
  EXPECT_THAT(lists(share_out(machine(1, 1, 2, 1), 1, 2)), ElementsAre("0-1"));
  EXPECT_THAT(share_out(machine(1, 1, 2, 1), 3, 1), IsEmpty());
  EXPECT_THAT(share_out(machine(1, 1, 2, 1), 2, 2), IsEmpty());
}

TEST(SharedOut, ThreadsGetCoresOfTheirOwnWhereThereAreEnough) {
  // Two sockets of four cores of two hardware threads: core c has CPUs c and c + 8.
  EXPECT_THAT(lists(share_out(machine(2, 1, 4, 2), 4, 2)),
              ElementsAre("0-1,8-9", "2-3,10-11", "4-5,12-13", "6-7,14-15"));
  EXPECT_THAT(lists(share_out(machine(2, 1, 4, 2), 2, 4)), ElementsAre("0-3,8-11", "4-7,12-15"));
}

TEST(SharedOut, TheCpusOfACoreGoToOneRankWhereCoresAreTooFew) {
  EXPECT_THAT(lists(share_out(machine(2, 1, 4, 2), 8, 2)),
              ElementsAre("0,8", "1,9", "2,10", "3,11", "4,12", "5,13", "6,14", "7,15"));
  EXPECT_THAT(lists(share_out(machine(1, 1, 2, 2), 4, 1)), ElementsAre("0", "2", "1", "3"));
  EXPECT_THAT(share_out(machine(2, 1, 4, 2), 17, 1), IsEmpty());
}

TEST(SharedOut, FewRanksAreSpreadOverSockets) {
  EXPECT_THAT(lists(share_out(machine(2, 1, 4, 1), 2, 1)), ElementsAre("0", "4"));
  EXPECT_THAT(lists(share_out(machine(2, 1, 4, 1), 3, 2)), ElementsAre("0-1", "2-3", "4-5"));
}

TEST(SharedOut, NoRankIsInTwoSocketsThatNeedNotBe) {
  // One after the other the second would have CPUs 8 to 15, of both sockets of 12.
  EXPECT_THAT(lists(share_out(machine(2, 3, 4, 1), 2, 8)), ElementsAre("0-7", "12-19"));
  // Three threads, sockets of five: one rank of the three must be in both.
  EXPECT_THAT(lists(share_out(machine(2, 1, 5, 1), 3, 3)), ElementsAre("0-2", "3-4,8", "5-7"));
  // Nodes of five in a socket: what two ranks of three leave over is enough for a third in the same socket.
  EXPECT_THAT(lists(share_out(machine(1, 2, 5, 1), 3, 3)), ElementsAre("0-2", "3-4,8", "5-7"));
}

TEST(SharedOut, HolesInWhatIsAllowedAreNoMatter) {
  auto cpus = machine(2, 1, 4, 2);
  std::erase_if(cpus, [](const Cpu& cpu) { return cpu.core == 1 || cpu.id == 10 || cpu.id >= 13; });
  EXPECT_THAT(lists(share_out(cpus, 2, 2)), ElementsAre("0,2,8", "4-5,12"));
  EXPECT_THAT(lists(share_out(cpus, 7, 1)), ElementsAre("0,8", "2", "3,11", "4,12", "5", "6", "7"));
  EXPECT_THAT(lists(share_out(cpus, 3, 3)), ElementsAre("0,2,8", "3,6,11", "4-5,12"));
  EXPECT_THAT(share_out(cpus, 11, 1), IsEmpty());
}

/// Of any machine, what must always hold.
TEST(SharedOut, SharesAreDisjointAllowedLargeEnoughAndTheSameInAnyOrder) {
  std::mt19937 random(1);
  const auto draw = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
  for (int round = 0; round < 2000; ++round) {
    auto cpus = machine(draw(1, 3), draw(1, 3), draw(1, 5), draw(1, 3));
    std::erase_if(cpus, [&](const Cpu&) { return draw(0, 5) == 0; });
    const int ranks = draw(1, 12);
    const int threads = draw(1, 5);
    const auto shares = share_out(cpus, ranks, threads);
    if (static_cast<std::size_t>(ranks * threads) > cpus.size()) {
      EXPECT_THAT(shares, IsEmpty());
      continue;
    }
    ASSERT_EQ(shares.size(), static_cast<std::size_t>(ranks));
    const bool whole_cores = static_cast<std::size_t>(ranks * threads) <= count_cores(cpus);
    std::set<int> seen;
    int in_two_sockets = 0;
    for (const auto& ids : shares) {
      std::set<int> cores;
      std::set<int> packages;
      for (const int id : ids) {
        EXPECT_TRUE(seen.insert(id).second) << "CPU " << id << " twice";
        const auto cpu =
            std::find_if(cpus.begin(), cpus.end(), [&](const Cpu& each) { return each.id == id; });
        ASSERT_NE(cpu, cpus.end());
        cores.insert(cpu->core);
        packages.insert(cpu->package);
      }
      in_two_sockets += packages.size() > 1 ? 1 : 0;
      EXPECT_EQ(whole_cores ? cores.size() : ids.size(), static_cast<std::size_t>(threads));
    }
    // No more ranks are in two sockets than do not fit into one.
    std::map<int, std::set<int>> places;
    for (const auto& cpu : cpus) places[cpu.package].insert(whole_cores ? cpu.core : cpu.id);
    int fit = 0;
    for (const auto& [package, inside] : places) fit += static_cast<int>(inside.size()) / threads;
    EXPECT_EQ(in_two_sockets, std::max(0, ranks - fit));
    std::shuffle(cpus.begin(), cpus.end(), random);
    EXPECT_EQ(share_out(cpus, ranks, threads), shares);
  }
}

TEST(Cpus, AreLocatedByWhatTheSystemSays) {
  const samples::TemporaryFolder folder;
  folder.write("cpu1/topology/thread_siblings_list", "1,5\n");
  folder.write("cpu1/topology/physical_package_id", "0\n");
  folder.write("cpu5/topology/thread_siblings_list", "1,5\n");
  folder.write("cpu5/topology/physical_package_id", "1\n");
  std::filesystem::create_directories(folder / "cpu5/node3");
  const auto cpus = locate({1, 5, 7}, folder.path());
  ASSERT_EQ(cpus.size(), 3U);
  EXPECT_EQ(cpus[1].core, 1);
  EXPECT_EQ(cpus[1].package, 1);
  EXPECT_EQ(cpus[1].node, 3);
  EXPECT_EQ(cpus[2].core, 7);  // of which nothing is said
  EXPECT_EQ(count_cores(cpus), 2U);
}

TEST(Cpus, OfAThreadCanBeNarrowed) {
  const auto before = allowed_cpus();
  ASSERT_FALSE(before.empty());
  std::thread([&] {
    EXPECT_TRUE(use_cpus({before.back()}));
    EXPECT_THAT(allowed_cpus(), ElementsAre(before.back()));
  }).join();
  EXPECT_EQ(allowed_cpus(), before);
  EXPECT_FALSE(use_cpus({}));
}

}  // namespace
}  // namespace reprise
