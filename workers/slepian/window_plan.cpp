#include "workers/slepian/window_plan.hpp"

#include <algorithm>
#include <array>

namespace reprise::slepian {
namespace {

struct ListedPlan {
  Model model;
  double time;
  std::int32_t steps;
};

const std::array kListed{
    ListedPlan{diffusion(1), 10.0, 8}, ListedPlan{diffusion(2), 8.0, 8},
    ListedPlan{diffusion(3), 6.4, 8},  ListedPlan{diffusion(4), 5.6, 8},
    ListedPlan{diffusion(5), 4.8, 8},  ListedPlan{diffusion(10), 3.6, 8},
    ListedPlan{diffusion(20), 2.4, 8}, ListedPlan{diffusion(50), 1.6, 8},
    ListedPlan{gaussian(), 4.0, 8},    ListedPlan{random_acceleration(), 6.4, 16},
    ListedPlan{matern(1.25), 3.2, 16}, ListedPlan{matern(1.5), 3.2, 16},
    ListedPlan{matern(1.75), 3.2, 8},  ListedPlan{matern(2.5), 3.2, 8},
    ListedPlan{matern(3.5), 3.2, 8},   ListedPlan{shifted_matern(0.5, 1.0), 4.8, 8},
    ListedPlan{cauchy(1.0), 6.4, 16},
};

}  // namespace

WindowPlan window_plan(const Model& model, const Covariance& covariance) {
  constexpr double kSmooth = 1.75, kSmoothTime = 1.27, kRoughTime = 1.76;
  const double order = no_zero_order(covariance);
  const auto listed =
      std::ranges::find_if(kListed, [&](const ListedPlan& plan) { return plan.model == model; });
  if (listed != kListed.end()) return {listed->time, listed->steps, order};
  if (covariance.smoothness() >= kSmooth) return {kSmoothTime * covariance.mean_interval(), 8, order};
  return {kRoughTime * covariance.mean_interval(), 16, order};
}

double no_zero_order(const Covariance& covariance) {
  return std::min(2.0, covariance.smoothness());
}

double survival_order(const Covariance& covariance) {
  constexpr double kRough = 1.5, kRoughOrder = 1.25;
  return covariance.smoothness() <= kRough ? kRoughOrder : std::min(2.0, covariance.smoothness());
}

}  // namespace reprise::slepian
