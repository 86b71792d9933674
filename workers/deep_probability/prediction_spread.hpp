#pragma once

#include "pipeline/run/task.hpp"
#include "workers/deep_probability/assessment.hpp"
#include "workers/deep_probability/consistency.hpp"

namespace reprise::deep_probability {

/// The scores of one run, and how far they would vary with the choice of the test images.
struct SpreadInput {
  SyntheticData data;
  Ref<Scores> scores;
  std::vector<Ref<Scores>> rival;  ///< of the same images; one to compare with, or none
  std::int32_t resamples = kResamples;
};

constexpr auto fields(const SpreadInput*) {
  using S = SpreadInput;
  return std::tuple{field("data", &S::data, "images and outcomes"),
                    field("scores", &S::scores, "whose predictions are looked at"),
                    field("rival", &S::rival, "whose predictions they are compared with, if any"),
                    field("resamples", &S::resamples, "of the test images, and draws of outcomes")};
}

/// A reliability diagram with the band in which a calibrated predictor's points would lie.
struct Diagram {
  std::vector<double> predicted;  ///< [bins]
  std::vector<double> observed;
  std::vector<double> low;
  std::vector<double> high;
};

constexpr auto fields(const Diagram*) {
  using D = Diagram;
  return std::tuple{field("predicted", &D::predicted, "mean prediction in each bin"),
                    field("observed", &D::observed, "share of events"),
                    field("low", &D::low, "2.5 % of shares of events drawn from the predictions are below"),
                    field("high", &D::high, "2.5 % are above")};
}

constexpr auto fields(const BootstrapInterval*) {
  using B = BootstrapInterval;
  return std::tuple{field("value", &B::value, "of the samples as they are"),
                    field("standard_error", &B::standard_error, "over resamples"),
                    field("low", &B::low, "2.5 % of the resamples are below"),
                    field("high", &B::high, "2.5 % are above"),
                    field("p_value", &B::p_value, "two-sided, of the value being 0")};
}

struct Spread {
  Diagram deciles;            ///< 10 quantile bins
  Diagram fifths;             ///< 5 bins of equal width
  BootstrapInterval error;    ///< ECE, 15 quantile bins
  double expected_error = 0;  ///< ECE of a calibrated predictor with the same predictions
  double calibrated_p = 1;    ///< one-sided, of an ECE this large where the predictor is calibrated
  BootstrapInterval brier;
  BootstrapInterval brier_gain;          ///< rival's - own, paired; zeros without a rival
  BootstrapInterval squared_error_gain;  ///< the same of MSE_p
};

constexpr auto fields(const Spread*) {
  using S = Spread;
  return std::tuple{
      field("deciles", &S::deciles, "reliability in 10 quantile bins"),
      field("fifths", &S::fifths, "reliability in 5 bins of equal width"),
      field("error", &S::error, "ECE"),
      field("expected_error", &S::expected_error, "ECE if the predictor were calibrated"),
      field("calibrated_p", &S::calibrated_p, "p-value of it being calibrated"),
      field("brier", &S::brier, "Brier score"),
      field("brier_gain", &S::brier_gain, "rival's Brier score less the own, paired"),
      field("squared_error_gain", &S::squared_error_gain, "rival's MSE_p less the own, paired")};
}

Spread spread_of(const SpreadInput& input, TaskContext& context);

inline const Task<SpreadInput, Spread> kSpread{
    "deep_probability.spread", 1, spread_of, "error bars of one run's scores, by resampling the test images"};

}  // namespace reprise::deep_probability
