#include "pipeline/base/nearest.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace reprise {
namespace {

TEST(EditDistance, CountsInsertionsDeletionsReplacementsAndSwaps) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("abc", ""), 3U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("seed", "sede"), 1U);
  EXPECT_EQ(edit_distance("ca", "abc"), 3U);  // restricted: 2 in the unrestricted distance
}

TEST(EditDistance, IsSymmetric) {
  const std::vector<std::string> words{"", "dims", "dim", "midst", "bandwidth", "bnadwidth"};
  for (const auto& a : words) {
    for (const auto& b : words) EXPECT_EQ(edit_distance(a, b), edit_distance(b, a));
  }
}

TEST(Nearest, FindsTheNameThatWasMeant) {
  const std::vector<std::string> known{"seed", "scale", "publish_seconds", "publish_megabytes", "isa"};
  EXPECT_EQ(nearest("sede", known), "seed");
  EXPECT_EQ(nearest("SEED", known), "seed");
  EXPECT_EQ(nearest("publish-second", known), "publish_seconds");
  EXPECT_EQ(nearest("is", known), "isa");
}

TEST(Nearest, FindsNothingFarOff) {
  const std::vector<std::string> known{"seed", "scale", "isa"};
  EXPECT_EQ(nearest("temperature", known), "");
  EXPECT_EQ(nearest("", known), "");
  EXPECT_EQ(nearest("x", std::vector<std::string>{"y"}), "");
  EXPECT_EQ(nearest(std::string(100000, 's'), known), "");
  EXPECT_EQ(did_you_mean("temperature", known), "");
  EXPECT_EQ(did_you_mean("scael", known), "; did you mean \"scale\"?");
}

}  // namespace
}  // namespace reprise
