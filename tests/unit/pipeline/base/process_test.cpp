#include "pipeline/base/process.hpp"

#include <gtest/gtest.h>

#include "tests/unit/temporary_folder.hpp"

namespace reprise {
namespace {

TEST(Process, SaysWhatItPrintedAndHowItEnded) {
  const auto outcome = run_process({"sh", "-c", "echo out; echo err >&2; exit 3"});
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_EQ(outcome.output, "out\n");
  EXPECT_EQ(outcome.errors, "err\n");
  EXPECT_FALSE(outcome.succeeded());
}

TEST(Process, MuchOutputOnBothPipesDoesNotBlock) {
  const auto outcome = run_process({"sh", "-c", "head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2"});
  EXPECT_TRUE(outcome.succeeded());
  EXPECT_EQ(outcome.output.size(), 300000U);
  EXPECT_EQ(outcome.errors.size(), 300000U);
}

TEST(Process, ArgumentsAreNotReadByAShell) {
  EXPECT_EQ(run_process({"printf", "%s", "$HOME; `ls` *"}).output, "$HOME; `ls` *");
}

TEST(Process, RunsInTheFolderAskedForWithoutInput) {
  const samples::TemporaryFolder folder;
  const auto outcome = run_process({"sh", "-c", "pwd; cat"}, {folder.path(), std::chrono::seconds(20)});
  EXPECT_EQ(outcome.output, std::filesystem::canonical(folder.path()).string() + "\n");
}

TEST(Process, IsKilledWhenItTakesTooLong) {
  const auto outcome =
      run_process({"sh", "-c", "echo begun; exec sleep 60"}, {{}, std::chrono::milliseconds(300)});
  EXPECT_FALSE(outcome.exit_code);
  EXPECT_EQ(outcome.output, "begun\n");
  EXPECT_EQ(outcome.errors, "sh took longer than 0.3 s\n");
}

TEST(Process, ThatIsNotThereIsAnErrorThatNamesIt) {
  EXPECT_THROW(run_process({"no-such-program-of-reprise"}), ProgramMissing);
  EXPECT_FALSE(on_path("no-such-program-of-reprise"));
  EXPECT_TRUE(on_path("sh"));
}

}  // namespace
}  // namespace reprise
