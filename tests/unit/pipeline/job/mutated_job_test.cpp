#include <gtest/gtest.h>

#include <array>
#include <random>

#include "pipeline/job/utf8.hpp"
#include "tests/unit/pipeline/job/sample_jobs.hpp"

namespace reprise {
namespace {

/// Pieces that TOML gives a meaning, so that mutations reach beyond the lexer.
constexpr std::array<std::string_view, 34> kPieces{"[",          "]",
                                                   "[[",         "]]",
                                                   "{",          "}",
                                                   "\"",         "'",
                                                   "\"\"\"",     "'''",
                                                   "\\",         ".",
                                                   ",",          "=",
                                                   "\n",         "\r\n",
                                                   "#",          " ",
                                                   "-",          "_",
                                                   "0x",         "0b1",
                                                   "1e999",      "nan",
                                                   "true",       "a.b",
                                                   "[run",       "noise",
                                                   "= []",       "\xff",
                                                   "\t",         "\\u",
                                                   "2020-01-01", "9223372036854775808"};

class Mutations {
 public:
  explicit Mutations(std::uint64_t seed) : random_(seed) {}

  std::string mutated(std::string text) {
    const auto count = 1 + below(4);
    for (std::size_t i = 0; i < count; ++i) mutate(text);
    return text;
  }

 private:
  std::size_t below(std::size_t end) {
    return std::uniform_int_distribution<std::size_t>(0, end - 1)(random_);
  }

  void mutate(std::string& text) {
    const auto at = below(text.size() + 1);
    const auto length = std::min(below(12), text.size() - at);
    switch (below(6)) {
      case 0:
        text.erase(at, length);
        break;
      case 1:
        text.insert(at, kPieces[below(kPieces.size())]);
        break;
      case 2:
        text.replace(at, length, kPieces[below(kPieces.size())]);
        break;
      case 3:
        text.insert(at, text.substr(below(text.size() + 1), 1 + below(60)));
        break;
      case 4:
        text.insert(at, 1, static_cast<char>(below(256)));
        break;
      default:
        text.resize(std::max<std::size_t>(at, 1));
        break;
    }
    if (text.empty()) text = "\n";
  }

  std::mt19937_64 random_;
};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kMutations = 2'000;
#else
constexpr int kMutations = 20'000;
#endif

TEST(MutatedJob, IsReadOrRefusedAndNothingElse) {
  Mutations mutations(20240601);
  int read = 0;
  int refused = 0;
  for (int i = 0; i < kMutations; ++i) {
    const auto text = mutations.mutated(sample::kJob);
    try {
      sample::read_all(text);
      ++read;
    } catch (const UsageError& error) {
      ++refused;
      const std::string_view message = error.what();
      ASSERT_TRUE(message.starts_with("job.toml:")) << message << "\n--- in\n" << text;
      ASSERT_FALSE(find_invalid_utf8(message)) << message;
      ASSERT_EQ(message.find("toml::"), std::string_view::npos) << message << "\n--- in\n" << text;
    } catch (const std::exception& error) {
      FAIL() << error.what() << "\n--- in\n" << text;
    }
  }
  EXPECT_GT(read, kMutations / 40);
  EXPECT_GT(refused, kMutations / 2);
}

}  // namespace
}  // namespace reprise
