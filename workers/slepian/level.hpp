#pragma once

#include "workers/slepian/covariance.hpp"
#include "workers/slepian/renewal.hpp"

namespace reprise::slepian {

// Excursions above and below a level u that need not be zero (companion paper arXiv 2410.06000; spec 2.10).

/// Expected sign of X - u at time t after an up-crossing of u, and after a down-crossing.
[[nodiscard]] double sign_after_up(const Covariance& covariance, double level, double t);
[[nodiscard]] double sign_after_down(const Covariance& covariance, double level, double t);

/// Mean time that X stays above u, Phi(-u)/nu_u, and below.
struct LevelMeans {
  double above = 0.0;
  double below = 0.0;
};
[[nodiscard]] LevelMeans level_means(const Covariance& covariance, double level);

/// P(T+ > t) and P(T- > t) under the independent interval approximation, on one grid.
struct LevelSurvival {
  SurvivalCurve above;
  SurvivalCurve below;
};
[[nodiscard]] LevelSurvival level_survival(const Covariance& covariance, double level, double step,
                                           double end);

}  // namespace reprise::slepian
