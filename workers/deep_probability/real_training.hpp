#pragma once

#include "workers/deep_probability/assessment.hpp"
#include "workers/deep_probability/real_network.hpp"
#include "workers/deep_probability/real_samples.hpp"

namespace reprise::deep_probability {

/// A network trained on real data from the start.
struct RealTraining {
  RealSamples data;
  RealNetwork network;
  Recipe recipe;
  Objective objective = Objective::cross_entropy;
  std::uint32_t member = 0;  ///< of an ensemble
};

constexpr auto fields(const RealTraining*) {
  using R = RealTraining;
  return std::tuple{field("data", &R::data, "samples and outcomes"), field("network", &R::network, "network"),
                    field("recipe", &R::recipe, "how it is trained"),
                    field("objective", &R::objective, "loss and targets"),
                    field("member", &R::member, "of an ensemble: own initial parameters and epoch orders")};
}

Trained train_on_real(const RealTraining& input, TaskContext& context);
double seconds(const RealTraining& input);

inline const Task<RealTraining, Trained> kRealTraining{
    "deep_probability.real_training",
    1,
    train_on_real,
    "a network trained on real data from the start",
    seconds,
    [](const RealTraining& input) { return input.recipe.shards; }};

/// A training that goes on from the best epoch of another.
struct RealRefinement {
  RealSamples data;
  RealNetwork network;
  Recipe recipe;
  std::vector<Ref<Trained>> start;  ///< one
  CalibrationRule rule;
};

constexpr auto fields(const RealRefinement*) {
  using R = RealRefinement;
  return std::tuple{field("data", &R::data, "samples and outcomes"), field("network", &R::network, "network"),
                    field("recipe", &R::recipe, "how it is trained"),
                    field("start", &R::start, "the training that it goes on from"),
                    field("rule", &R::rule, "how it is calibrated")};
}

Trained refine_on_real(const RealRefinement& input, TaskContext& context);
double seconds(const RealRefinement& input);

inline const Task<RealRefinement, Trained> kRealRefinement{
    "deep_probability.real_refinement",
    1,
    refine_on_real,
    "a network trained on on real data, with calibrated targets or without",
    seconds,
    [](const RealRefinement& input) { return input.recipe.shards; }};

/// Which predictions are scored on the test samples.
struct RealAssessment {
  RealSamples data;
  std::vector<Ref<Trained>> networks;  ///< of several, the mean probability
  bool last = false;                   ///< at the last epoch, not the best
  Adjustment adjustment = Adjustment::none;
};

constexpr auto fields(const RealAssessment*) {
  using R = RealAssessment;
  return std::tuple{field("data", &R::data, "samples and outcomes"),
                    field("networks", &R::networks, "whose mean probability is scored"),
                    field("last", &R::last, "at the last epoch, not the best"),
                    field("adjustment", &R::adjustment, "calibration afterwards")};
}

Scores assess_on_real(const RealAssessment& input, TaskContext& context);

inline const Task<RealAssessment, Scores> kRealAssessment{
    "deep_probability.real_assessment", 1, assess_on_real,
    "metrics of a network's predictions for real test samples"};

/// Metrics whose spread over resampled test samples is wanted.
struct ResampledScores {
  RealSamples data;
  std::vector<Ref<Scores>> scores;  ///< one
  std::int32_t resamples = 1000;
};

constexpr auto fields(const ResampledScores*) {
  using R = ResampledScores;
  return std::tuple{field("data", &R::data, "samples and outcomes"),
                    field("scores", &R::scores, "of which predictions"),
                    field("resamples", &R::resamples, "of the test samples")};
}

/// The columns of the table of real data, and for faces the distance to the truth: what is resampled, in this
/// order.
enum class RealMetric : std::uint8_t {
  area_under_curve,
  ece,
  mce,
  kolmogorov_smirnov,
  brier,
  squared_error,
  divergence
};
inline constexpr std::size_t kRealMetrics = 7;

/// Bootstrap intervals of the metrics, [metrics] in the order of RealMetric; NaN where a metric is not known.
struct Intervals {
  std::vector<double> value;
  std::vector<double> standard_error;
  std::vector<double> low;
  std::vector<double> high;
};

constexpr auto fields(const Intervals*) {
  using I = Intervals;
  return std::tuple{field("value", &I::value, "AUC, ECE, MCE, KS, Brier, MSE_p, KL_p"),
                    field("standard_error", &I::standard_error, "over resamples"),
                    field("low", &I::low, "2.5 % of the resamples are below"),
                    field("high", &I::high, "2.5 % are above")};
}

Intervals resample(const ResampledScores& input, TaskContext& context);

inline const Task<ResampledScores, Intervals> kIntervals{"deep_probability.intervals", 1, resample,
                                                         "bootstrap intervals of metrics over test samples"};

}  // namespace reprise::deep_probability
