#include "workers/kde/phase_diagram.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/statistics/quantile.hpp"
#include "workers/common/presentation.hpp"
#include "workers/kde/divergence.hpp"
#include "workers/kde/neighbours.hpp"
#include "workers/kde/reference_bandwidths.hpp"

namespace reprise::kde {
namespace {

std::vector<DataLaw> laws(const PhaseDiagram& job) {
  std::vector<DataLaw> all{{SpectrumShape::isotropic}, {SpectrumShape::two_level}};
  for (const int dim : job.power_law_dimensions) {
    for (const double exponent : job.power_law_exponents)
      all.push_back({SpectrumShape::power_law, exponent, dim});
  }
  all.push_back({SpectrumShape::marchenko_pastur});
  return all;
}

/// Loads where the table is given, those of spec 8.1.
const std::vector<double> kTabulated{0.1, 0.25, 0.5, 0.75, 1.0, 2.0};

Panel phases(const std::vector<double>& load, const ThresholdCurves& h) {
  Panel panel{"", {"load α = log(n)/d"}, {"bandwidth h", "σ", true}, {}};
  const double top = 2.0 * h.central_limit.front();
  const double bottom = 0.5 * h.divergence.back();
  panel.y.from = bottom;
  panel.y.to = top;
  const auto band = [&](const char* name, std::vector<double> low, std::vector<double> high, int colour) {
    panel.series.push_back({name, SeriesStyle::band, load, std::move(low), {}, std::move(high), colour});
  };
  band("central limit theorem", h.central_limit, std::vector<double>(load.size(), top), 5);
  band("stable law", h.condensation, h.central_limit, 4);
  band("condensed", std::vector<double>(load.size(), bottom), h.condensation, 3);
  panel.series.push_back(curve("h_CLT", load, h.central_limit, 0));
  panel.series.push_back(curve("h_G", load, h.condensation, 1));
  panel.series.push_back(curve("h_KL, least divergence", load, h.divergence, 2, SeriesStyle::dashed));
  panel.series.push_back(curve("h_2, second moment", load, h.second_moment, 7, SeriesStyle::dotted));
  panel.series.push_back(curve("h_C, memorisation", load, h.memorisation, 6, SeriesStyle::dotted));
  panel.series.push_back(curve("h_MISE", load, h.least_squares, 7, SeriesStyle::dashed));
  return panel;
}

/// Measured h_G (from nearest neighbours) and argmin of the divergence of each (d, n), with d beside them.
void add_measured(Panel& panel, const std::vector<MeasuredCase>& measured,
                  const std::vector<double>& slopes) {
  std::vector<double> load, condensation, optimum;
  for (std::size_t i = 0; i < measured.size(); ++i) {
    load.push_back(measured[i].one.load());
    condensation.push_back(1.0 / std::sqrt(slopes[i]));
    optimum.push_back(least_divergence(measured[i]).bandwidth);
    panel.annotations.push_back(
        {load.back() * 1.03, optimum.back() * 1.06, fmt::format("d = {}", measured[i].one.law.dim)});
  }
  panel.series.push_back(
      {"h_G from 10 nearest neighbours", SeriesStyle::points, load, condensation, {}, {}, 1});
  panel.series.push_back({"argmin of measured divergence", SeriesStyle::points, load, optimum, {}, {}, 2});
}

Table tabulate(const std::vector<DataLaw>& all, const Results<ThresholdCurves>& rows) {
  std::vector<std::string> law;
  std::vector<std::vector<double>> columns(9);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto row = rows.get(i);
    for (std::size_t k = 0; row && k < kTabulated.size(); ++k) {
      law.push_back(title(all[i]));
      const double values[] = {
          kTabulated[k],         row->edge[k],       row->condensation[k],     row->central_limit[k],
          row->nearest_scale[k], row->divergence[k], row->least_divergence[k], row->memorisation[k],
          row->second_moment[k]};
      for (std::size_t c = 0; c < columns.size(); ++c) columns[c].push_back(values[c]);
    }
  }
  Table table{
      "thresholds", "Thresholds at infinite d", "At typical x. The published formulas were not seen.", {}};
  table.columns = {parameter("spectrum", "spectrum", law),
                   parameter("load", "α", "", columns[0]),
                   published(law.size()),
                   theory("edge", "λ*", "σ⁻²", columns[1]),
                   theory("condensation", "h_G", "σ", columns[2]),
                   theory("central_limit", "h_CLT", "σ", columns[3]),
                   theory("nearest_scale", "r*", "σ²", columns[4]),
                   theory("divergence", "h_KL", "σ", columns[5]),
                   theory("least_divergence", "KL/d at h_KL", "nat", columns[6]),
                   theory("memorisation", "h_C", "σ", columns[7]),
                   theory("second_moment", "h_2", "σ", columns[8])};
  return table;
}

Figure of_spectra(const std::vector<double>& load, const std::vector<DataLaw>& all,
                  const Results<ThresholdCurves>& rows) {
  Figure figure{"spectra",
                "Thresholds of other spectra",
                "At typical x and infinite d; mean variance 1 but for the two levels.",
                {},
                3};
  for (std::size_t i = 1; i < all.size(); ++i) {
    const auto h = rows.get(i);
    if (!h) continue;
    Panel panel{title(all[i]), {"load α"}, {"bandwidth h", "σ", true}, {}};
    panel.series = {curve("h_CLT", load, h->central_limit, 0), curve("h_G", load, h->condensation, 1),
                    curve("h_KL", load, h->divergence, 2, SeriesStyle::dashed),
                    curve("h_C", load, h->memorisation, 6, SeriesStyle::dotted)};
    figure.panels.push_back(std::move(panel));
  }
  return figure;
}

void phase_diagram(Run& run, const PhaseDiagram& job) {
  const std::vector<DataLaw> all = laws(job);
  const std::vector<double> load = arithmetic(job.lowest_load, job.highest_load, job.loads);
  std::vector<ThresholdsInput> inputs, tabulated;
  for (const DataLaw& law : all) {
    inputs.push_back({law, load});
    tabulated.push_back({law, kTabulated});
  }
  const auto curves = run.map(kThresholds, inputs, "thresholds");
  const auto rows = run.map(kThresholds, tabulated, "thresholds of the table");
  const auto measured = measure(run, job.study);
  const auto slopes = measured_slopes(run, job.study);
  run.publish(tabulate(all, rows));
  Figure figure{"phases",
                "Phase diagram of isotropic Gaussian data",
                "Regions: central limit theorem, stable law (1 < mu < 2), condensed (mu < 1); curves at "
                "infinite d. Points are measured at d <= 30, where thresholds lie above their limits: both "
                "belong to the finite (d, n) beside them, averaged over x.",
                {phases(load, curves.at(0))}};
  add_measured(figure.panels[0], measured, slopes);
  run.publish(std::move(figure));
  run.publish(of_spectra(load, all, curves));
  run.note("The paper's formulas, figures and sizes were not seen: published columns hold '?'.");
}

}  // namespace

