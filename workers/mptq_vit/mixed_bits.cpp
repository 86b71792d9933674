#include "workers/mptq_vit/mixed_bits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace reprise::mptq_vit {
namespace {

class Study {
 public:
  Study(Run& run, const MixedBits& job)
      : run_(run), job_(job), models_(prepare_models(run, job.models, job.deit_crop)) {
    results_.models = job.models;
    results_.scheme = job.scheme;
    results_.means = job.means;
    results_.seeds = job.seeds;
    results_.least = job.least;
  }

  void run() {
    results_.single_precision = evaluate_single_precision(run_, models_, job_.test);
    calibrate_all();
    uniform();
    measure_sensitivity();
    for (const auto search : job_.searches) give_bits(search);
    random();
    evaluate();
    measure_losses();
    for (auto& table : tables_of(results_)) run_.publish(std::move(table));
    for (auto& figure : figures_of(results_)) run_.publish(std::move(figure));
    for (auto& finding : judge(results_)) run_.settle(std::move(finding));
    run_.note(
        "Mean bits are of a class's elements: parameters, and activations' elements of one image. The patch "
        "embedding has 8 bits in all methods and is outside of the means.");
    if (std::ranges::any_of(job_.models, is_trained_here))
      run_.note("Stand-in data: small ViTs trained on Fashion-MNIST in place of ImageNet's.");
  }

 private:
  /// A place in the results: a model, a mean of bits, a calibration set.
  struct Place {
    std::size_t model = 0;
    std::size_t mean = 0;
    std::size_t seed = 0;
  };
  template <class Visit>
  void each_place(const Visit& visit) const {
    for (std::size_t m = 0; m < models_.size(); ++m)
      for (std::size_t b = 0; b < job_.means.size(); ++b)
        for (std::size_t s = 0; s < static_cast<std::size_t>(job_.seeds); ++s) visit(Place{m, b, s});
  }
  using Refs = std::vector<Ref<Calibration>>;

  [[nodiscard]] std::size_t index(std::size_t model, std::size_t seed) const {
    return model * static_cast<std::size_t>(job_.seeds) + seed;
  }

  void calibrate_all() {
    std::vector<std::uint8_t> bits(static_cast<std::size_t>(job_.most - job_.least + 1));
    std::iota(bits.begin(), bits.end(), static_cast<std::uint8_t>(job_.least));
    if (bits.back() < kStemBits) bits.push_back(kStemBits);
    std::vector<Method> methods{job_.method};
    methods.insert(methods.end(), job_.baselines.begin(), job_.baselines.end());
    std::vector<CalibrationOrder> orders;
    for (const auto method : methods)
      for (std::size_t m = 0; m < models_.size(); ++m)
        for (std::size_t s = 0; s < static_cast<std::size_t>(job_.seeds); ++s)
          orders.push_back({m, kFirstCalibrationSeed + s, job_.calibration, recipe_of(method), bits});
    const auto all = calibrate(run_, models_, orders);
    const auto each = models_.size() * static_cast<std::size_t>(job_.seeds);
    for (std::size_t k = 0; k < methods.size(); ++k)
      calibrated_.emplace_back(all.begin() + static_cast<std::ptrdiff_t>(k * each),
                               all.begin() + static_cast<std::ptrdiff_t>((k + 1) * each));
  }

  BitsMethod& add(BitsMethod::Kind kind, std::string id, std::string title, std::size_t calibration = 0) {
    const std::vector<BitsOutcome> seeds(static_cast<std::size_t>(job_.seeds));
    results_.methods.push_back(
        {kind, std::move(id), std::move(title), {models_.size(), std::vector(job_.means.size(), seeds)}});
    calibration_of_.push_back(calibration);
    return results_.methods.back();
  }
  static BitsOutcome& at(BitsMethod& method, Place place) {
    return method.outcomes[place.model][place.mean][place.seed];
  }

  [[nodiscard]] Units::Search search(std::size_t model, std::size_t mean) const {
    return models_[model].units.search(job_.scheme, job_.means[mean], job_.means[mean], job_.least,
                                       job_.most);
  }

  /// The same bits for all, where the mean is a whole number; else what comes next below.
  void uniform() {
    for (std::size_t k = 0; k <= job_.baselines.size(); ++k) {
      const bool own = k == 0;
      const auto method = own ? job_.method : job_.baselines[k - 1];
      auto& all = add(own ? BitsMethod::Kind::uniform : BitsMethod::Kind::baseline,
                      own ? "uniform" : std::string(name_of(method)), title_of(method) + ", uniform", k);
      each_place([&](Place place) {
        const int bits = static_cast<int>(job_.means[place.mean]);
        at(all, place).bits = models_[place.model].units.uniform(job_.scheme, bits, bits, kStemBits);
      });
    }
  }

