#include "workers/slepian/level.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "kernels/gaussian/normal_law.hpp"
#include "workers/slepian/extrapolation.hpp"

namespace reprise::slepian {
namespace {

struct GridSurvival {
  std::vector<double> above, below;
};

/// G+ = F_A + G+ * dF_B with F_A = (1 - E+)/2, F_B = (1 + E-)/2, and the same with A and B exchanged.
GridSurvival on_grid(const Covariance& covariance, double level, double step, std::size_t steps) {
  std::vector<double> up(steps + 1), down(steps + 1), up_increment(steps), down_increment(steps);
  for (std::size_t k = 0; k <= steps; ++k) {
    const double t = step * static_cast<double>(k);
    up[k] = 0.5 * (1.0 - sign_after_up(covariance, level, t));
    down[k] = 0.5 * (1.0 + sign_after_down(covariance, level, t));
  }
  for (std::size_t j = 0; j < steps; ++j) {
    up_increment[j] = up[j + 1] - up[j];
    down_increment[j] = down[j + 1] - down[j];
  }
  GridSurvival result{solve_renewal(up, down_increment, 1.0), solve_renewal(down, up_increment, 1.0)};
  for (double& value : result.above) value = 1.0 - value;
  for (double& value : result.below) value = 1.0 - value;
  return result;
}

}  // namespace

double sign_after_up(const Covariance& covariance, double level, double t) {
  if (t <= 0.0) return 1.0;
  const double gap = level * covariance.one_minus(t);        // c
  const double drift = covariance.drift(t);                  // a
  const double total = covariance.conditional_variance(t);   // s^2
  const double rest = std::max(total - drift * drift, 0.0);  // sigma^2
  const double root = std::sqrt(rest), deviation = std::sqrt(total);
  if (rest <= 1e-14 * total) {
    // The Slepian process is R a(t) - c, without noise.
    const double least = std::max(gap / drift, 0.0);
    return 2.0 * std::exp(-0.5 * least * least) - 1.0;
  }
  const double above = normal_cdf(-gap / root) + drift / deviation * std::exp(-0.5 * gap * gap / total) *
                                                     normal_cdf(drift * gap / (root * deviation));
  return 2.0 * above - 1.0;
}

double sign_after_down(const Covariance& covariance, double level, double t) {
  return -sign_after_up(covariance, -level, t);
}

LevelMeans level_means(const Covariance& covariance, double level) {
  const double crossings =
      std::sqrt(covariance.second_moment()) / (2.0 * std::numbers::pi) * std::exp(-0.5 * level * level);
  return {normal_cdf(-level) / crossings, normal_cdf(level) / crossings};
}

LevelSurvival level_survival(const Covariance& covariance, double level, double step, double end) {
  const auto steps = static_cast<std::size_t>(std::ceil(end / step - 1e-9));
  const double order = std::min(2.0, 2.0 * covariance.smoothness() - 1.0);
  const GridSurvival coarse = on_grid(covariance, level, step, steps);
  const GridSurvival fine = on_grid(covariance, level, 0.5 * step, 2 * steps);
  LevelSurvival result{{step, {}}, {step, {}}};
  const auto join = [&](double h, double half) {
    return extrapolate(Estimate{h, 0.0}, Estimate{half, 0.0}, order).value;
  };
  for (std::size_t k = 0; k <= steps; ++k) {
    result.above.survival.push_back(join(coarse.above[k], fine.above[2 * k]));
    result.below.survival.push_back(join(coarse.below[k], fine.below[2 * k]));
  }
  return result;
}

}  // namespace reprise::slepian
