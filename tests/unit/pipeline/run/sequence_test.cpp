#include "pipeline/run/sequence.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace reprise {
namespace {

TEST(Sequence, HoldsAVector) {
  const Sequence<int> sequence(std::vector<int>{3, 1, 2});
  EXPECT_EQ(sequence.size, 3U);
  EXPECT_EQ(sequence.at(1), 1);
}

TEST(Grid, HasAllCombinationsTheLastVaryingFastest) {
  const auto grid_of = grid([](int a, const std::string& b) { return std::to_string(a) + b; },
                            std::vector<int>{1, 2}, std::vector<std::string>{"x", "y", "z"});
  std::vector<std::string> all;
  for (std::size_t i = 0; i < grid_of.size; ++i) all.push_back(grid_of.at(i));
  EXPECT_THAT(all, testing::ElementsAre("1x", "1y", "1z", "2x", "2y", "2z"));
}

TEST(Grid, WithAnEmptyAxisIsEmpty) {
  EXPECT_EQ(grid([](int a, int) { return a; }, std::vector<int>{1, 2}, std::vector<int>{}).size, 0U);
}

}  // namespace
}  // namespace reprise
