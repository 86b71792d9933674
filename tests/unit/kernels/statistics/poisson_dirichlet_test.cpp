#include "kernels/statistics/poisson_dirichlet.hpp"

#include <gtest/gtest.h>

namespace reprise {
namespace {

struct Row {
  double mu, largest, entropy, variance;
};

// 8.10
TEST(PoissonDirichlet, MatchesTable) {
  for (const Row& row :
       {Row{.1, .9298952990, .1777112850, 162.8484726}, Row{.25, .8212502196, .5086452149, 24.6740110},
        Row{.5, .6265075988, 1.3862943611, 4.9348022}, Row{.75, .3981925318, 3.6502378685, 1.2793932},
        Row{.9, .2174538419, 9.8465392755, .3858487}}) {
    const PoissonDirichlet law(row.mu);
    EXPECT_NEAR(law.largest_weight(), row.largest, 2e-10);
    EXPECT_NEAR(law.entropy(), row.entropy, 2e-10);
    EXPECT_NEAR(law.log_sum_variance(), row.variance, 1e-7);
    EXPECT_NEAR(law.participation(2.0), 1.0 - row.mu, 1e-13);
  }
}

}  // namespace
}  // namespace reprise
