#include "workers/deep_probability/real_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "pipeline/base/errors.hpp"
#include "workers/deep_probability/job_rules.hpp"
#include "workers/deep_probability/method_list.hpp"
#include "workers/deep_probability/real_results.hpp"

namespace reprise::deep_probability {
namespace {

class Study {
 public:
  Study(Run& run, const RealData& job) : run_(run), job_(job) {
    results_.source = job.source;
    results_.resamples = job.resamples;
    find_data();
  }

  void run() {
    train();
    refine();
    assess();
    for (auto& table : tables_of(results_)) run_.publish(std::move(table));
    for (auto& figure : figures_of(results_)) run_.publish(std::move(figure));
    run_.settle(judge_faces(results_));
  }

 private:
  /// Networks of one kind: [case][member]; empty where none came of it.
  using Networks = std::vector<std::vector<Ref<Trained>>>;
  [[nodiscard]] Networks none() const { return Networks(data_.size()); }

  /// The data of each case, looked at before anything is trained.
  void find_data() {
    RealSamples data;
    data.source = job_.source;
    std::ranges::copy(job_.split, data.split.begin());
    data.radar = job_.radar;
    data.windows = job_.windows;
    data.inputs = job_.inputs;
    data = with_fingerprint(data);
    std::vector<double> means;
    if (job_.source == RealSource::radar) means = look_through(data);
    const auto scenarios = of_faces(job_.source) ? job_.scenarios : std::vector{Scenario::linear};
    std::set<std::string> remarks;
    for (const auto scenario : scenarios)
      for (std::uint64_t seed = 0; seed < static_cast<std::uint64_t>(job_.seeds); ++seed) {
        data.scenario = scenario;
        data.seed = seed;
        const auto samples = load(data, means);
        (void)make_network(job_.network, samples.reader->shape(), 0);  // do they go together?
        data_.push_back(with_counts(data, samples));
        results_.training = samples.training.count();
        results_.test = samples.test.count();
        results_.cases.push_back({scenario, seed});
        remarks.insert(samples.remarks.begin(), samples.remarks.end());
      }
    for (const auto& remark : remarks) run_.note(remark);
    results_.side = data_[0].side;
    results_.architecture = job_.network.architecture;
    run_.note(fmt::format("{} training, {} validation and {} test samples.", results_.training,
                          data_.back().validation, results_.test));
  }

  /// Means of all radar maps' crops.
  std::vector<double> look_through(RealSamples& data) {
    const auto& set = data_set_of(RealSource::radar);
    const auto maps = map_times(require(set).files[0]).size();
    std::vector<CropShare> shares;
    for (std::uint64_t share = 0; share < job_.shares; ++share) {
      const auto first = share * maps / job_.shares;
      const auto count = (share + 1) * maps / job_.shares - first;
      if (count > 0) shares.push_back({data, first, count});
    }
    const auto found = run_.map(kCropMeans, shares, "radar maps");
    std::vector<double> means;
    for (std::size_t i = 0; i < found.size(); ++i) {
      const auto some = found.at(i).mean;
      means.insert(means.end(), some.begin(), some.end());
      data.crop_means.push_back(found.ref(i));
    }
    return means;
  }

  void train() {
    auto objectives = job_.baselines;
    objectives.insert(objectives.begin(), Objective::cross_entropy);
    std::vector<RealTraining> inputs;
    std::vector<std::pair<std::string, std::size_t>> places;
    const auto add = [&](const std::string& id, Objective objective, std::uint32_t member) {
      for (std::size_t c = 0; c < data_.size(); ++c) {
        inputs.push_back({data_[c], job_.network, job_.recipe, objective, member});
        places.emplace_back(id, c);
      }
    };
    for (const auto objective : objectives)
      add(objective == Objective::cross_entropy ? "ce" : std::string(name_of(objective)), objective, 0);
    for (std::int32_t member = 0; member < job_.ensemble; ++member)
      add("ensemble", job_.ensemble_objective, static_cast<std::uint32_t>(member));
    const auto trained = run_.map(kRealTraining, inputs, "training");
    for (std::size_t i = 0; i < trained.size(); ++i) {
      const auto& [id, at] = places[i];
      networks_.try_emplace(id, none()).first->second[at].push_back(trained.ref(i));
    }
  }

  /// Of each refinement the setting of the smallest validation loss.
  void refine() {
    std::vector<RealRefinement> inputs;
    std::vector<std::pair<std::string, std::size_t>> places;
    auto rates = job_.refinement_rates;
    if (rates.empty()) rates.push_back(job_.refinement.rate);
    for (const auto refinement : job_.refinements)
      for (std::size_t c = 0; c < data_.size(); ++c)
        for (const double rate : rates)
          for (const auto bins :
               refinement == Refinement::cape_bin ? job_.bins : std::vector{job_.bins.front()}) {
            auto recipe = job_.refinement;
            recipe.rate = rate;
            inputs.push_back({data_[c],
                              job_.network,
                              recipe,
                              networks_.at("ce")[c],
                              {refinement, job_.discrimination_epochs, bins, job_.bandwidth, job_.window}});
            places.emplace_back(name_of(refinement), c);
          }
    const auto trained = run_.map(kRealRefinement, inputs, "refinement");
    std::map<std::pair<std::string, std::size_t>, double> least;
    for (std::size_t i = 0; i < trained.size(); ++i) {
      const auto one = trained.get(i);
      if (!one) continue;
      const double loss = std::ranges::min(one->curve.validation_loss);
      const auto [found, first] = least.try_emplace(places[i], loss);
      if (!first && loss >= found->second) continue;
      found->second = loss;
      networks_.try_emplace(places[i].first, none()).first->second[places[i].second] = {trained.ref(i)};
    }
  }

