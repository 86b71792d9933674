#include "workers/deep_probability/synthetic_study.hpp"

#include <algorithm>
#include <limits>
#include <map>

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

  void add(Input input, Place place) {
    inputs.push_back(std::move(input));
    places.push_back(place);
  }
};

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
    const auto refined = refine(base, hold_out());
    assess(objectives, base, refined);
    spread();
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
        batch.add({data_at(place), job_.network, job_.recipe, objective, member}, place);
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

  /// References of the fold networks' predictions, [scenario][seed][fold]; empty without cross-fitting.
  using HeldOuts = std::vector<std::vector<std::vector<Ref<HeldOut>>>>;

  HeldOuts hold_out() {
    auto all = grid(std::vector<Ref<HeldOut>>{});
    if (std::ranges::find(job_.refinements, Refinement::cape_cross_fitted) == job_.refinements.end())
      return all;
    Batch<FoldTraining> batch;
    each_place([&](Place place) {
      for (std::int32_t fold = 0; fold < job_.folds; ++fold)
        batch.add({data_at(place), job_.network, job_.recipe, job_.folds, fold}, place);
    });
    const auto predicted = run_.map(kFoldTraining, batch.inputs, "folds");
    for (std::size_t i = 0; i < predicted.size(); ++i) {
      const auto [scenario, seed] = batch.places[i];
      all[scenario][seed].push_back(predicted.ref(i));
    }
    return all;
  }

  /// The refinements of one kind that were chosen: of the smallest validation loss.
  struct Chosen {
    References networks;
    std::vector<std::vector<double>> loss;  ///< [scenario][seed]
    std::vector<std::vector<double>> rate;
  };
  struct Refined {
    std::vector<Chosen> kinds;  ///< one for each refinement
    References matched;         ///< the control at CaPE-bin's rate, where there are several rates
    bool has_matched = false;
  };

  Refined refine(const std::vector<References>& base, const HeldOuts& held_out) {
    Batch<RefinedTraining> batch;
    std::vector<std::size_t> kinds;
    auto rates = job_.refinement_rates;
    if (rates.empty()) rates.push_back(job_.refinement.rate);
    for (std::size_t kind = 0; kind < job_.refinements.size(); ++kind) {
      const auto refinement = job_.refinements[kind];
      const bool crossed = refinement == Refinement::cape_cross_fitted;
      const bool binned = refinement == Refinement::cape_bin || crossed;
      each_place([&](Place place) {
        const auto [scenario, seed] = place;
        for (const double rate : rates)
          for (const auto bins : binned ? job_.bins : std::vector{job_.bins.front()}) {
            auto recipe = job_.refinement;
            recipe.rate = rate;
            RefinedTraining one{data_at(place),
                                job_.network,
                                recipe,
                                base[0][scenario][seed],
                                false,
                                refinement,
                                job_.discrimination_epochs,
                                bins,
                                job_.bandwidth,
                                job_.window,
                                {}};
            if (crossed) one.held_out = held_out[scenario][seed];
            batch.add(std::move(one), place);
            kinds.push_back(kind);
          }
      });
    }
    const auto trained = run_.map(kRefinedTraining, batch.inputs, "refinement");
    const Chosen none{grid(std::vector<Ref<Trained>>{}), grid(std::numeric_limits<double>::infinity()),
                      grid(0.0)};
    Refined refined{std::vector(job_.refinements.size(), none), none.networks, false};
    for (const auto refinement : job_.refinements)
      results_.curves.push_back(
          {std::string(name_of(refinement)), grid(std::optional<Curve>{}), grid(std::int32_t{-1})});
    for (std::size_t i = 0; i < trained.size(); ++i) {
      const auto one = trained.get(i);
      if (!one) continue;
      const auto [scenario, seed] = batch.places[i];
      auto& chosen = refined.kinds[kinds[i]];
      const double loss = std::ranges::min(one->curve.validation_loss);
      if (loss >= chosen.loss[scenario][seed]) continue;
      chosen.loss[scenario][seed] = loss;
      chosen.rate[scenario][seed] = batch.inputs[i].recipe.rate;
      chosen.networks[scenario][seed] = {trained.ref(i)};
      auto& curve = results_.curves[kinds[i] + 1];
      curve.curves[scenario][seed] = one->curve;
      curve.best_epoch[scenario][seed] = one->best.epoch;
    }
    const auto cape = std::ranges::find(job_.refinements, Refinement::cape_bin);
    if (rates.size() == 1 || cape == job_.refinements.end()) return refined;
    const auto& rate = refined.kinds[static_cast<std::size_t>(cape - job_.refinements.begin())].rate;
    for (std::size_t i = 0; i < trained.size(); ++i) {
      const auto [scenario, seed] = batch.places[i];
      if (batch.inputs[i].refinement == Refinement::control &&
          batch.inputs[i].recipe.rate == rate[scenario][seed]) {
        refined.matched[scenario][seed] = {trained.ref(i)};
        refined.has_matched = true;
      }
    }
    return refined;
  }

  void assess(const std::vector<Objective>& objectives, const std::vector<References>& base,
              const Refined& refined) {
    Batch<Assessment> batch;
    std::vector<std::size_t> kinds;
    auto& methods = results_.methods;
    const auto add = [&](std::string id, const References& networks,
                         Adjustment adjustment = Adjustment::none) {
      each_place([&](Place place) {
        const auto& chosen = networks[place.scenario][place.seed];
        if (chosen.empty() && adjustment != Adjustment::base_rate) return;
        batch.add({data_at(place), chosen, is_last_epoch(id), adjustment}, place);
        kinds.push_back(methods.size());
      });
      references_[id].resize(job_.scenarios.size());
      methods.push_back({std::move(id), grid(std::optional<Scores>{})});
    };
    const auto add_both = [&](const std::string& id, const References& networks) {
      add(id, networks);
      add(id + "_last", networks);
    };
    add_both("ce", base[0]);
    for (const auto adjustment : job_.adjustments) add(std::string(name_of(adjustment)), base[0], adjustment);
    for (std::size_t k = 1; k < objectives.size(); ++k) add(std::string(name_of(objectives[k])), base[k]);
    if (job_.ensemble > 0) add("ensemble", base.back());
    for (std::size_t k = 0; k < job_.refinements.size(); ++k)
      add_both(std::string(name_of(job_.refinements[k])), refined.kinds[k].networks);
    if (refined.has_matched) add_both("control_matched", refined.matched);
    add("base_rate", grid(std::vector<Ref<Trained>>{}), Adjustment::base_rate);
    const auto scores = run_.map(kAssessment, batch.inputs, "assessment");
    for (std::size_t i = 0; i < scores.size(); ++i) {
      auto one = scores.get(i);
      const auto [scenario, seed] = batch.places[i];
      if (one && seed > 0) one->predicted = one->truth = {};
      if (one && seed == 0) references_[methods[kinds[i]].id][scenario] = scores.ref(i);
      methods[kinds[i]].scores[scenario][seed] = std::move(one);
    }
    std::ranges::stable_sort(methods, {}, [](const MethodScores& one) { return method_place(one.id); });
  }

  /// Error bars of the first seed's scores, for the methods of the paper and those beyond it that refine.
  void spread() {
    Batch<SpreadInput> batch;
    std::vector<std::size_t> kinds;
    for (std::size_t k = 0; k < results_.methods.size(); ++k) {
      auto& method = results_.methods[k];
      method.spread.resize(job_.scenarios.size());
      const bool shown = method_name(method.id).standing == Standing::paper || method.id == "infinite_data" ||
                         method.id == "ce_last" || method.id == "cape_cross_fitted" || method.id == "control";
      for (std::size_t s = 0; shown && s < job_.scenarios.size(); ++s) {
        const auto& own = references_[method.id][s];
        const auto& rival = references_["ce"][s];
        if (!own || !rival) continue;
        SpreadInput input{data_at({s, 0}), *own, {}, kResamples};
        if (method.id != "ce") input.rival = {*rival};
        batch.add(std::move(input), {s, 0});
        kinds.push_back(k);
      }
    }
    const auto spreads = run_.map(kSpread, batch.inputs, "error bars");
    for (std::size_t i = 0; i < spreads.size(); ++i)
      results_.methods[kinds[i]].spread[batch.places[i].scenario] = spreads.get(i);
  }

  Run& run_;
  const Synthetic& job_;
  SyntheticData data_;
  SyntheticResults results_;
  std::map<std::string, std::vector<std::optional<Ref<Scores>>>>
      references_;  ///< of the first seed, [scenario]
};

}  // namespace

void run_synthetic(Run& run, const Synthetic& job) {
  Study(run, job).run();
}

}  // namespace reprise::deep_probability
