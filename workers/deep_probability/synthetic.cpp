#include "workers/deep_probability/synthetic.hpp"

#include <algorithm>
#include <set>

#include "workers/deep_probability/job_rules.hpp"
#include "workers/deep_probability/synthetic_results.hpp"

namespace reprise::deep_probability {
namespace {

struct Place {
  std::size_t scenario;
  std::size_t seed;
};

/// Trainings asked for together, and where each belongs.
template <class Input>
struct Batch {
  std::vector<Input> inputs;
  std::vector<Place> places;
};

std::string label_of(Objective objective) {
  switch (objective) {
    case Objective::cross_entropy:
      return "cross-entropy, early stop";
    case Objective::infinite_data:
      return "infinite data";
    case Objective::label_smoothing:
      return "label smoothing";
    case Objective::focal:
      return "focal loss";
    case Objective::confidence_penalty:
      return "entropy maximising";
    case Objective::kernel_calibration:
      return "MMCE";
    case Objective::kernel_calibration_weighted:
      return "MMCE, plain means";
    default:
      return "deep ensemble";
  }
}

std::string label_of(Adjustment adjustment) {
  switch (adjustment) {
    case Adjustment::temperature:
      return "temperature";
    case Adjustment::platt:
      return "Platt";
    case Adjustment::dirichlet:
      return "Dirichlet";
    case Adjustment::mix_n_match:
      return "mix-n-match";
    case Adjustment::histogram_binning:
      return "histogram binning";
    case Adjustment::none:
      break;
  }
  return "none";
}

std::string label_of(Refinement refinement) {
  switch (refinement) {
    case Refinement::cape_bin:
      return "CaPE-bin";
    case Refinement::cape_kernel:
      return "CaPE-kde";
    case Refinement::cape_isotonic:
      return "CaPE-isotonic";
    case Refinement::control:
      break;
  }
  return "cross-entropy, continued";
}

class Study {
 public:
  Study(Run& run, const Synthetic& job) : run_(run), job_(job) {
    results_.scenarios = job.scenarios;
    results_.seeds = job.seeds;
    SyntheticData data{Scenario::linear, 0, job.training, job.validation, job.test};
    data_ = with_digest(data);
  }

  void run() {
    auto objectives = job_.baselines;
    objectives.insert(objectives.begin(), Objective::cross_entropy);
    const auto base = train_from_start(objectives);
    const auto refined = refine(base);
    results_.methods = assess(objectives, base, refined);
    for (auto& table : tables_of(results_)) run_.publish(std::move(table));
    for (auto& figure : figures_of(results_)) run_.publish(std::move(figure));
    for (auto& finding : judge(results_)) run_.settle(std::move(finding));
    run_.note(
        "Stand-in data: Fashion-MNIST with pseudo-ages in place of faces, ResNet-S in place of ResNet-18. "
        "Published values are of faces and stand beside for comparison only.");
  }

 private:
  [[nodiscard]] SyntheticData data_at(Place place) const {
    auto data = data_;
    data.scenario = job_.scenarios[place.scenario];
    data.seed = place.seed;
    return data;
  }

  template <class Visit>
  void each_place(const Visit& visit) const {
    for (std::size_t scenario = 0; scenario < job_.scenarios.size(); ++scenario)
      for (std::size_t seed = 0; seed < static_cast<std::size_t>(job_.seeds); ++seed)
        visit(Place{scenario, seed});
  }

  template <class Value>
  std::vector<std::vector<Value>> grid(const Value& value) const {
    return {job_.scenarios.size(), std::vector<Value>(static_cast<std::size_t>(job_.seeds), value)};
  }

  /// References of the trainings of one kind, [scenario][seed][member].
  using References = std::vector<std::vector<std::vector<Ref<Trained>>>>;

  /// One for each objective, then the ensemble's.
  std::vector<References> train_from_start(const std::vector<Objective>& objectives) {
    Batch<BaseTraining> batch;
    std::vector<std::size_t> kinds;
    const auto add = [&](std::size_t kind, Objective objective, std::uint32_t member) {
      each_place([&](Place place) {
        batch.inputs.push_back({data_at(place), job_.network, job_.recipe, objective, member});
        batch.places.push_back(place);
        kinds.push_back(kind);
      });
    };
    for (std::size_t kind = 0; kind < objectives.size(); ++kind) add(kind, objectives[kind], 0);
    for (std::int32_t member = 0; member < job_.ensemble; ++member)
      add(objectives.size(), job_.ensemble_objective, static_cast<std::uint32_t>(member));
    const auto trained = run_.map(kBaseTraining, batch.inputs, "training");
    std::vector<References> all(objectives.size() + 1, grid(std::vector<Ref<Trained>>{}));
    MethodCurve curve{"ce", grid(std::optional<Curve>{}), grid(std::int32_t{-1})};
    for (std::size_t i = 0; i < trained.size(); ++i) {
      const auto [scenario, seed] = batch.places[i];
      all[kinds[i]][scenario][seed].push_back(trained.ref(i));
      if (kinds[i] != 0) continue;
      if (const auto one = trained.get(i)) {
        curve.curves[scenario][seed] = one->curve;
        curve.best_epoch[scenario][seed] = one->best.epoch;
      }
    }
    results_.curves.push_back(std::move(curve));
    return all;
  }

