#include "workers/kde/spectra.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "workers/kde/divergence.hpp"

namespace reprise::kde {
namespace {

constexpr std::size_t kLeastSpectra = 3;
constexpr std::int32_t kLeastDimension = 20;
constexpr std::uint64_t kLeastPoints = 100000;
constexpr std::int32_t kLeastDataSets = 50;
constexpr std::int32_t kLeastQueries = 100;

Claim claim() {
  return {"P4",
          "The theory solves multivariate Gaussian data in detail, whatever their covariance",
          "?",
          "abstract, paraphrased; the criterion is ours",
          "divergence and E Y2 measured by brute force are within 3 SE of the finite-size theory evaluated "
          "at the same sampled x, at every h of every spectrum",
          "three spectra with d >= 20 and n >= 1e5, each with 50 data sets seen from 100 x"};
}

std::vector<StudyCase> cases_of(const Spectra& job) {
  std::vector<DataLaw> laws;
  for (const double exponent : job.exponents) laws.push_back({SpectrumShape::power_law, exponent});
  if (job.two_level) laws.push_back({SpectrumShape::two_level});
  std::vector<StudyCase> all;
  for (const DataLaw& law : laws) {
    for (StudyCase& one : cases(job.study, law)) all.push_back(std::move(one));
  }
  return all;
}

/// The theory at the very queries that all data sets of a case see, a few of them in a task.
std::vector<CurveInput> theory_inputs(const Spectra& job, const StudyCase& one) {
  constexpr std::uint64_t kBlock = 4;
  std::vector<CurveInput> inputs;
  const auto queries = static_cast<std::uint64_t>(job.study.queries);
  for (std::uint64_t first = 0; first < queries; first += kBlock) {
    inputs.push_back({one.law, one.log_points(), QueryPoint::sampled, 0, first,
                      std::min(kBlock, queries - first), one.bandwidths});
  }
  return inputs;
}

/// Averages over the queries. [bandwidths]; NaN when a task failed, because the queries would not be the
/// same.
struct QueryMean {
  std::vector<double> divergence;
  std::vector<double> participation;
};

QueryMean over_queries(const Results<Curve>& blocks, std::size_t bandwidths) {
  QueryMean mean{std::vector<double>(bandwidths, 0.0), std::vector<double>(bandwidths, 0.0)};
  double queries = 0.0;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const auto block = blocks.get(i);
    if (!block) {
      queries = std::numeric_limits<double>::quiet_NaN();
      continue;
    }
    queries += static_cast<double>(block->log_density.size());
    for (std::size_t at = 0; at < block->log_estimate.values.size(); ++at) {
      mean.divergence[at % bandwidths] +=
          block->log_density[at / bandwidths] - block->log_estimate.values[at];
      mean.participation[at % bandwidths] += block->participation.values[at];
    }
  }
  for (double& value : mean.divergence) value /= queries;
  for (double& value : mean.participation) value /= queries;
  return mean;
}

/// One spectrum, measured.
struct MeasuredSpectrum {
  StudyCase one;
  StudyMeans measured;
  QueryMean theory;
  Edge edge;
  Edge finite_size;

