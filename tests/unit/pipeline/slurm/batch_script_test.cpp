#include "pipeline/slurm/batch_script.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/base/process.hpp"
#include "pipeline/store/file_system.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace reprise::slurm {
namespace {

using testing::HasSubstr;
using testing::Not;

Batch sample() {
  Batch batch;
  batch.elements = {{"/jobs/my job.toml", "", "/runs/my-job"}};
  batch.program = "/opt/reprise";
  batch.command = "reprise submit 'my job.toml'";
  batch.name = "reprise-my-job";
  batch.nodes = 2;
  batch.ntasks_per_node = 8;
  batch.time = "1:00:00";
  batch.site.partition = "main";
  batch.site.modules = {"openmpi"};
  batch.site.scratch = "/local/$SLURM_JOB_ID";
  return batch;
}

bool is_bash(const std::string& text) {
  const samples::TemporaryFolder folder;
  local_file_system().write(folder / "script", bytes_of(text));
  const auto outcome = run_process({"bash", "-n", (folder / "script").string()});
  EXPECT_EQ(outcome.errors, "");
  return outcome.succeeded();
}

TEST(BatchScript, AsksForWhatWasAskedFor) {
  const auto text = batch_script(sample());
  for (const char* line :
       {"#SBATCH --nodes=2\n", "#SBATCH --ntasks-per-node=8\n", "#SBATCH --time=1:00:00\n",
        "#SBATCH --partition=main\n", "#SBATCH --requeue\n", "#SBATCH --signal=B:USR1@120\n",
        "#SBATCH --output=/runs/my-job/slurm/%j.log\n", "module load openmpi\n",
        "export TMPDIR=\"/local/$SLURM_JOB_ID\"", "job='/jobs/my job.toml'\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
  EXPECT_THAT(text, Not(HasSubstr("--exclusive")));
  EXPECT_THAT(text, Not(HasSubstr("--account")));
  EXPECT_TRUE(is_bash(text));
}

TEST(BatchScript, TakesWholeNodesWhenNothingIsSaidOfRanks) {
  auto batch = sample();
  batch.ntasks_per_node = 0;
  EXPECT_THAT(batch_script(batch), HasSubstr("#SBATCH --exclusive\n"));
}

TEST(BatchScript, OfAChainDoesNotRequeue) {
  auto batch = sample();
  batch.chain = true;
  const auto text = batch_script(batch);
  EXPECT_THAT(text, HasSubstr("#SBATCH --no-requeue\n"));
  EXPECT_THAT(text, HasSubstr("#SBATCH --dependency=singleton\n"));
  EXPECT_THAT(text, Not(HasSubstr(" requeue \"$run\"")));
  EXPECT_THAT(text, HasSubstr("status --state"));
  EXPECT_TRUE(is_bash(text));
}

TEST(BatchScript, OfAnArrayHasAnElementARun) {
  auto batch = sample();
  batch.elements.push_back({"/jobs/b.toml", "law", "/runs/b-law"});
  const auto text = batch_script(batch);
  EXPECT_THAT(text, HasSubstr("#SBATCH --array=0-1\n"));
  EXPECT_THAT(text, HasSubstr("%A_%a.log"));
  EXPECT_THAT(text, HasSubstr("run=${runs[$SLURM_ARRAY_TASK_ID]}"));
  EXPECT_TRUE(is_bash(text));
}

TEST(BatchScript, StartsRanksAsTheSiteDoes) {
  auto batch = sample();
  EXPECT_THAT(batch_script(batch), HasSubstr("run \"$job\" -n auto"));
  batch.site.launcher = Launcher::srun;
  EXPECT_THAT(batch_script(batch),
              HasSubstr("srun --mpi=pmix --kill-on-bad-exit=0 \"$reprise\" run \"$job\""));
}

TEST(BatchScript, NeverRequeuesWhereTheSiteCannot) {
  auto batch = sample();
  batch.site.requeue = false;
  EXPECT_THAT(batch_script(batch), HasSubstr("--most 0"));
}

}  // namespace
}  // namespace reprise::slurm
