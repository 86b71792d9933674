#pragma once

#include "pipeline/run/paper.hpp"
#include "workers/deep_probability/real_training.hpp"

namespace reprise::deep_probability {

/// E6 and E7, and with faces E2 and P8: the paper's methods on its real data.
struct RealData {
  RealSource source = RealSource::faces;
  std::vector<Scenario> scenarios{Scenario::linear};
  std::int32_t seeds = 1;
  std::vector<std::uint32_t> split{8, 1, 1};
  RadarSampling radar;
  FrameWindows windows;
  std::int32_t inputs = 1536;
  std::uint32_t shares = 64;
  RealNetwork network;
  Recipe recipe{200, 256, 0.1};
  std::vector<Objective> baselines{Objective::focal, Objective::confidence_penalty,
                                   Objective::kernel_calibration};
  std::int32_t ensemble = 5;
  Objective ensemble_objective = Objective::ensemble_member;
  std::vector<Adjustment> adjustments{Adjustment::temperature, Adjustment::platt, Adjustment::dirichlet,
                                      Adjustment::mix_n_match};
  std::vector<Refinement> refinements{Refinement::cape_bin, Refinement::cape_kernel, Refinement::control};
  Recipe refinement{100, 256, 1e-3};
  std::vector<double> refinement_rates{1e-2, 1e-3, 1e-4};
  std::vector<std::int32_t> bins{5, 10, 15};
  std::int32_t discrimination_epochs = 2;
  double bandwidth = 0.05;
  std::int32_t window = 100;
  std::int32_t resamples = 1000;
};

constexpr auto fields(const RealData*) {
  using R = RealData;
  return std::tuple{
      field("source", &R::source, "data set; `reprise data list` shows which are there"),
      field("scenarios", &R::scenarios, "how the risk depends on age, of faces; others have none"),
      field("seeds", &R::seeds, "splits, drawn outcomes and networks; seeds 0, 1, ..."),
      field("split", &R::split,
            "proportions of training, validation and test in groups (patients, scenes, images) or in time; "
            "where the files give the split, it is theirs"),
      field("radar", &R::radar, "how samples are cut from radar maps"),
      field("windows", &R::windows, "how samples are cut from frames"),
      field("inputs", &R::inputs, "numbers that embed a slide's tile"),
      field("shares", &R::shares, "tasks that a look through all radar maps is dealt out to"),
      field("network", &R::network, "network"),
      field("recipe", &R::recipe, "how it is trained from the start"),
      field("baselines", &R::baselines, "other trainings from the start"),
      field("ensemble", &R::ensemble, "networks of the deep ensemble; 0: none"),
      field("ensemble_objective", &R::ensemble_objective, "how they are trained"),
      field("adjustments", &R::adjustments, "calibrations after training"),
      field("refinements", &R::refinements, "trainings that go on from the best epoch"),
      field("refinement", &R::refinement, "how they are trained"),
      field("refinement_rates", &R::refinement_rates,
            "learning rates to select from by validation log-loss; empty: the one of `refinement`"),
      field("bins", &R::bins, "bins of CaPE-bin to select from"),
      field("discrimination_epochs", &R::discrimination_epochs,
            "k: epochs on labels for each calibration epoch"),
      field("bandwidth", &R::bandwidth, "sigma of CaPE-kde, in probability"),
      field("window", &R::window, "places to each side that CaPE-kde looks at"),
      field("resamples", &R::resamples, "of the test samples, for intervals")};
}

void validate(const RealData& job, const JobTable& table);

Experiment real_data_experiment();

}  // namespace reprise::deep_probability
