#pragma once

#include "pipeline/run/paper.hpp"
#include "workers/deep_probability/assessment.hpp"

namespace reprise::deep_probability {

/// E2 to E5: images whose true probabilities are known.
struct Synthetic {
  std::vector<Scenario> scenarios{Scenario::linear};
  std::int32_t seeds = 5;
  std::uint32_t training = 2000;
  std::uint32_t validation = 1000;
  std::uint32_t test = 4000;
  NetworkShape network;
  Recipe recipe;
  std::vector<Objective> baselines;
  std::int32_t ensemble = 0;
  Objective ensemble_objective = Objective::ensemble_member;
  std::vector<Adjustment> adjustments{Adjustment::temperature, Adjustment::platt, Adjustment::dirichlet,
                                      Adjustment::mix_n_match};
  std::vector<Refinement> refinements{Refinement::cape_bin, Refinement::control};
  Recipe refinement{12, 64, 0.05};
  std::vector<double> refinement_rates;
  std::vector<std::int32_t> bins{5};
  std::int32_t discrimination_epochs = 2;
  double bandwidth = 0.05;
  std::int32_t window = 100;
  std::int32_t folds = 5;
};

constexpr auto fields(const Synthetic*) {
  using S = Synthetic;
  return std::tuple{
      field("scenarios", &S::scenarios, "how the risk depends on age"),
      field("seeds", &S::seeds, "splits, labels and networks, for each scenario; seeds 0, 1, ..."),
      field("training", &S::training, "training images"),
      field("validation", &S::validation, "validation images"),
      field("test", &S::test, "test images"),
      field("network", &S::network, "network"),
      field("recipe", &S::recipe, "how it is trained from the start"),
      field("baselines", &S::baselines, "other trainings from the start"),
      field("ensemble", &S::ensemble, "networks of the deep ensemble; 0: none"),
      field("ensemble_objective", &S::ensemble_objective, "how they are trained"),
      field("adjustments", &S::adjustments, "calibrations after training"),
      field("refinements", &S::refinements, "trainings that go on from the best epoch"),
      field("refinement", &S::refinement, "how they are trained"),
      field("refinement_rates", &S::refinement_rates,
            "learning rates to select from by validation log-loss; empty: the one of `refinement`"),
      field("bins", &S::bins, "bins of CaPE-bin to select from"),
      field("discrimination_epochs", &S::discrimination_epochs,
            "k: epochs on labels for each calibration epoch"),
      field("bandwidth", &S::bandwidth, "sigma of CaPE-kde, in probability"),
      field("window", &S::window, "places to each side that CaPE-kde looks at"),
      field("folds", &S::folds, "K: parts of the training images, for cross-fitted targets")};
}

void validate(const Synthetic& job, const JobTable& table);

Experiment synthetic_experiment();

}  // namespace reprise::deep_probability
