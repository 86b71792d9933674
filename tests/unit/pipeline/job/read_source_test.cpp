#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "pipeline/base/errors.hpp"
#include "pipeline/job/source.hpp"
#include "tests/unit/pipeline/job/sample_jobs.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace reprise {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class ReadSource : public testing::Test {
 protected:
  fs::path write(const std::string& name, const std::string& text) const {
    return temporary_.write(name, text);
  }
  static std::string complaint(const fs::path& path) {
    try {
      read_source(path);
    } catch (const UsageError& error) {
      return error.what();
    }
    return {};
  }

  samples::TemporaryFolder temporary_;
  fs::path folder_ = temporary_.path();
};

TEST_F(ReadSource, GivesTheText) {
  EXPECT_EQ(read_source(write("a.toml", "x = 1\n")).text(), "x = 1\n");
  EXPECT_EQ(read_source(write("empty.toml", "")).text(), "");
}

TEST_F(ReadSource, ReadsAJob) {
  const auto job = read_job(write("My Job.toml", sample::kHeader));
  EXPECT_EQ(job.name, "my-job");
  EXPECT_EQ(job.path, folder_ / "My Job.toml");
  EXPECT_THAT(job.root.location("scale"), testing::EndsWith("My Job.toml:2:1"));
}

TEST_F(ReadSource, SuggestsTheFileThatWasMeant) {
  write("fluctuations.toml", "");
  EXPECT_THAT(complaint(folder_ / "fluctuation.toml"),
              HasSubstr("did you mean " + (folder_ / "fluctuations.toml").string()));
  EXPECT_THAT(complaint(folder_ / "other.toml"),
              HasSubstr("no such file; jobs that come with reprise are in jobs/"));
  EXPECT_THAT(complaint(folder_ / "none" / "job.toml"),
              HasSubstr("there is no folder " + (folder_ / "none").string()));
  EXPECT_THAT(complaint(""), HasSubstr("empty"));
}

TEST_F(ReadSource, RefusesFolders) {
  EXPECT_THAT(complaint(folder_), HasSubstr("is a folder; a job file is wanted"));
  write("a.toml", "");
  EXPECT_THAT(complaint(folder_), HasSubstr("such as " + (folder_ / "a.toml").string()));
  EXPECT_THAT(complaint(folder_ / "a.toml" / "b"), HasSubstr("b: "));
}

TEST_F(ReadSource, RefusesLargeFilesWithoutReadingThem) {
  const auto path = write("large.toml", "");
  fs::resize_file(path, std::uintmax_t{1} << 40);
  EXPECT_THAT(complaint(path), HasSubstr("has 1099511627776 bytes; a job file has at most 1048576"));
  fs::resize_file(path, kLargestJobFile);
  EXPECT_THAT(complaint(path), HasSubstr("isn't a text file"));
}

TEST_F(ReadSource, RefusesPipesRatherThanWait) {
  ASSERT_EQ(mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(complaint(folder_ / "pipe"), HasSubstr("is not a regular file"));
}

TEST_F(ReadSource, SaysWhyAFileCantBeRead) {
  const auto path = write("secret.toml", "");
  fs::permissions(path, fs::perms::none);
  fs::permissions(folder_, fs::perms::owner_all | fs::perms::others_exec);
  constexpr uid_t nobody = 65534;
  const bool root = geteuid() == 0;  // who reads everything
  if (root && seteuid(nobody) != 0) GTEST_SKIP() << "runs as root and can't be anyone else";
  EXPECT_THAT(complaint(path), HasSubstr("can't be read: Permission denied"));
  if (root) {
    ASSERT_EQ(seteuid(0), 0);
  }
}

TEST_F(ReadSource, ReadsALongListSoon) {
  std::string text = sample::kHeader + "dims = [";
  while (text.size() < 100'000) text += text.size() % 1000 < 4 ? "\n" : "20, ";
  const auto job = read_job(write("list.toml", text + "]\n"));
  EXPECT_GT(read_struct<sample::Fluctuations>(job.experiments.at(0).second).dims.size(), 20'000U);
}

}  // namespace
}  // namespace reprise
