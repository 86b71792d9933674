#include "pipeline/slurm/requeue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "pipeline/run/events.hpp"
#include "tests/unit/pipeline/store/sample_segments.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace reprise::slurm {
namespace {

using testing::HasSubstr;

class Requeue : public testing::Test {
 protected:
  void requeued(const std::string& job, std::size_t results, std::size_t checkpoints = 0) {
    Events(folder_.path(), local_file_system(), 1)
        .add("requeue", {{"job_id", job}, {"results", results}, {"checkpoints", checkpoints}});
  }
  /// Publishes a segment of so many rows.
  void publish(std::size_t rows) {
    auto header = samples::sample_header();
    header.sequence = number_++;
    local_file_system().create_folders(folder_ / "segments");
    publish_file(local_file_system(), folder_ / "segments" / header.file_name(),
                 samples::sample_rows(0, rows, false).finish(header));
  }
  void checkpoint(int number) {
    local_file_system().create_folders(folder_ / "checkpoints" / Key{1, 2}.hex());
    local_file_system().write(folder_ / "checkpoints" / Key{1, 2}.hex() / (std::to_string(number) + ".h5"),
                              {});
  }
  RequeueDecision decide(std::size_t most = 100) { return decide_requeue(folder_.path(), "7", most); }

  samples::TemporaryFolder folder_;
  std::int64_t number_ = 100;
};

TEST_F(Requeue, GoesOnWhileResultsComeIn) {
  publish(3);
  EXPECT_TRUE(decide().requeue);
  requeued("7", 3);
  publish(2);
  EXPECT_TRUE(decide().requeue);
}

TEST_F(Requeue, GoesOnWhileCheckpointsComeIn) {
  requeued("7", 0, 1);
  requeued("7", 0, 1);
  checkpoint(0);
  EXPECT_FALSE(decide().requeue);
  checkpoint(1);
  EXPECT_TRUE(decide().requeue);
}

TEST_F(Requeue, EndsWhenTwoInARowGotNowhere) {
  EXPECT_TRUE(decide().requeue);  // the first may have had bad luck
  requeued("7", 0);
  const auto second = decide();
  EXPECT_FALSE(second.requeue);
  EXPECT_THAT(second.reason, HasSubstr("two allocations in a row got nowhere"));
}

TEST_F(Requeue, OneWithoutProgressAfterSomeIsForgiven) {
  publish(3);
  requeued("7", 3);
  EXPECT_TRUE(decide().requeue);
  requeued("7", 3);
  EXPECT_FALSE(decide().requeue);
}

TEST_F(Requeue, EndsAtItsLimit) {
  publish(5);
  requeued("7", 1);
  requeued("7", 2);
  EXPECT_THAT(decide(2).reason, HasSubstr("requeued itself 2 times"));
  EXPECT_TRUE(decide(3).requeue);
  EXPECT_THAT(decide(0).reason, HasSubstr("can't requeue themselves"));
}

TEST_F(Requeue, AnotherJobsRequeuesDoNotCount) {
  requeued("6", 0);
  requeued("6", 0);
  EXPECT_TRUE(decide().requeue);
}

}  // namespace
}  // namespace reprise::slurm
