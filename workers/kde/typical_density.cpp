#include "workers/kde/typical_density.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "workers/kde/simulated_sums.hpp"

namespace reprise::kde {
namespace {

constexpr std::size_t kLeastSizes = 3;
constexpr int kLeastDataSets = 10;
constexpr int kLeastQueries = 500;
constexpr std::uint64_t kManyPoints = 1000000;
constexpr int kLargeSeries = 100;
constexpr double kNearest = 1000.0;

std::vector<Claim> claims() {
  const std::string criterion =
      "KL measured by brute force is within 3 SE of the finite-size theory at every h of every (d, n), and "
      "|phi_MC - phi| falls with d at fixed alpha for every h/h_G of the series";
  const std::string scale =
      "three (d, n), one with n >= 1e6, each with 10 data sets of 500 queries; a series of three d up to 100";
  return {{"P1", "Three regimes of the bandwidth are separated by h_CLT(alpha) and h_G(alpha)", "?",
           "abstract, paraphrased; the criterion is ours", criterion, scale},
          {"P6", "On decreasing h the estimate changes sharply from a smooth curve to peaks at the data", "?",
           "abstract, paraphrased; the criterion is ours", criterion, scale}};
}

/// (1/d) E log rho of isotropic data: exact, so that only the difference to log rho_hat is measured.
const double kMeanLogDensity = -0.5 * std::log(2.0 * std::numbers::pi * std::numbers::e);

Panel panel_of(const MeasuredCase& one) {
  const double dim = one.one.law.dim;
  const double unit = one.one.condensation_bandwidth;
  const LargeDeviations typical(spectrum(one.one.law));
  const Edge edge = asymptotic_edge(typical, one.one.load());
  const auto multiples = geometric(one.one.bandwidths.back() / unit, one.one.bandwidths.front() / unit, 100);
  std::vector<double> quenched, annealed, finite;
  for (const double multiple : multiples) {
    quenched.push_back(typical_log_density(typical, one.one.load(), edge, multiple * unit));
    annealed.push_back(annealed_log_density(typical, multiple * unit));
  }
  for (const double each : one.theory.log_estimate) finite.push_back(each / dim);
  std::vector<Estimate> brute = scaled(one.measured.divergence, -dim);
  for (Estimate& each : brute) each.value += kMeanLogDensity;
  Panel panel{one.one.title(), {"h/h_G", "", true}, {"(1/d) ⟨log ρ̂(x)⟩", "nat"}, {}};
  const auto h = in_units_of(one.one.bandwidths, unit);
  panel.series = {curve("annealed, (1/d) log⟨ρ̂⟩", multiples, annealed, 7, SeriesStyle::dotted),
                  curve("quenched, d → ∞", multiples, quenched, 7, SeriesStyle::dashed),
                  curve("theory at this (d, n)", h, finite, 0), points("brute force", h, brute, 1)};
  panel.marks = {{1.0, "h_G"}, {std::numbers::sqrt2, "h_CLT"}};
  return panel;
}

/// |phi_MC - phi| of the series at fixed load: [multiples][dimensions].
struct LoadSeries {
  std::vector<std::vector<Estimate>> gap;
  std::vector<std::vector<double>> theory;
};

SimulatedSumsInput series_input(const TypicalDensity& job, int dim) {
  const DataLaw law{SpectrumShape::isotropic, 0.0, dim};
  const Edge edge = asymptotic_edge(LargeDeviations(isotropic()), job.load);
  SimulatedSumsInput input{law, job.load * dim};
  for (const double multiple : job.multiples)
    input.bandwidths.push_back(multiple * edge.condensation_bandwidth());
  input.nearest = kNearest;
  return input;
}

LoadSeries series_of(const TypicalDensity& job, const std::vector<Results<SimulatedSums>>& sums,
                     const std::vector<Results<Curve>>& curves) {
  const LargeDeviations typical(isotropic());
  const Edge edge = asymptotic_edge(typical, job.load);
  LoadSeries series{std::vector<std::vector<Estimate>>(job.multiples.size()),
                    std::vector<std::vector<double>>(job.multiples.size())};
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const double dim = job.dimensions[i];
    const SimulatedSumsInput input = series_input(job, job.dimensions[i]);
    const SumsByBandwidth columns = by_bandwidth(sums[i]);
    const JoinedCurve theory =
        join(curve_inputs(input.law, input.log_points, QueryPoint::typical, input.bandwidths), curves[i]);
    for (std::size_t k = 0; k < job.multiples.size(); ++k) {
      const double h = input.bandwidths[k];
      const double limit = typical_log_density(typical, job.load, edge, h);
      const double offset = -job.load - 0.5 * std::log(2.0 * std::numbers::pi * h * h);
      const Estimate log_sum = mean_of(columns.data_sets() == 0 ? std::vector<double>{} : columns.log_sum[k]);
      series.gap[k].push_back({std::abs(log_sum.value / dim + offset - limit), log_sum.standard_error / dim});
      series.theory[k].push_back(std::abs(theory.log_estimate[k] / dim - limit));
    }
  }
  return series;
}

Figure series_figure(const TypicalDensity& job, const LoadSeries& series) {
  const std::vector<double> dims(job.dimensions.begin(), job.dimensions.end());
  Panel panel{"", {"dimension d", "", true}, {"|(1/d)⟨log ρ̂⟩ − φ|", "nat", true}, {}};
  for (std::size_t k = 0; k < job.multiples.size(); ++k) {
    const auto name = fmt::format("h/h_G = {:g}", job.multiples[k]);
    panel.series.push_back(curve("", dims, series.theory[k], static_cast<int>(k)));
    panel.series.push_back(points(name, dims, series.gap[k], static_cast<int>(k)));
  }
  return {"approach",
          "Approach to the limit at fixed load",
          fmt::format("Distance of the typical log-density from its limit at alpha = {:g} and typical x: {} "
                      "simulated data sets for each d (points), theory at finite size (lines).",
                      job.load, job.simulated_data_sets),
          {panel}};
}

Table table_of(const std::vector<MeasuredCase>& all) {
  std::vector<std::string> size;
  std::vector<double> multiple, limit, finite;
  std::vector<Estimate> brute;
  std::string caption = "Log-density per dimension averaged over x ~ rho.";
  for (const MeasuredCase& one : all) {
    const double dim = one.one.law.dim;
    const LargeDeviations typical(spectrum(one.one.law));
    const Edge edge = asymptotic_edge(typical, one.one.load());
    caption +=
        fmt::format(" {}: {} of {} data sets.", one.one.title(), one.measured.data_sets, one.one.data_sets);
    for (std::size_t k = 0; k < one.measured.divergence.size(); ++k) {
      size.push_back(one.one.title());
      multiple.push_back(one.one.bandwidths[k] / one.one.condensation_bandwidth);
      limit.push_back(typical_log_density(typical, one.one.load(), edge, one.one.bandwidths[k]));
      finite.push_back(one.theory.log_estimate[k] / dim);
      const Estimate& kl = one.measured.divergence[k];
      brute.push_back({kMeanLogDensity - kl.value / dim, kl.standard_error / dim});
    }
  }
  return {
      "density",
      "Typical log-density",
      caption,
      {parameter("size", "size", size), parameter("multiple", "h/h_G", "", multiple), published(size.size()),
       theory("limit", "φ, d → ∞", "nat", limit), theory("finite", "at (d, n)", "nat", finite),
       measured("brute_force", "brute force", "nat", brute), verdict(brute, finite)}};
}

void typical_density(Run& run, const TypicalDensity& job) {
  std::vector<Results<SimulatedSums>> sums;
  std::vector<Results<Curve>> curves;
  for (const int dim : job.dimensions) {
    const SimulatedSumsInput input = series_input(job, dim);
    sums.push_back(run.map(kSimulatedSums,
                           simulated_blocks(input, static_cast<std::uint64_t>(job.simulated_data_sets)),
                           "series at fixed load"));
    curves.push_back(run.map(kFiniteSizeCurve,
                             curve_inputs(input.law, input.log_points, QueryPoint::typical, input.bandwidths),
                             "theory of the series"));
  }
  const auto all = measure(run, job.study);
  const LoadSeries series = series_of(job, sums, curves);
  Figure figure{"density",
                "Typical log-density over the bandwidth",
                "Means over x ~ rho, log rho(x) serving as control variate; errors from data sets. Quenched "
                "and annealed branches separate at h_G.",
                {},
                std::min<int>(3, static_cast<int>(all.size()))};
  DensityEvidence evidence{
      {}, {}, std::numeric_limits<std::int32_t>::max(), job.study.queries, {}, job.dimensions};
  for (const MeasuredCase& one : all) {
    figure.panels.push_back(panel_of(one));
    evidence.dims.push_back(one.one.law.dim);
    evidence.points.push_back(one.one.points);
    evidence.least_data_sets =
        std::min(evidence.least_data_sets, static_cast<std::int32_t>(one.measured.data_sets));
    for (std::size_t k = 0; k < one.measured.divergence.size(); ++k)
      evidence.with_theory.add(one.measured.divergence[k], one.theory.divergence(k));
  }
  for (const auto& gaps : series.gap) {
    std::vector<double> values;
    for (const Estimate& each : gaps) values.push_back(each.value);
    evidence.falling += falls(values) ? 1 : 0;
    ++evidence.multiples;
  }
  run.publish(std::move(figure));
  run.publish(series_figure(job, series));
  run.publish(table_of(all));
  run.settle(judge_typical_density("P1", evidence));
  run.settle(judge_typical_density("P6", evidence));
}

}  // namespace

