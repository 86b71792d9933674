#pragma once

#include <algorithm>
#include <string>

#include "pipeline/job/job_table.hpp"
#include "workers/deep_probability/assessment.hpp"

namespace reprise::deep_probability {

// What jobs of the paper's methods must keep to, on whatever data.

void require_recipe(const Recipe& recipe, const std::string& name, const JobTable& table);

/// Of a job with the settings of training, refinement and ensemble.
template <class Job>
void require_methods(const Job& job, const JobTable& table) {
  require_recipe(job.recipe, "recipe", table);
  require_recipe(job.refinement, "refinement", table);
  table.require(
      std::ranges::none_of(
          job.baselines,
          [](Objective o) { return o == Objective::cross_entropy || o >= Objective::ensemble_member; }),
      "baselines", "must name neither cross_entropy, which is always there, nor members of an ensemble");
  table.require(job.ensemble >= 0 && job.ensemble <= 8, "ensemble",
                "must be from 0 to 8 (more would share random streams)");
  table.require(job.ensemble_objective >= Objective::ensemble_member, "ensemble_objective",
                "must be one of the ensemble_member objectives");
  table.require(std::ranges::all_of(job.refinement_rates, [](double r) { return r > 0 && r <= 10; }),
                "refinement_rates", "must be above 0 and at most 10");
  table.require(!job.bins.empty() && std::ranges::all_of(job.bins, [](int b) { return b >= 1; }), "bins",
                "must name numbers of bins");
  table.require(job.discrimination_epochs >= 0, "discrimination_epochs", "must be 0 or more");
  table.require(job.bandwidth > 0, "bandwidth", "must be above 0");
  table.require(job.window >= 1, "window", "must be 1 or more");
}

}  // namespace reprise::deep_probability
