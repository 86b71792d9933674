#pragma once

#include "workers/mptq_vit/cost.hpp"
#include "workers/mptq_vit/study.hpp"

namespace reprise::mptq_vit {

/// How bits are given to units.
enum class Search { oneshot, lazy, full };

constexpr auto enumerators(const Search*) {
  return std::array{Enumerator{"oneshot", Search::oneshot}, Enumerator{"lazy", Search::lazy},
                    Enumerator{"full", Search::full}};
}

/// T-full and the ablation of Greedy MP: bits that differ between units, at the same mean.
struct MixedBits {
  std::vector<ModelName> models{ModelName::smoke_p7};
  Method method = Method::mptq;
  Scheme scheme = Scheme::full;
  std::vector<double> means{4};
  std::vector<Search> searches{Search::oneshot};
  std::int32_t least = 3;
  std::int32_t most = 8;
  std::int32_t random = 3;
  std::vector<Method> baselines{Method::minmax};
  std::int32_t seeds = 3;
  std::uint32_t calibration = 128;
  std::uint32_t probes = 32;
  std::int32_t together = 4;
  std::uint32_t test = 1000;
  double deit_crop = kDeitCrop;
};

constexpr auto fields(const MixedBits*) {
  using M = MixedBits;
  return std::tuple{
      field("models", &M::models, "models; those of Fashion-MNIST are trained first"),
      field("method", &M::method, "how they are quantized"),
      field("scheme", &M::scheme, "what is quantized"),
      field("means", &M::means, "budgets: mean bits of weights and of activations' elements", "bit"),
      field("searches", &M::searches,
            "how bits are given: oneshot: from losses measured beforehand; lazy, full: measured "
            "again on the way"),
      field("least", &M::least, "bits", "bit"),
      field("most", &M::most, "bits that a search starts from", "bit"),
      field("random", &M::random, "random allocations of the same mean, to be beaten"),
      field("baselines", &M::baselines, "other methods, at uniform bits"),
      field("seeds", &M::seeds, "sets of calibration images, for each model; seeds 3, 4, ..."),
      field("calibration", &M::calibration, "calibration images in a set"),
      field("probes", &M::probes, "of these, how many a search measures losses on"),
      field("together", &M::together, "units that a lazy search measures at once"),
      field("test", &M::test, "test images, the first ones; 0: all"),
      field("deit_crop", &M::deit_crop, kDeitCropMeaning)};
}

void validate(const MixedBits& job, const JobTable& table);

Experiment mixed_bits_experiment();

/// One way to give bits, for one model, mean and calibration set.
struct BitsOutcome {
  Allocation bits;  ///< of all units
  double weight_bits = 0;
  double activation_bits = 0;
  double loss = NAN;  ///< on the calibration images, nat
  ModelCost cost;
  Accuracy accuracy;
};

/// A method's outcomes, [model][mean][seed].
struct BitsMethod {
  enum class Kind { baseline, uniform, searched, random };
  Kind kind = Kind::uniform;
  std::string id;  ///< "uniform", "oneshot", "random_0", "minmax"
  std::string title;
  std::vector<std::vector<std::vector<BitsOutcome>>> outcomes;
};

/// Steps of a search, with names.
struct SearchPath {
  std::size_t model = 0;
  std::size_t mean = 0;
  Search search = Search::oneshot;
  GreedyPath path;
  std::vector<std::size_t> unit;  ///< of the problem's units
};

struct MixedResults {
  std::vector<ModelName> models;
  Scheme scheme = Scheme::full;
  std::vector<double> means;
  std::int32_t seeds = 0;
  std::vector<Accuracy> single_precision;  ///< [model]
  std::vector<BitsMethod> methods;
  std::vector<SearchPath> paths;  ///< of the first calibration set
  /// Losses with only one unit lowered, less the loss of none: [model][unit][bits - least], of the first
  /// calibration set.
  std::vector<std::vector<std::vector<double>>> sensitivity;
  std::int32_t least = 3;

  [[nodiscard]] const BitsMethod* find(const std::string& id) const;
};

[[nodiscard]] std::vector<Table> tables_of(const MixedResults& results);
[[nodiscard]] std::vector<Figure> figures_of(const MixedResults& results);
[[nodiscard]] std::vector<Claim> mixed_claims();
[[nodiscard]] std::vector<Finding> judge(const MixedResults& results);

}  // namespace reprise::mptq_vit
