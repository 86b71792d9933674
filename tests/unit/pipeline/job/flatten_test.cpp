#include "pipeline/job/flatten.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "pipeline/job/describe.hpp"
#include "tests/unit/pipeline/job/sample_jobs.hpp"

namespace reprise {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(Flatten, GivesEveryKeyWithItsDefault) {
  EXPECT_THAT(flatten(sample::Noise{}, "x"), ElementsAre(Pair("x.level", "0.25"), Pair("x.draws", "8")));
  const auto flat = flatten(sample::Fluctuations{});
  ASSERT_EQ(flat.size(), 16U);
  EXPECT_THAT(flat[0], Pair("dims", "[20, 100]"));
  EXPECT_THAT(flat[1], Pair("alphas", "[0.5, 1.0]"));
  EXPECT_THAT(flat[5], Pair("centred", "true"));
  EXPECT_THAT(flat[9], Pair("tags", "[]"));
  EXPECT_THAT(flat[11], Pair("spectra", "[\"isotropic\"]"));
  EXPECT_THAT(flat[15], Pair("noise.draws", "8"));
}

TEST(Flatten, IsReadBackToTheSameValues) {
  sample::Fluctuations value;
  value.bandwidth = 0.1 + 0.2;
  value.alphas = {std::nextafter(1.0, 2.0), 5e-324, 1.7976931348623157e308, -0.0, 1e21};
  value.tolerance = 0.1F;
  value.label = "a \"quoted\" \\ tab\t newline\n escape\x1b ü";
  value.spectrum = sample::Spectrum::power_law;
  value.flags = {true, false};
  value.offset = std::numeric_limits<std::uint64_t>::max();
  value.datasets = std::numeric_limits<std::int64_t>::min();
  std::string text = sample::kHeader;
  for (const auto& [key, written] : flatten(value)) text += key + " = " + written + "\n";
  EXPECT_EQ(flatten(sample::read_all(text)), flatten(value));
}

TEST(Differences, TellAddedRemovedAndChanged) {
  const Flattened before{{"a", "1"}, {"b", "2"}, {"c", "3"}};
  const Flattened after{{"d", "4"}, {"c", "5"}, {"a", "1"}};
  const auto found = differences(before, after);
  EXPECT_THAT(found,
              ElementsAre(Difference{"b", "2", ""}, Difference{"c", "3", "5"}, Difference{"d", "", "4"}));
  EXPECT_EQ(to_text(found), "b: 2 (removed)\nc: 3 -> 5\nd: 4 (added)\n");
  EXPECT_TRUE(differences(before, before).empty());
}

TEST(Differences, ShowLongValuesWhereTheyDiffer) {
  const std::string same(500, 'x');
  const auto text = to_text(differences({{"k", same + "1" + same}}, {{"k", same + "2" + same}}));
  EXPECT_LT(text.size(), 220U);
  EXPECT_NE(text.find("x1x"), std::string::npos);
  EXPECT_NE(text.find("x2x"), std::string::npos);
}

TEST(Describe, SaysKeyTypeDefaultUnitAndMeaning) {
  const auto rows = describe<sample::Fluctuations>();
  ASSERT_EQ(rows.size(), 16U);
  EXPECT_EQ(rows[0], (KeyDescription{"dims", "list of integers", "[20, 100]", "", "dimensions of the data"}));
  EXPECT_EQ(rows[7], (KeyDescription{"bandwidth", "number", "1.0", "sigma", "kernel bandwidth"}));
  EXPECT_EQ(rows[10].type, "\"isotropic\" | \"power_law\"");
  EXPECT_EQ(rows[11].type, "list of \"isotropic\" | \"power_law\"");
  EXPECT_EQ(rows[13].type, "list of 2 numbers");
  EXPECT_EQ(rows[14].key, "noise.level");
}

}  // namespace
}  // namespace reprise
