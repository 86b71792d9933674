#include "pipeline/run/messages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace reprise {
namespace {

std::vector<Wire> samples() {
  Start start;
  start.run_folder = "/runs/a";
  start.epoch = 3;
  start.seed = 7;
  start.isa = "avx2";
  start.checkpoint_seconds = 12.5;
  start.liveness = {{"node1", "127.0.0.1"}, 4711, 99};
  start.share = {3, 4, 8};
  Grant grant;
  grant.items = {{1, {2, 3}, Bytes(5, std::byte{1}), true}, {0, {4, 5}, {}, false}};
  grant.dependencies = {{{6, 7}, true, {}, {"e1-r0000-00001.h5", 8}}, {{9, 10}, false, Bytes(3), {}}};
  grant.group = 11;
  grant.members = {1, 5, 2};
  WorkerReport report;
  report.outcomes = {{{1, 2}, OutcomeStatus::done, Bytes(100), "", 0.5F, 0.25F},
                     {{3, 4}, OutcomeStatus::crashed, {}, "went down", 1, 1}};
  report.published = {{"e1-r0003-00000.h5", {{1, 1}, {2, 2}}, {0.5F, 1.5F}, {0.25F, 1.25F}}};
  report.returned = {{5, 6}};
  report.group_ended = 12;
  return {Hello{{"boot", "host", "0-3,8", 5, 2, "somebody's"}, "cpu", "isa"},
          start,
          grant,
          report,
          Stop{},
          Quit{false},
          Quit{true},
          AbortGroup{4},
          Word{{5, 6}, "epoch 2 of 9"},
          Grant{},
          WorkerReport{}};
}

TEST(Messages, SurviveTheWire) {
  for (const auto& message : samples()) {
    const auto bytes = to_wire(message);
    const auto back = from_wire(bytes);
    EXPECT_EQ(back.index(), message.index());
    EXPECT_EQ(to_wire(back), bytes);
  }
  const auto grant = std::get<Grant>(from_wire(to_wire(samples()[2])));
  EXPECT_EQ(grant.items[0].input.size(), 5U);
  EXPECT_TRUE(grant.items[0].isolate);
  EXPECT_EQ(grant.dependencies[0].address.segment, "e1-r0000-00001.h5");
  EXPECT_EQ(grant.dependencies[0].address.row, 8U);
  EXPECT_THAT(grant.members, testing::ElementsAre(1, 5, 2));
  const auto report = std::get<WorkerReport>(from_wire(to_wire(samples()[3])));
  EXPECT_EQ(report.outcomes[1].status, OutcomeStatus::crashed);
  EXPECT_EQ(report.outcomes[1].message, "went down");
  EXPECT_EQ(report.published[0].keys[1], (Key{2, 2}));
  EXPECT_EQ(report.group_ended, 12U);
  const auto start = std::get<Start>(from_wire(to_wire(samples()[1])));
  EXPECT_EQ(start.liveness.port, 4711);
  EXPECT_EQ(start.checkpoint_seconds, 12.5);
  EXPECT_EQ(start.share.threads, 8);
  const auto hello = std::get<Hello>(from_wire(to_wire(samples()[0])));
  EXPECT_EQ(hello.seat.cpus, "0-3,8");
  EXPECT_EQ(hello.seat.cores, 5);
  EXPECT_FALSE(std::get<Quit>(from_wire(to_wire(Quit{false}))).finalize);
}

TEST(Messages, CutAnywhereAreDamaged) {
  for (const auto& message : samples()) {
    const auto bytes = to_wire(message);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_THROW(from_wire(ByteView(bytes).first(size)), DamagedFile);
    }
    auto longer = bytes;
    longer.push_back(std::byte{0});
    EXPECT_THROW(from_wire(longer), DamagedFile);
  }
}

// 200,000 mutations with a fixed seed: another message, or damage; nothing else.
TEST(Messages, MutatedAreAnotherMessageOrDamaged) {
  std::mt19937_64 random(7);
  const auto all = samples();
  for (int round = 0; round < 200'000; ++round) {
    auto bytes = to_wire(all[random() % all.size()]);
    for (auto changes = 1 + random() % 3; changes > 0; --changes) {
      bytes[random() % bytes.size()] = static_cast<std::byte>(random());
    }
    if (random() % 4 == 0) bytes.resize(random() % (bytes.size() + 1));
    try {
      from_wire(bytes);
    } catch (const DamagedFile&) {
    }
  }
}

}  // namespace
}  // namespace reprise