  [[nodiscard]] std::string name() const {
    return title(one.law) + fmt::format(", n = {:g}", static_cast<double>(one.points));
  }
};

Figure figure_of(const std::vector<MeasuredSpectrum>& all) {
  Figure figure{"spectra",
                "General spectra",
                "Averages over a fixed set of x ~ rho; the theory is that of the same x. Left of each pair: "
                "divergence; right: inverse effective number of points.",
                {},
                2};
  for (const MeasuredSpectrum& each : all) {
    const double dim = each.one.law.dim;
    const LargeDeviations typical(spectrum(each.one.law));
    const auto h = geometric(each.one.bandwidths.back(), each.one.bandwidths.front(), 100);
    std::vector<double> limit;
    for (const double value : h) limit.push_back(divergence(typical, each.one.load(), each.edge, value));
    Panel left{each.name(), {"bandwidth h", "σ", true}, {"KL(ρ‖ρ̂)/d", "nat", true}, {}};
    left.series = {curve("d → ∞, x typical", h, limit, 7, SeriesStyle::dashed),
                   curve(
                       "theory at these x", each.one.bandwidths,
                       [&] {
                         std::vector<double> values = each.theory.divergence;
                         for (double& value : values) value /= dim;
                         return values;
                       }(),
                       0),
                   points("brute force", each.one.bandwidths, scaled(each.measured.divergence, dim), 1)};
    left.marks = {{each.finite_size.condensation_bandwidth(), "h_G"},
                  {each.finite_size.central_limit_bandwidth(), "h_CLT"}};
    left.y.from = 1e-3;
    Panel right{each.name(), {"bandwidth h", "σ", true}, {"E Y2"}, {}};
    right.series = {curve("theory at these x", each.one.bandwidths, each.theory.participation, 0),
                    points("brute force", each.one.bandwidths, each.measured.participation, 1)};
    right.marks = left.marks;
    figure.panels.push_back(std::move(left));
    figure.panels.push_back(std::move(right));
  }
  return figure;
}

Table table_of(const std::vector<MeasuredSpectrum>& all) {
  std::vector<std::string> law;
  std::vector<double> multiple, limit, finite, finite_y2;
  std::vector<Estimate> brute, y2;
  std::string caption = "KL divergence per dimension and E Y2, averaged over the same x.";
  for (const MeasuredSpectrum& each : all) {
    const double dim = each.one.law.dim;
    const LargeDeviations typical(spectrum(each.one.law));
    caption +=
        fmt::format(" {}: {} of {} data sets.", each.name(), each.measured.data_sets, each.one.data_sets);
    for (std::size_t k = 0; k < each.measured.divergence.size(); ++k) {
      law.push_back(each.name());
      multiple.push_back(each.one.bandwidths[k] / each.one.condensation_bandwidth);
      limit.push_back(divergence(typical, each.one.load(), each.edge, each.one.bandwidths[k]));
      finite.push_back(each.theory.divergence[k] / dim);
      finite_y2.push_back(each.theory.participation[k]);
      brute.push_back(scaled({each.measured.divergence[k]}, dim).front());
      y2.push_back(each.measured.participation[k]);
    }
  }
  auto y2_agrees = verdict(y2, finite_y2);
  y2_agrees.name = "participation_verdict";
  return {"spectra",
          "General spectra",
          caption,
          {parameter("spectrum", "spectrum", law), parameter("multiple", "h/h_G", "", multiple),
           published(law.size()), theory("limit", "KL/d, d → ∞", "nat", limit),
           theory("finite", "KL/d at (d, n)", "nat", finite), measured("divergence", "KL/d", "nat", brute),
           verdict(brute, finite), theory("participation_finite", "E Y2 at (d, n)", "", finite_y2),
           measured("participation", "E Y2", "", y2), y2_agrees}};
}

void general_spectra(Run& run, const Spectra& job) {
  const std::vector<StudyCase> all = cases_of(job);
  std::vector<Results<DensityEstimate>> estimates;
  std::vector<Results<Curve>> curves;
  for (const StudyCase& one : all) {
    estimates.push_back(map_data_sets(run, job.study, one, false));
    curves.push_back(
        run.map(kFiniteSizeCurve, theory_inputs(job, one), "theory at the same x, " + title(one.law)));
  }
  std::vector<MeasuredSpectrum> spectra;
  SpectraEvidence evidence{all.size(),
                           std::ranges::min(job.study.dimensions),
                           std::ranges::min(job.study.points),
                           std::numeric_limits<std::int32_t>::max(),
                           job.study.queries,
                           {},
                           {}};
  for (std::size_t i = 0; i < all.size(); ++i) {
    const LargeDeviations typical(spectrum(all[i].law));
    spectra.push_back({all[i], means(estimates[i]), over_queries(curves[i], all[i].bandwidths.size()),
                       asymptotic_edge(typical, all[i].load()),
                       finite_size_edge(typical, all[i].law.dim, all[i].log_points())});
    const MeasuredSpectrum& each = spectra.back();
    evidence.least_data_sets =
        std::min(evidence.least_data_sets, static_cast<std::int32_t>(each.measured.data_sets));
    for (std::size_t k = 0; k < each.measured.divergence.size(); ++k) {
      evidence.divergence.add(each.measured.divergence[k], each.theory.divergence[k]);
      evidence.participation.add(each.measured.participation[k], each.theory.participation[k]);
    }
  }
  run.publish(figure_of(spectra));
  run.publish(table_of(spectra));
  run.settle(judge_spectra(evidence));
}

}  // namespace

void validate(const Spectra& job, const JobTable& table) {
  table.require(!job.exponents.empty() || job.two_level, "exponents",
                "must name an exponent, or two_level be true");
  table.require(std::ranges::all_of(job.exponents, [](double gamma) { return gamma >= 0 && gamma <= 4; }),
                "exponents", "must be from 0 to 4");
  table.require(!job.two_level || std::ranges::all_of(job.study.dimensions, [](int d) { return d % 2 == 0; }),
                "two_level", "needs even dimensions");
}

Finding judge_spectra(const SpectraEvidence& evidence) {
  Finding finding{"P4"};
  finding.rows =
      "table spectra/spectra: divergence beside finite, participation beside participation_finite, in every "
      "row";
  finding.value = std::max(evidence.divergence.largest, evidence.participation.largest);
  finding.measured =
      fmt::format("within 3 SE: {} of {} divergences, {} of {} participations (largest {:.1f} SE)",
                  evidence.divergence.within_three, evidence.divergence.values,
                  evidence.participation.within_three, evidence.participation.values, finding.value);
  const int missing = evidence.divergence.missing + evidence.participation.missing;
  if (evidence.spectra < kLeastSpectra || evidence.least_dimension < kLeastDimension ||
      evidence.least_points < kLeastPoints || evidence.least_data_sets < kLeastDataSets ||
      evidence.queries < kLeastQueries) {
    finding.remark = fmt::format(
        "has {} spectrum(s), d >= {}, n >= {:g}, {} data sets, {} x; the claim needs {}, {}, {:g}, {} and {}",
        evidence.spectra, evidence.least_dimension, static_cast<double>(evidence.least_points),
        evidence.least_data_sets, evidence.queries, kLeastSpectra, kLeastDimension,
        static_cast<double>(kLeastPoints), kLeastDataSets, kLeastQueries);
  } else if (missing > 0) {
    finding.remark = fmt::format("{} values are missing: tasks failed", missing);
  } else {
    const bool holds = evidence.divergence.within_three == evidence.divergence.values &&
                       evidence.participation.within_three == evidence.participation.values;
    finding.verdict = holds ? Verdict::reproduced : Verdict::not_reproduced;
  }
  return finding;
}

Experiment spectra_experiment() {
  return experiment<Spectra>("spectra", "General spectra",
                             "Divergence and condensation for power-law and two-level covariances, measured "
                             "at fixed sampled x beside the theory at the same x (E7).",
                             general_spectra, {claim()});
}

}  // namespace reprise::kde
