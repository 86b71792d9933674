#include <fmt/format.h>

#include "workers/common/presentation.hpp"
#include "workers/deep_probability/synthetic_results.hpp"

namespace reprise::deep_probability {
namespace {

Estimate estimate(const BootstrapInterval& interval) {
  return {interval.value, interval.standard_error};
}

std::vector<Estimate> gains(const std::vector<const Spread*>& spreads, BootstrapInterval Spread::*what) {
  std::vector<Estimate> all;
  for (const auto* const spread : spreads) all.push_back(estimate(spread->*what));
  return all;
}

std::vector<double> p_values(const std::vector<const Spread*>& spreads, BootstrapInterval Spread::*what) {
  std::vector<double> all;
  for (const auto* const spread : spreads) all.push_back((spread->*what).p_value);
  return all;
}

Column p_column(const char* name, const char* label, std::vector<double> values) {
  return {name, label, "", Role::measured, std::move(values), {}, 2};
}

Table single_run_table(const SyntheticResults& results, std::size_t s) {
  std::vector<std::string> labels;
  std::vector<const Spread*> spreads;
  std::vector<double> expected;
  std::vector<double> calibrated;
  for (const auto& method : results.methods) {
    if (s >= method.spread.size() || !method.spread[s]) continue;
    labels.push_back(method.label());
    spreads.push_back(&*method.spread[s]);
    expected.push_back(spreads.back()->expected_error);
    calibrated.push_back(spreads.back()->calibrated_p);
  }
  return {
      fmt::format("single_run_{}", name_of(results.scenarios[s])),
      "What a single run can tell: " + title(results.scenarios[s]),
      fmt::format("Seed 0. Errors and two-sided p-values from {} resamples of the test images, the same for "
                  "all methods; gains over the early-stopped network are paired, positive where the method "
                  "is better. Calibrated: the ECE that the number of images alone gives to a calibrated "
                  "predictor with these predictions, and the one-sided p-value of the ECE found. The spread "
                  "over trainings is not in these errors: see the tables over seeds.",
                  kResamples),
      {parameter("method", "method", labels), measured("error", "ECE", "", gains(spreads, &Spread::error)),
       theory("expected_error", "ECE if calibrated", "", expected),
       p_column("calibrated_p", "p of calibrated", calibrated),
       measured("brier", "Brier", "", gains(spreads, &Spread::brier)),
       measured("brier_gain", "gain in Brier", "", gains(spreads, &Spread::brier_gain)),
       p_column("brier_p", "p", p_values(spreads, &Spread::brier_gain)),
       measured("squared_error_gain", "gain in MSE_p", "", gains(spreads, &Spread::squared_error_gain)),
       p_column("squared_error_p", "p", p_values(spreads, &Spread::squared_error_gain))}};
}

struct Shown {
  const char* id;
  const char* label;
};
constexpr Shown kDiagrams[] = {{"ce", "early stop"}, {"platt", "Platt"}, {"cape_bin", "CaPE-bin"}};

}  // namespace

std::vector<Table> single_run_tables(const SyntheticResults& results) {
  std::vector<Table> tables;
  for (std::size_t s = 0; s < results.scenarios.size(); ++s)
    if (auto table = single_run_table(results, s);
        !std::get<std::vector<std::string>>(table.columns[0].values).empty())
      tables.push_back(std::move(table));
  return tables;
}

Figure reliability_figure(const SyntheticResults& results) {
  Figure figure{
      "reliability",
      "Reliability with consistency bands",
      "Share of events against the mean prediction in each tenth of the test images of seed 0. Band: where "
      "95 % of the points of a calibrated predictor with the same predictions would lie.",
      {},
      3};
  for (std::size_t s = 0; s < results.scenarios.size(); ++s)
    for (const auto& [id, label] : kDiagrams) {
      const auto* const method = results.find(id);
      if (method == nullptr || s >= method->spread.size() || !method->spread[s]) continue;
      const auto& bins = method->spread[s]->deciles;
      Panel panel{fmt::format("{}: {}", title(results.scenarios[s]), label),
                  {"predicted p"},
                  {"share of events"},
                  {}};
      panel.series.push_back(
          {"calibrated, 95 %", SeriesStyle::band, bins.predicted, bins.low, {}, bins.high, 6});
      panel.series.push_back({"events", SeriesStyle::points, bins.predicted, bins.observed, {}, {}, 0});
      figure.panels.push_back(std::move(panel));
    }
  return figure;
}

}  // namespace reprise::deep_probability
