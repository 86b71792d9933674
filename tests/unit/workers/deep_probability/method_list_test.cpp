#include "workers/deep_probability/method_list.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "workers/deep_probability/assessment.hpp"

namespace reprise::deep_probability {
namespace {

TEST(MethodList, NamesEveryMethodOfTheJobs) {
  for (const auto& [name, objective] : enumerators_of<Objective>()) {
    if (objective == Objective::cross_entropy || objective >= Objective::ensemble_member) continue;
    EXPECT_EQ(method_name(name).id, std::string(name));
  }
  for (const auto& [name, adjustment] : enumerators_of<Adjustment>()) {
    if (adjustment == Adjustment::none) continue;
    EXPECT_NO_THROW((void)method_name(name));
  }
  for (const auto& [name, refinement] : enumerators_of<Refinement>()) {
    EXPECT_NO_THROW((void)method_name(name));
    EXPECT_NO_THROW((void)method_name(std::string(name) + "_last"));
  }
  EXPECT_THROW((void)method_name("none"), std::invalid_argument);
}

TEST(MethodList, IsInThePapersOrderThenOursThenReferences) {
  EXPECT_EQ(method_place("ce"), 0U);
  EXPECT_LT(method_place("ensemble"), method_place("cape_bin"));
  EXPECT_EQ(method_place("cape_kernel"), 10U) << "the paper has eleven methods";
  EXPECT_LT(method_place("cape_kernel"), method_place("control"));
  EXPECT_LT(method_place("control_last"), method_place("infinite_data"));
  EXPECT_EQ(method_name("base_rate").standing, Standing::reference);
  EXPECT_TRUE(is_last_epoch("cape_bin_last"));
  EXPECT_FALSE(is_last_epoch("cape_bin"));
}

}  // namespace
}  // namespace reprise::deep_probability