  /// One for each refinement: the setting of the smallest validation loss.
  std::vector<References> refine(const std::vector<References>& base) {
    Batch<RefinedTraining> batch;
    std::vector<std::size_t> kinds;
    auto rates = job_.refinement_rates;
    if (rates.empty()) rates.push_back(job_.refinement.rate);
    for (std::size_t kind = 0; kind < job_.refinements.size(); ++kind) {
      const bool binned = job_.refinements[kind] == Refinement::cape_bin;
      each_place([&](Place place) {
        for (const double rate : rates)
          for (const auto bins : binned ? job_.bins : std::vector{job_.bins.front()}) {
            auto recipe = job_.refinement;
            recipe.rate = rate;
            batch.inputs.push_back({data_at(place), job_.network, recipe, base[0][place.scenario][place.seed],
                                    false, job_.refinements[kind], job_.discrimination_epochs, bins,
                                    job_.bandwidth, job_.window});
            batch.places.push_back(place);
            kinds.push_back(kind);
          }
      });
    }
    const auto trained = run_.map(kRefinedTraining, batch.inputs, "refinement");
    std::vector<References> all(job_.refinements.size(), grid(std::vector<Ref<Trained>>{}));
    std::vector<std::vector<std::vector<double>>> least(job_.refinements.size(),
                                                        grid(std::numeric_limits<double>::infinity()));
    for (const auto refinement : job_.refinements)
      results_.curves.push_back(
          {std::string(name_of(refinement)), grid(std::optional<Curve>{}), grid(std::int32_t{-1})});
    for (std::size_t i = 0; i < trained.size(); ++i) {
      const auto one = trained.get(i);
      if (!one) continue;
      const auto [scenario, seed] = batch.places[i];
      const double loss = std::ranges::min(one->curve.validation_loss);
      auto& smallest = least[kinds[i]][scenario][seed];
      if (loss >= smallest) continue;
      smallest = loss;
      all[kinds[i]][scenario][seed] = {trained.ref(i)};
      auto& curve = results_.curves[kinds[i] + 1];
      curve.curves[scenario][seed] = one->curve;
      curve.best_epoch[scenario][seed] = one->best.epoch;
    }
    return all;
  }

  std::vector<MethodScores> assess(const std::vector<Objective>& objectives,
                                   const std::vector<References>& base,
                                   const std::vector<References>& refined) {
    std::vector<MethodScores> methods;
    Batch<Assessment> batch;
    std::vector<std::size_t> kinds;
    const auto add = [&](std::string id, std::string label, const References& networks, bool last,
                         Adjustment adjustment) {
      each_place([&](Place place) {
        const auto& chosen = networks[place.scenario][place.seed];
        if (chosen.empty()) return;
        batch.inputs.push_back({data_at(place), chosen, last, adjustment});
        batch.places.push_back(place);
        kinds.push_back(methods.size());
      });
      methods.push_back({std::move(id), std::move(label), true, grid(std::optional<Scores>{})});
    };
    add("ce", label_of(Objective::cross_entropy), base[0], false, Adjustment::none);
    add("ce_last", "cross-entropy, last epoch", base[0], true, Adjustment::none);
    for (const auto adjustment : job_.adjustments)
      add(std::string(name_of(adjustment)), label_of(adjustment), base[0], false, adjustment);
    for (std::size_t k = 1; k < objectives.size(); ++k) {
      add(std::string(name_of(objectives[k])), label_of(objectives[k]), base[k], false, Adjustment::none);
      methods.back().finite = objectives[k] != Objective::infinite_data;
    }
    if (job_.ensemble > 0)
      add("ensemble", label_of(job_.ensemble_objective), base.back(), false, Adjustment::none);
    for (std::size_t k = 0; k < job_.refinements.size(); ++k) {
      const std::string id(name_of(job_.refinements[k]));
      add(id, label_of(job_.refinements[k]), refined[k], false, Adjustment::none);
      add(id + "_last", label_of(job_.refinements[k]) + ", last epoch", refined[k], true, Adjustment::none);
    }
    const auto scores = run_.map(kAssessment, batch.inputs, "assessment");
    for (std::size_t i = 0; i < scores.size(); ++i) {
      auto one = scores.get(i);
      const auto [scenario, seed] = batch.places[i];
      if (one && seed > 0) one->predicted = one->truth = {};
      methods[kinds[i]].scores[scenario][seed] = std::move(one);
    }
    return methods;
  }

  Run& run_;
  const Synthetic& job_;
  SyntheticData data_;
  SyntheticResults results_;
};

void synthetic(Run& run, const Synthetic& job) {
  Study(run, job).run();
}

}  // namespace

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
  table.require(std::ranges::find(job.adjustments, Adjustment::none) == job.adjustments.end(), "adjustments",
                "must not name none, which is always there");
}

Experiment synthetic_experiment() {
  return experiment<Synthetic>("synthetic", "Known probabilities",
                               "Networks trained on outcomes whose probabilities are known: how close each "
                               "method comes to them, and which "
                               "metric tells (E2 to E5).",
                               synthetic, synthetic_claims());
}

}  // namespace reprise::deep_probability