void validate(const TypicalDensity& job, const JobTable& table) {
  table.require(job.load > 0.01 && job.load <= 5, "load", "must be above 0.01 and at most 5");
  table.require(!job.dimensions.empty() && std::ranges::is_sorted(job.dimensions), "dimensions", "must rise");
  table.require(std::ranges::all_of(job.dimensions, [](int d) { return d >= 8 && d <= 2000; }), "dimensions",
                "must be from 8 to 2000");
  table.require(!job.multiples.empty() &&
                    std::ranges::all_of(job.multiples, [](double m) { return m >= 0.2 && m <= 3; }),
                "multiples", "must be from 0.2 to 3 (times h_G)");
  table.require(job.simulated_data_sets >= 10 && job.simulated_data_sets <= 1000000, "simulated_data_sets",
                "must be from 10 to 1000000");
}

bool falls(const std::vector<double>& values) {
  return !values.empty() &&
         std::ranges::adjacent_find(values, [](double a, double b) { return !(b < a); }) == values.end() &&
         !std::isnan(values.front());
}

Finding judge_typical_density(std::string claim, const DensityEvidence& evidence) {
  Finding finding{std::move(claim)};
  finding.rows =
      "table typical_density/density: |brute_force - finite| <= 3 SE in every row; tasks kde.simulated_sums "
      "of the series";
  finding.value = evidence.with_theory.largest;
  finding.measured = fmt::format(
      "{} of {} values of KL within 3 SE (largest {:.1f}); distance to the limit falls at {} of {} h/h_G",
      evidence.with_theory.within_three, evidence.with_theory.values, evidence.with_theory.largest,
      evidence.falling, evidence.multiples);
  const bool sizes = evidence.dims.size() >= kLeastSizes &&
                     std::ranges::any_of(evidence.points, [](auto n) { return n >= kManyPoints; });
  const bool samples = evidence.least_data_sets >= kLeastDataSets && evidence.queries >= kLeastQueries;
  const bool series = evidence.series.size() >= kLeastSizes && evidence.series.back() >= kLargeSeries;
  if (!sizes || !samples || !series) {
    finding.remark = fmt::format(
        "the job is smaller than the claim's scale: {} size(s) (d, n) with at least {} data sets of {} "
        "queries, a series of {} dimensions up to {}",
        evidence.dims.size(), evidence.least_data_sets, evidence.queries, evidence.series.size(),
        evidence.series.empty() ? 0 : evidence.series.back());
  } else if (evidence.with_theory.missing > 0) {
    finding.remark = fmt::format("{} values are missing: tasks failed", evidence.with_theory.missing);
  } else {
    const bool agrees = evidence.with_theory.within_three == evidence.with_theory.values;
    finding.verdict =
        agrees && evidence.falling == evidence.multiples ? Verdict::reproduced : Verdict::not_reproduced;
  }
  return finding;
}

Experiment typical_density_experiment() {
  return experiment<TypicalDensity>("typical_density", "Typical density",
                                    "The log-density per dimension that the estimate typically has, over the "
                                    "bandwidth: brute force, theory at the same (d, n), and the limit (E2).",
                                    typical_density, claims());
}

}  // namespace reprise::kde
