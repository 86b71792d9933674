#include "pipeline/base/shell.hpp"

#include <gtest/gtest.h>

#include "pipeline/base/process.hpp"

namespace reprise {
namespace {

TEST(ShellWord, IsReadBackByAShell) {
  for (const std::string word :
       {"plain", "", "two words", "it's", "$HOME", "a;b|c", "back\\slash", "\"quoted\"", "*", "line\nline"}) {
    EXPECT_EQ(run_process({"sh", "-c", "printf %s " + shell_word(word)}).output, word);
  }
  EXPECT_EQ(shell_word("jobs/smoke/kde.toml"), "jobs/smoke/kde.toml");
}

}  // namespace
}  // namespace reprise
