#include "pipeline/slurm/profile.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "pipeline/base/errors.hpp"
#include "pipeline/store/file_system.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace reprise::slurm {
namespace {

class ProfileFile : public testing::Test {
 protected:
  std::filesystem::path write(const std::string& text) {
    local_file_system().write(folder_ / "site.toml", bytes_of(text));
    return folder_ / "site.toml";
  }
  std::string complaint(const std::string& text) {
    try {
      read_profile(write(text));
    } catch (const UsageError& error) {
      return error.what();
    }
    return "";
  }
  samples::TemporaryFolder folder_;
};

TEST_F(ProfileFile, IsReadKeyByKey) {
  const auto profile = read_profile(write(R"(
partition = "main"
launcher = "srun"
modules = ["openmpi/4.1", "hdf5"]
sbatch = ["--constraint=avx512"]
warning_seconds = 300
requeue = false
)"));
  EXPECT_EQ(profile.partition, "main");
  EXPECT_EQ(profile.launcher, Launcher::srun);
  EXPECT_THAT(profile.modules, testing::ElementsAre("openmpi/4.1", "hdf5"));
  EXPECT_EQ(profile.warning_seconds, 300);
  EXPECT_FALSE(profile.requeue);
  EXPECT_EQ(profile.most_requeues, Profile{}.most_requeues);
}

TEST_F(ProfileFile, WithATypoIsRefusedWithItsLineAndTheNameMeant) {
  EXPECT_THAT(complaint("account = \"a\"\npartitoin = \"main\"\n"),
              testing::AllOf(testing::HasSubstr("site.toml:2"), testing::HasSubstr("partitoin"),
                             testing::HasSubstr("partition")));
}

TEST_F(ProfileFile, WithOptionsThatSubmitSetsIsRefused) {
  EXPECT_THAT(complaint("sbatch = [\"--requeue\"]\n"), testing::HasSubstr("`reprise submit` sets them"));
  EXPECT_THAT(complaint("sbatch = [\"constraint=x\"]\n"), testing::HasSubstr("--constraint=avx512"));
  EXPECT_THAT(complaint("launcher = \"mpiexec\"\n"), testing::HasSubstr("mpirun"));
  EXPECT_THAT(complaint("warning_seconds = 1\n"), testing::HasSubstr("from 5 to 3600"));
}

TEST_F(ProfileFile, IsFoundWhereTheEnvironmentSays) {
  const auto file = write("partition = \"named\"\n");
  ::setenv("REPRISE_PROFILE", file.c_str(), 1);
  EXPECT_EQ(find_profile(std::nullopt).partition, "named");
  ::unsetenv("REPRISE_PROFILE");
  ::setenv("XDG_CONFIG_HOME", folder_.path().c_str(), 1);
  EXPECT_EQ(find_profile(std::nullopt).partition, "");
  local_file_system().create_folders(folder_ / "reprise");
  local_file_system().write(folder_ / "reprise" / "profile.toml", bytes_of("partition = \"usual\"\n"));
  EXPECT_EQ(find_profile(std::nullopt).partition, "usual");
  ::unsetenv("XDG_CONFIG_HOME");
}

TEST(Profiles, ThatComeWithUsAreRight) {
  const char* source = std::getenv("REPRISE_SOURCE_FOLDER");
  if (source == nullptr) GTEST_SKIP() << "run by ctest, which says where the sources are";
  const auto folder = std::filesystem::path(source) / "slurm" / "profiles";
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".toml") continue;
    EXPECT_NO_THROW(read_profile(entry.path())) << entry.path();
    ++count;
  }
  EXPECT_GE(count, 1);
}

}  // namespace
}  // namespace reprise::slurm
