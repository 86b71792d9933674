#pragma once

#include "pipeline/run/task.hpp"
#include "workers/deep_probability/base_training.hpp"
#include "workers/deep_probability/metrics.hpp"

namespace reprise::deep_probability {

/// What is done to a trained network's logits, fitted to the validation images of its best epoch.
enum class Adjustment {
  none,
  temperature,
  platt,
  dirichlet,
  mix_n_match,
  histogram_binning,
  base_rate  ///< no network: the training images' share of events, for all
};

constexpr auto enumerators(const Adjustment*) {
  using A = Adjustment;
  return std::array{Enumerator{"none", A::none},
                    Enumerator{"temperature", A::temperature},
                    Enumerator{"platt", A::platt},
                    Enumerator{"dirichlet", A::dirichlet},
                    Enumerator{"mix_n_match", A::mix_n_match},
                    Enumerator{"histogram_binning", A::histogram_binning},
                    Enumerator{"base_rate", A::base_rate}};
}

/// Which predictions are scored on the test images.
struct Assessment {
  SyntheticData data;
  std::vector<Ref<Trained>> networks;  ///< of several, the mean probability; none for the base rate
  bool last = false;                   ///< at the last epoch, not the best
  Adjustment adjustment = Adjustment::none;
};

constexpr auto fields(const Assessment*) {
  using A = Assessment;
  return std::tuple{field("data", &A::data, "images and outcomes"),
                    field("networks", &A::networks, "whose mean probability is scored"),
                    field("last", &A::last, "at the last epoch, not the best"),
                    field("adjustment", &A::adjustment, "calibration afterwards")};
}

/// Metrics of the test images, and of predictions for them what figures need.
struct Scores {
  double squared_error = 0;
  double divergence = 0;
  double brier = 0;
  double log_loss = 0;
  double area_under_curve = 0;
  double calibration_error = 0;
  double largest_calibration_error = 0;
  double kolmogorov_smirnov = 0;
  double error_percent = 0;
  double self_check = 0;              ///< excess of the Brier score, in its standard deviations
  double extreme = 0;                 ///< share of predictions outside [0.05, 0.95]
  std::vector<double> predicted;      ///< [test images]
  std::vector<double> truth;          ///< [test images]
  std::vector<double> bin_predicted;  ///< reliability curve, 10 quantile bins
  std::vector<double> bin_observed;
  std::vector<double> target_error;  ///< [calibration epochs], of the first network
};

constexpr auto fields(const Scores*) {
  using S = Scores;
  return std::tuple{
      field("squared_error", &S::squared_error, "MSE_p"),
      field("divergence", &S::divergence, "KL_p", "nat"),
      field("brier", &S::brier, "Brier score"),
      field("log_loss", &S::log_loss, "log-loss", "nat"),
      field("area_under_curve", &S::area_under_curve, "AUC"),
      field("calibration_error", &S::calibration_error, "ECE, 15 quantile bins"),
      field("largest_calibration_error", &S::largest_calibration_error, "MCE, 15 quantile bins"),
      field("kolmogorov_smirnov", &S::kolmogorov_smirnov, "KS"),
      field("error_percent", &S::error_percent, "wrong outcomes", "%"),
      field("self_check", &S::self_check, "excess of the Brier score, in standard deviations"),
      field("extreme", &S::extreme, "share of predictions outside [0.05, 0.95]"),
      field("predicted", &S::predicted, "predicted probabilities"),
      field("truth", &S::truth, "true probabilities"),
      field("bin_predicted", &S::bin_predicted, "mean prediction in each of 10 quantile bins"),
      field("bin_observed", &S::bin_observed, "share of events in them"),
      field("target_error", &S::target_error,
            "mean squared distance of the targets to the true probabilities in each calibration epoch")};
}

/// Probabilities for the test samples; an adjustment is fitted to the validation samples' labels.
[[nodiscard]] std::vector<double> adjusted(const Snapshot& network, Adjustment adjustment, Labels validation);

/// Metrics of predictions; those that need true probabilities are NaN where `truth` is empty.
[[nodiscard]] Scores score(std::vector<double> predicted, Labels labels, std::vector<double> truth);

Scores assess(const Assessment& input, TaskContext& context);

inline const Task<Assessment, Scores> kAssessment{"deep_probability.assessment", 2, assess,
                                                  "metrics of a network's predictions for the test images"};

}  // namespace reprise::deep_probability