  void assess() {
    std::vector<RealAssessment> inputs;
    std::vector<std::pair<std::size_t, std::size_t>> places;
    const auto add = [&](const std::string& id, const std::string& networks, bool last,
                         Adjustment adjustment) {
      for (std::size_t c = 0; c < data_.size(); ++c) {
        const auto found = networks_.find(networks);
        if (found == networks_.end() || found->second[c].empty()) continue;
        inputs.push_back({data_[c], found->second[c], last, adjustment});
        places.emplace_back(results_.methods.size(), c);
      }
      results_.methods.push_back({id, std::vector<RealScores>(data_.size())});
    };
    for (const auto& [id, networks] : networks_) {
      add(id, id, false, Adjustment::none);
      const bool refined = std::ranges::any_of(job_.refinements, [&](auto r) { return name_of(r) == id; });
      if (id == "ce" || refined) add(id + "_last", id, true, Adjustment::none);
    }
    for (const auto adjustment : job_.adjustments)
      add(std::string(name_of(adjustment)), "ce", false, adjustment);
    const auto scores = run_.map(kRealAssessment, inputs, "assessment");
    std::vector<ResampledScores> resampled;
    for (std::size_t i = 0; i < scores.size(); ++i)
      resampled.push_back({data_[places[i].second], {scores.ref(i)}, job_.resamples});
    const auto intervals = run_.map(kIntervals, resampled, "intervals");
    for (std::size_t i = 0; i < scores.size(); ++i)
      results_.methods[places[i].first].cases[places[i].second] = {scores.get(i), intervals.get(i)};
    std::ranges::sort(results_.methods, {}, [](const auto& method) { return method_place(method.id); });
  }

  Run& run_;
  const RealData& job_;
  std::vector<RealSamples> data_;  ///< a case each
  std::map<std::string, Networks> networks_;
  RealResults results_;
};

void real_data(Run& run, const RealData& job) {
  Study(run, job).run();
}

}  // namespace

void validate(const RealData& job, const JobTable& table) {
  table.require(!job.scenarios.empty() &&
                    std::set(job.scenarios.begin(), job.scenarios.end()).size() == job.scenarios.size(),
                "scenarios", "must name scenarios, each once");
  table.require(job.seeds >= 1 && job.seeds <= 10, "seeds",
                "must be from 1 to 10 (more would share random streams)");
  table.require(job.split.size() == 3 && std::ranges::all_of(job.split, [](auto part) { return part > 0; }),
                "split", "must be three numbers above 0: training, validation and test");
  const auto& radar = job.radar;
  table.require(radar.crop >= 1 && radar.crop <= radar.side && radar.minutes >= 1 && radar.frames >= 1 &&
                    radar.step >= 1 && radar.label_offset >= 1,
                "radar", "must have a crop within its maps, and 1 or more of all else");
  table.require(job.windows.frames >= 1 && job.windows.frames <= job.windows.scene && job.windows.side >= 8,
                "windows", "must have frames from 1 to a scene's, of 8 x 8 or more");
  table.require(job.inputs >= 1, "inputs", "must be 1 or more");
  table.require(job.shares >= 1 && job.shares <= 100000, "shares", "must be from 1 to 100000");
  table.require(job.network.width >= 0 && job.network.width <= 4096, "network",
                "must have a width from 0 to 4096");
  require_methods(job, table);
  table.require(of_faces(job.source) ||
                    std::ranges::find(job.baselines, Objective::infinite_data) == job.baselines.end(),
                "baselines", "can have infinite_data of faces only, whose probabilities are known");
  table.require(std::ranges::all_of(
                    job.adjustments,
                    [](Adjustment a) { return a > Adjustment::none && a <= Adjustment::histogram_binning; }),
                "adjustments", "must name calibrations of a network");
  table.require(std::ranges::all_of(job.refinements,
                                    [](Refinement r) {
                                      return r == Refinement::cape_bin || r == Refinement::cape_kernel ||
                                             r == Refinement::cape_isotonic || r == Refinement::control;
                                    }),
                "refinements", "must name cape_bin, cape_kernel, cape_isotonic or control");
  table.require(job.resamples >= 2, "resamples", "must be 2 or more");
}

Experiment real_data_experiment() {
  return experiment<RealData>(
      "real_data", "Real data",
      "The paper's methods on faces, weather radar, slides of tissue and dashcams, where these "
      "data are there (E6, E7, P8).",
      real_data, {faces_claim()});
}

}  // namespace reprise::deep_probability
