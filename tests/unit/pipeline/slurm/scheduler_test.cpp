#include "pipeline/slurm/scheduler.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace reprise::slurm {
namespace {

TEST(Allocation, CountsCpusOfAllNodes) {
  EXPECT_EQ(total_cpus("16"), 16);
  EXPECT_EQ(total_cpus("16(x2),8"), 40);
  EXPECT_EQ(total_cpus("4,128(x100)"), 12804);
  for (const char* wrong : {"x", "4(x", "4(x2", "4(2)", "4(x2)3", "4,,2"})
    EXPECT_THROW(total_cpus(wrong), UsageError) << wrong;
}

TEST(Allocation, HasAWorkerATaskElseOneForEachOfItsThreads) {
  EXPECT_EQ((Allocation{6, 16, 2}.workers()), 6);
  EXPECT_EQ((Allocation{0, 16, 2}.workers()), 8);
  EXPECT_EQ((Allocation{0, 0, 1}.workers()), 1);
}

TEST(Allocation, IsReadFromTheBatchJobsEnvironment) {
  const bool outside = std::getenv("SLURM_JOB_ID") == nullptr;
  if (outside) {
    EXPECT_FALSE(this_allocation());
  }
  ::setenv("SLURM_JOB_ID", "12", 1);
  ::setenv("SLURM_NTASKS", "4", 1);
  ::setenv("SLURM_CPUS_PER_TASK", "2", 1);
  ::setenv("SLURM_JOB_CPUS_PER_NODE", "4(x2)", 1);
  const auto allocation = this_allocation();
  ASSERT_TRUE(allocation);
  EXPECT_EQ(allocation->workers(), 4);
  EXPECT_EQ(allocation->cpus, 8);
  EXPECT_EQ(allocation->cpus_per_task, 2);
  for (const char* name : {"SLURM_JOB_ID", "SLURM_NTASKS", "SLURM_CPUS_PER_TASK", "SLURM_JOB_CPUS_PER_NODE"})
    ::unsetenv(name);
}

}  // namespace
}  // namespace reprise::slurm
