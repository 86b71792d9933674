#include "pipeline/run/checkpoints.hpp"

#include <gtest/gtest.h>

#include "tests/unit/pipeline/reflect/sample_rows.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace reprise {
namespace {

using namespace samples;  // NOLINT
namespace fs = std::filesystem;

class CheckpointsTest : public testing::Test {
 protected:
  std::vector<fs::path> files() const {
    std::vector<fs::path> found;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path())) {
      if (entry.is_regular_file()) found.push_back(entry.path());
    }
    std::sort(found.begin(), found.end());
    return found;
  }
  void save(std::uint64_t i) { checkpoints_.save(key_, schema_of<Everything>(), encode(everything(i))); }
  std::optional<Everything> load() const {
    const auto state = checkpoints_.load(key_, schema_of<Everything>());
    return state ? std::optional(decode<Everything>(*state)) : std::nullopt;
  }

  TemporaryFolder folder_;
  Checkpoints checkpoints_{folder_.path(), local_file_system(), {}};
  Key key_{1, 2};
};

TEST_F(CheckpointsTest, TheNewestIsLoaded) {
  EXPECT_FALSE(load());
  for (std::uint64_t i = 0; i < 12; ++i) {
    save(i);
    EXPECT_EQ(load(), everything(i));
  }
}

TEST_F(CheckpointsTest, TwoAreKept) {
  for (std::uint64_t i = 0; i < 5; ++i) save(i);
  EXPECT_EQ(files().size(), 2U);
}

TEST_F(CheckpointsTest, ADamagedOneCostsAnIntervalNotTheTask) {
  save(1);
  save(2);
  const auto newest = files().back();
  auto bytes = read_file(newest);
  bytes.resize(bytes.size() / 2);
  local_file_system().write(newest, bytes);
  EXPECT_EQ(load(), everything(1));
  save(3);
  EXPECT_EQ(load(), everything(3));
  local_file_system().write(files().front(), {});
  local_file_system().write(files().back(), {});
  EXPECT_FALSE(load());
}

TEST_F(CheckpointsTest, AnotherKindOfStateIsNotLoaded) {
  save(1);
  EXPECT_FALSE(checkpoints_.load(key_, schema_of<Small>()));
  auto other_names = schema_of<Everything>();
  for (auto& column : other_names) {
    if (column.name == "shape") column.enumerators.pop_back();
  }
  EXPECT_FALSE(checkpoints_.load(key_, other_names));
}

TEST_F(CheckpointsTest, AnotherTasksAreItsOwn) {
  save(1);
  EXPECT_FALSE(checkpoints_.load({3, 4}, schema_of<Everything>()));
  checkpoints_.remove({3, 4});
  EXPECT_TRUE(load());
  checkpoints_.remove(key_);
  EXPECT_FALSE(load());
  EXPECT_TRUE(files().empty());
}

TEST_F(CheckpointsTest, ThoseOfFinishedTasksAreCleanedUp) {
  save(1);
  checkpoints_.save({3, 4}, schema_of<Small>(), encode(Small{5}));
  fs::create_directories(folder_ / "checkpoints/not-a-key");
  fs::create_directories(folder_ / "checkpoints/neither-a-key-with-32-characters");
  checkpoints_.clean([&](const Key& key) { return key == key_; });
  EXPECT_FALSE(load());
  EXPECT_TRUE(checkpoints_.load({3, 4}, schema_of<Small>()));
}

}  // namespace
}  // namespace reprise