  [[nodiscard]] LossProbe probe(std::size_t model, std::size_t seed, const Allocation& bits, std::size_t unit,
                                int unit_bits) const {
    const auto& of = models_[model];
    return {{of.source, of.images, kFirstCalibrationSeed + seed, job_.calibration},
            calibrated_[0][index(model, seed)].at(0),
            bits,
            static_cast<std::uint32_t>(unit),
            static_cast<std::uint8_t>(unit_bits),
            job_.probes,
            true};
  }
  [[nodiscard]] bool is_calibrated(std::size_t model, std::size_t seed) const {
    return !calibrated_[0][index(model, seed)].empty();
  }

  /// Losses with one unit lowered and all others at most bits.
  void measure_sensitivity() {
    struct Cell {
      std::size_t model, seed, unit, level;
    };
    std::vector<LossProbe> probes;
    std::vector<Cell> cells;
    losses_.resize(calibrated_[0].size());
    const auto levels = static_cast<std::size_t>(job_.most - job_.least + 1);
    for (std::size_t m = 0; m < models_.size(); ++m) {
      const auto own = search(m, 0);
      for (std::size_t s = 0; s < static_cast<std::size_t>(job_.seeds); ++s) {
        if (!is_calibrated(m, s)) continue;
        losses_[index(m, s)].assign(own.unit.size(), std::vector<double>(levels, NAN));
        for (std::size_t u = 0; u < own.unit.size(); ++u)
          for (std::size_t level = 0; level + 1 < levels; ++level) {
            probes.push_back(probe(m, s, own.start, own.unit[u], job_.least + static_cast<int>(level)));
            cells.push_back({m, s, u, level});
          }
        probes.push_back(probe(m, s, own.start, own.unit[0], job_.most));
        cells.push_back({m, s, 0, levels - 1});
      }
    }
    const auto found = run_.map(kLossProbe, probes, "sensitivity");
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const auto& [m, s, u, level] = cells[i];
      losses_[index(m, s)][u][level] = found.at(i).loss;
    }
    for (auto& table : losses_)
      for (auto& row : table) row.back() = table.front().back();
    for (std::size_t m = 0; m < models_.size(); ++m) results_.sensitivity.push_back(losses_[index(m, 0)]);
  }

  void give_bits(Search how) {
    auto& all = add(BitsMethod::Kind::searched, std::string(name_of(how)),
                    fmt::format("{}, Greedy MP ({})", title_of(job_.method), name_of(how)));
    each_place([&](Place place) {
      if (!is_calibrated(place.model, place.seed)) return;
      const auto own = search(place.model, place.mean);
      const auto path = walk(how, own, place);
      at(all, place).bits = own.spread(path.bits);
      if (place.seed == 0) results_.paths.push_back({place.model, place.mean, how, path, own.unit});
    });
  }

  GreedyPath walk(Search how, const Units::Search& own, Place place) {
    if (how == Search::oneshot) return greedy_oneshot(own.problem, losses_[index(place.model, place.seed)]);
    const auto measure = [&](const Allocation& bits, const std::vector<std::size_t>& lowered) {
      const auto base = own.spread(bits);
      std::vector<LossProbe> probes;
      for (const auto u : lowered)
        probes.push_back(probe(place.model, place.seed, base, own.unit[u], bits[u] - 1));
      if (lowered.empty()) probes.push_back(probe(place.model, place.seed, base, own.unit[0], bits[0]));
      const auto found = run_.map(kLossProbe, probes, fmt::format("{} search", name_of(how)));
      std::vector<double> losses;
      for (std::size_t i = 0; i < found.size(); ++i) losses.push_back(found.at(i).loss);
      return losses;
    };
    return how == Search::full ? greedy_full(own.problem, measure)
                               : greedy_lazy(own.problem, measure, static_cast<std::size_t>(job_.together));
  }

