#include "workers/slepian/exact_diffusion.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace reprise::slepian {
namespace {

struct Point {
  double t, value;
};

// Acceptance value A16, with its tail 1.0250177998 exp(-3t/16).
TEST(ExactDiffusion, ProbabilityOfNoZero) {
  for (const auto& [t, value] :
       {Point{.5, .920830766959}, Point{1, .843975303282}, Point{2, .703417710124}, Point{4, .484159419671},
        Point{8, .228712378288}, Point{16, .051032631276}, Point{32, .002540765102}})
    EXPECT_NEAR(diffusion_no_zero(t), value, 1e-10) << t;
  EXPECT_NEAR(diffusion_no_zero(48.0) * std::exp(9.0), 1.0250177998, 1e-8);
}

// Acceptance values A17 and A26.
TEST(ExactDiffusion, SurvivalOfAnExcursion) {
  for (const auto& [t, value] : {Point{.5, .984761871}, Point{1, .943126817}, Point{2, .818038736},
                                 Point{5, .472848587}, Point{10, .185186955}, Point{20, .028399340}})
    EXPECT_NEAR(diffusion_survival(t), value, 1e-8) << t;
  const double mean = 2.0 * std::numbers::pi;
  EXPECT_NEAR(diffusion_survival(0.5 * mean), .66847834, 1e-7);
  EXPECT_NEAR(diffusion_survival(4.0 * mean), .01084796, 1e-7);
  EXPECT_NEAR(diffusion_survival(0.0), 1.0, 1e-9);
}

// Acceptance value A27.
TEST(ExactDiffusion, DensityOfAnExcursion) {
  for (const auto& [t, value] : {Point{1, .103780}, Point{2, .135392}, Point{5, .088582}, Point{10, .034723}})
    EXPECT_NEAR(diffusion_density(t), value, 1e-6) << t;
}

}  // namespace
}  // namespace reprise::slepian