void validate(const PhaseDiagram& job, const JobTable& table) {
  table.require(job.lowest_load >= 1e-3, "lowest_load", "must be at least 0.001");
  table.require(job.highest_load > job.lowest_load && job.highest_load <= 50, "highest_load",
                "must be above lowest_load and at most 50");
  table.require(job.loads >= 2 && job.loads <= 100000, "loads", "must be from 2 to 100000");
  table.require(std::ranges::all_of(job.power_law_dimensions, [](int d) { return d >= 1 && d <= 100000; }),
                "power_law_dimensions", "must be from 1 to 100000");
  table.require(
      std::ranges::all_of(job.power_law_exponents, [](double gamma) { return gamma >= 0 && gamma <= 10; }),
      "power_law_exponents", "must be from 0 to 10");
}

ThresholdCurves threshold_curves(const ThresholdsInput& input, TaskContext&) {
  const Spectrum data = spectrum(input.law);
  ThresholdCurves curves;
  for (const double load : input.loads) {
    const Thresholds at = thresholds(data, load);
    curves.condensation.push_back(at.h_condensation);
    curves.central_limit.push_back(at.h_central_limit);
    curves.divergence.push_back(at.h_divergence);
    curves.second_moment.push_back(at.h_second_moment);
    curves.memorisation.push_back(at.h_memorisation);
    curves.least_squares.push_back(input.law.shape == SpectrumShape::isotropic
                                       ? least_squares_bandwidth_limit(1.0, load)
                                       : std::numeric_limits<double>::quiet_NaN());
    curves.edge.push_back(at.edge.lambda);
    curves.nearest_scale.push_back(at.edge.nearest_scale);
    curves.least_divergence.push_back(at.least_divergence);
    curves.divergence_at_condensation.push_back(at.divergence_at_condensation);
    curves.index_at_optimum.push_back(at.index_at_optimum);
  }
  return curves;
}

double seconds(const ThresholdsInput& input) {
  constexpr double kEvaluation = 2e-8;
  constexpr double kEvaluations = 100.0;
  const std::size_t eigenvalues = spectrum(input.law).size();
  return static_cast<double>(input.loads.size()) * kEvaluations * kEvaluation *
         static_cast<double>(eigenvalues);
}

Experiment phase_diagram_experiment() {
  return experiment<PhaseDiagram>(
      "phase_diagram", "Phase diagram",
      "Bandwidths between the Gaussian, the stable and the condensed phase of a kernel density estimate over "
      "the load alpha = log(n)/d, for several covariance spectra (E1; claims P1, P4).",
      phase_diagram);
}

}  // namespace reprise::kde