  void random() {
    for (std::int32_t draw = 0; draw < job_.random; ++draw) {
      auto& all = add(BitsMethod::Kind::random, fmt::format("random_{}", draw),
                      fmt::format("{}, random bits, draw {}", title_of(job_.method), draw + 1));
      each_place([&](Place place) {
        const auto own = search(place.model, place.mean);
        const auto seed = kFirstCalibrationSeed + place.seed + 1000 * static_cast<std::uint64_t>(draw);
        at(all, place).bits = own.spread(random_descent(own.problem, seed).bits);
      });
    }
  }

  template <class Visit>
  void each_outcome(const Visit& visit) {
    for (std::size_t k = 0; k < results_.methods.size(); ++k)
      each_place([&](Place place) {
        const auto& calibration = calibrated_[calibration_of_[k]][index(place.model, place.seed)];
        auto& outcome = at(results_.methods[k], place);
        if (!calibration.empty() && !outcome.bits.empty()) visit(outcome, place, calibration);
      });
  }

  void evaluate() {
    std::vector<EvaluationOrder> orders;
    each_outcome([&](BitsOutcome& outcome, Place place, const Refs& calibration) {
      orders.push_back({place.model, calibration, outcome.bits});
    });
    auto found = evaluate_all(run_, models_, orders, job_.test);
    auto next = found.begin();
    each_outcome([&](BitsOutcome& outcome, Place place, const Refs&) {
      outcome.accuracy = std::move(*next++);
      outcome.cost = cost_of(shape_of(models_[place.model].name), outcome.bits);
      const auto own = search(place.model, place.mean);
      Allocation searched;
      for (const auto unit : own.unit) searched.push_back(outcome.bits[unit]);
      outcome.weight_bits = mean_bits(own.problem, searched, false);
      outcome.activation_bits = mean_bits(own.problem, searched, true);
    });
  }

  /// On the images that the search looked at.
  void measure_losses() {
    std::vector<LossProbe> probes;
    each_outcome([&](const BitsOutcome& outcome, Place place, const Refs& calibration) {
      const auto unit = search(place.model, place.mean).unit[0];
      probes.push_back(probe(place.model, place.seed, outcome.bits, unit, outcome.bits[unit]));
      probes.back().calibration = calibration.at(0);
    });
    const auto found = run_.map(kLossProbe, probes, "losses");
    std::size_t next = 0;
    each_outcome([&](BitsOutcome& outcome, Place, const Refs&) {
      if (const auto loss = found.get(next++)) outcome.loss = loss->loss;
    });
  }

  Run& run_;
  const MixedBits& job_;
  std::vector<StudyModel> models_;
  std::vector<std::vector<Refs>> calibrated_;             ///< [method and baselines][model and seed]
  std::vector<std::size_t> calibration_of_;               ///< of each of the results' methods
  std::vector<std::vector<std::vector<double>>> losses_;  ///< [model and seed][unit][bits - least]
  MixedResults results_;
};

void run_mixed_bits(Run& run, const MixedBits& job) {
  Study(run, job).run();
}

}  // namespace

void validate(const MixedBits& job, const JobTable& table) {
  table.require(!job.models.empty(), "models", "must name one model or more");
  table.require(job.least >= 2 && job.least <= job.most, "least", "must be from 2 to `most`");
  table.require(job.most <= 8, "most", "must be at most 8");
  table.require(!job.means.empty() &&
                    std::ranges::all_of(job.means, [&](double m) { return m >= job.least && m <= job.most; }),
                "means", "must be from `least` to `most`");
  table.require(job.random >= 0 && job.random <= 100, "random", "must be from 0 to 100");
  table.require(job.seeds >= 1, "seeds", "must be at least 1");
  table.require(job.calibration >= 1 && job.calibration <= 50000, "calibration", "must be from 1 to 50000");
  table.require(job.probes >= 1 && job.probes <= job.calibration, "probes",
                "must be from 1 to `calibration`");
  table.require(job.together >= 1, "together", "must be at least 1");
  table.require(job.deit_crop > 0 && job.deit_crop <= 1, "deit_crop", "must be above 0 and at most 1");
}

Experiment mixed_bits_experiment() {
  return experiment<MixedBits>(
      "mixed_bits", "Mixed bits: Greedy MP",
      "Bits that differ between layers at the same mean: each is lowered where that costs least of what "
      "predictions lose for what it saves. Beside uniform bits, random allocations and other methods.",
      run_mixed_bits, mixed_claims());
}

const BitsMethod* MixedResults::find(const std::string& id) const {
  const auto found = std::ranges::find(methods, id, &BitsMethod::id);
  return found == methods.end() ? nullptr : &*found;
}

}  // namespace reprise::mptq_vit
