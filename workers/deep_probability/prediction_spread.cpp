#include "workers/deep_probability/prediction_spread.hpp"

#include "workers/deep_probability/metrics.hpp"

namespace reprise::deep_probability {
namespace {

using Indices = std::span<const std::size_t>;

Diagram diagram_of(const Consistency& from) {
  Diagram diagram{{}, {}, from.low, from.high};
  for (const auto& bin : from.bins) {
    diagram.predicted.push_back(bin.predicted);
    diagram.observed.push_back(bin.observed);
  }
  return diagram;
}

/// Squared distances [n] to what was to be predicted.
template <class Value>
std::vector<double> squares(std::span<const double> predicted, const std::vector<Value>& truth) {
  std::vector<double> all;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const double gap = predicted[i] - static_cast<double>(truth[i]);
    all.push_back(gap * gap);
  }
  return all;
}

}  // namespace

Spread spread_of(const SpreadInput& input, TaskContext& context) {
  const ImageSet images(input.data);
  const auto& label = images.test().label;
  const auto& truth = images.test().probability;
  const auto p = context.result(input.scores).predicted;
  const auto seed = input.data.seed;
  const auto bootstrap = [&](const auto& statistic) {
    return bootstrap_samples(p.size(), statistic, seed, input.resamples);
  };
  const auto mean = [&](const std::vector<double>& values) {
    return bootstrap([&](Indices chosen) {
      double sum = 0;
      for (const auto i : chosen) sum += values[i];
      return sum / static_cast<double>(chosen.size());
    });
  };
  const auto consistency_in = [&](const std::vector<double>& edges) {
    return consistency(edges, p, label, seed, input.resamples);
  };
  constexpr int kDeciles = 10;
  constexpr int kFifths = 5;
  Spread spread;
  spread.deciles = diagram_of(consistency_in(quantile_edges(p, kDeciles)));
  spread.fifths = diagram_of(consistency_in(equal_width_edges(kFifths)));
  const auto calibrated = consistency_in(quantile_edges(p, kCalibrationBins));
  spread.expected_error = calibrated.expected_error;
  spread.calibrated_p = calibrated.p_value;
  spread.error = bootstrap([&](Indices chosen) {
    const auto resample = resampled(std::span(p), chosen);
    const auto outcomes = resampled(std::span(label), chosen);
    return calibration_error(quantile_bins(resample, outcomes, kCalibrationBins)).mean;
  });
  const auto brier = squares(p, label);
  spread.brier = mean(brier);
  for (const auto& ref : input.rival) {
    const auto other = context.result(ref).predicted;
    const auto gain = [&](const std::vector<double>& own, std::vector<double> others) {
      for (std::size_t i = 0; i < own.size(); ++i) others[i] -= own[i];
      return mean(others);
    };
    spread.brier_gain = gain(brier, squares(other, label));
    spread.squared_error_gain = gain(squares(p, truth), squares(other, truth));
  }
  return spread;
}

}  // namespace reprise::deep_probability
