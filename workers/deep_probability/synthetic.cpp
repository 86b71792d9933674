#include "workers/deep_probability/synthetic.hpp"

#include <algorithm>
#include <set>

#include "workers/deep_probability/job_rules.hpp"
#include "workers/deep_probability/synthetic_results.hpp"
#include "workers/deep_probability/synthetic_study.hpp"

namespace reprise::deep_probability {

void validate(const Synthetic& job, const JobTable& table) {
  table.require(!job.scenarios.empty() &&
                    std::set(job.scenarios.begin(), job.scenarios.end()).size() == job.scenarios.size(),
                "scenarios", "must name scenarios, each once");
  table.require(job.seeds >= 1 && job.seeds <= 10, "seeds",
                "must be from 1 to 10 (more would share random streams)");
  table.require(job.training >= 10 && job.validation >= 10 && job.training + job.validation <= 60000,
                "training", "must be 10 or more, as must validation, and both together at most 60000");
  table.require(job.test >= 10 && job.test <= 10000, "test", "must be from 10 to 10000");
  table.require(job.network.width >= 1 && job.network.width <= 512 && !job.network.blocks.empty() &&
                    job.network.blocks.size() <= 4 &&
                    std::ranges::all_of(job.network.blocks, [](auto b) { return b >= 1 && b <= 50; }),
                "network", "must have a width from 1 to 512 and one to four stages of 1 to 50 blocks");
  require_methods(job, table);
  table.require(
      std::ranges::none_of(job.adjustments,
                           [](Adjustment a) { return a == Adjustment::none || a == Adjustment::base_rate; }),
      "adjustments", "must name neither none nor base_rate, which are always there");
  table.require(job.folds >= 2 && static_cast<std::uint32_t>(job.folds) <= job.training / 2, "folds",
                "must be 2 or more, with 2 training images or more in each");
}

Experiment synthetic_experiment() {
  return experiment<Synthetic>("synthetic", "Known probabilities",
                               "Networks trained on outcomes whose probabilities are known: how close each "
                               "method comes to them, and which metric tells (E2 to E5).",
                               run_synthetic, synthetic_claims());
}

}  // namespace reprise::deep_probability
