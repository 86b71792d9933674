#include "pipeline/run/events.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/pipeline/store/faulty_file_system.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace reprise {
namespace {

using namespace samples;  // NOLINT

TEST(Events, AreReadInTheOrderTheyHappened) {
  const TemporaryFolder folder;
  EXPECT_TRUE(read_events(folder.path()).empty());
  Events events(folder.path(), local_file_system(), 3);
  events.add("start", {{"ranks", 4}});
  events.add("end", {{"message", "line\nbreak and \xff"}});
  const auto all = read_events(folder.path());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].at("event"), "start");
  EXPECT_EQ(all[0].at("ranks"), 4);
  EXPECT_EQ(all[0].at("epoch"), 3);
  EXPECT_EQ(all[0].at("time").get<std::string>().size(), 20U);
  EXPECT_EQ(all[1].at("event"), "end");
}

TEST(Events, ATornLineCostsOnlyItself) {
  const TemporaryFolder folder;
  const auto file = folder / "events.jsonl";
  for (const auto* torn : {"\n{\"event\": \"sta", "\n", "\n[1]", "\n{\"no\": 1}", "\n3"}) {
    std::filesystem::remove(file);
    Events events(folder.path(), local_file_system(), 1);
    events.add("first", nlohmann::json::object());
    local_file_system().append(file, bytes_of(torn));
    events.add("second", nlohmann::json::object());
    const auto all = read_events(folder.path());
    ASSERT_EQ(all.size(), 2U) << torn;
    EXPECT_EQ(all[1].at("event"), "second");
  }
}

TEST(Events, AreNotWorthARun) {
  const TemporaryFolder folder;
  FaultyFileSystem files(folder.path());
  files.arm(FaultyFileSystem::Fault::error, 1);
  Events events(folder.path(), files, 1);
  testing::internal::CaptureStderr();
  EXPECT_NO_THROW(events.add("start", nlohmann::json::object()));
  EXPECT_NE(testing::internal::GetCapturedStderr(), "");
  events.add("end", nlohmann::json::object());
  EXPECT_EQ(read_events(folder.path()).size(), 1U);
}

}  // namespace
}  // namespace reprise
