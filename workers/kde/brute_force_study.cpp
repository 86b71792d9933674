#include "workers/kde/brute_force_study.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernels/expects.hpp"

namespace reprise::kde {

void validate(const BruteForceStudy& study, const JobTable& table) {
  const auto within = [](const auto& values, auto low, auto high) {
    return std::ranges::all_of(values, [&](auto value) { return value >= low && value <= high; });
  };
  table.require(!study.dimensions.empty(), "dimensions", "must name at least one dimension");
  table.require(within(study.dimensions, 2, 64), "dimensions",
                "must be from 2 to 64: brute force stops at about 30");
  table.require(study.points.size() == study.dimensions.size(), "points",
                "must have one number for each dimension");
  table.require(within(study.points, std::uint64_t{100}, std::uint64_t{1000000000}), "points",
                "must be from 100 to 1000000000");
  table.require(study.data_sets.size() == study.dimensions.size(), "data_sets",
                "must have one number for each dimension");
  table.require(within(study.data_sets, 2, 100000), "data_sets",
                "must be from 2 to 100000: standard errors come from them");
  table.require(study.queries >= 1 && study.queries <= 4096, "queries", "must be from 1 to 4096");
  table.require(study.largest_bandwidth > 0.1 && study.largest_bandwidth <= 20, "largest_bandwidth",
                "must be above 0.1 and at most 20 (times h_G)");
  const auto per = study.bandwidths_per_octave;
  table.require(per == 2 || per == 4 || per == 8 || per == 16, "bandwidths_per_octave",
                "must be 2, 4, 8 or 16");
  table.require(study.bandwidths >= 3 && study.bandwidths <= 128, "bandwidths", "must be from 3 to 128");
  table.require(study.largest_bandwidth * std::exp2(-static_cast<double>(study.bandwidths) / per) > 0.1,
                "bandwidths", "must not go below 0.1 h_G: single precision ends there");
}

double StudyCase::log_points() const {
  return std::log(static_cast<double>(points));
}

std::string StudyCase::title() const {
  return fmt::format("d = {}, n = {:.3g}", law.dim, static_cast<double>(points));
}

std::vector<StudyCase> cases(const BruteForceStudy& study, const DataLaw& law) {
  std::vector<StudyCase> all;
  for (std::size_t i = 0; i < study.dimensions.size(); ++i) {
    StudyCase one{law, study.points[i], study.data_sets[i]};
    one.law.dim = study.dimensions[i];
    const LargeDeviations typical(spectrum(one.law));
    one.condensation_bandwidth = asymptotic_edge(typical, one.load()).condensation_bandwidth();
    for (int k = 0; k < study.bandwidths; ++k) {
      const double step = static_cast<double>(k) / study.bandwidths_per_octave;
      one.bandwidths.push_back(one.condensation_bandwidth * study.largest_bandwidth * std::exp2(-step));
    }
    all.push_back(std::move(one));
  }
  return all;
}

Results<DensityEstimate> map_data_sets(Run& run, const BruteForceStudy& study, const StudyCase& one,
                                       bool fresh_queries) {
  std::vector<BruteForceInput> inputs;
  std::vector<DataPart> shares;
  for (int i = 0; i < one.data_sets; ++i) {
    const auto set = static_cast<std::uint64_t>(i);
    inputs.push_back({{one.law, one.points, set, QueryPoint::sampled, fresh_queries ? set : 0,
                       static_cast<std::uint64_t>(study.queries), one.bandwidths},
                      {}});
    const std::uint64_t parts = part_count(inputs.back().sample);
    for (std::uint64_t part = 0; parts > 1 && part < parts; ++part)
      shares.push_back({inputs.back().sample, part});
  }
  if (!shares.empty()) {
    const auto sums = run.map(kPartialSums, shares, "parts of data sets, " + one.title());
    for (std::size_t i = 0; i < sums.size(); ++i)
      inputs[i * inputs.size() / sums.size()].parts.push_back(sums.ref(i));
  }
  return run.map(kDensityEstimate, inputs, "data sets, " + one.title());
}

StudyMeans means(const Results<DensityEstimate>& estimates) {
  std::vector<RunningMoments> divergence, participation, largest, entropy;
  RunningMoments log_density;
  StudyMeans result;
  for (std::size_t i = 0; i < estimates.size(); ++i) {
    const auto one = estimates.get(i);
    if (!one) continue;
    ++result.data_sets;
    const std::size_t queries = one->log_density.size();
    const std::size_t bandwidths = one->log_estimate.shape.at(1);
    for (auto* all : {&divergence, &participation, &largest, &entropy}) all->resize(bandwidths);
    RunningMoments at_queries;
    for (const double value : one->log_density) at_queries.add(value);
    log_density.add(at_queries.mean());
    for (std::size_t k = 0; k < bandwidths; ++k) {
      double sums[4] = {};
      for (std::size_t q = 0; q < queries; ++q) {
        const std::size_t at = q * bandwidths + k;
        sums[0] += one->log_density[q] - one->log_estimate.values[at];
        sums[1] += static_cast<double>(one->participation.values[at]);
        sums[2] += static_cast<double>(one->largest_weight.values[at]);
        sums[3] += static_cast<double>(one->entropy.values[at]);
      }
      const auto count = static_cast<double>(queries);
      divergence[k].add(sums[0] / count);
      participation[k].add(sums[1] / count);
      largest[k].add(sums[2] / count);
      entropy[k].add(sums[3] / count);
    }
  }
  const auto estimate = [](const RunningMoments& moments) {
    return Estimate{moments.mean(), moments.standard_error()};
  };
  for (std::size_t k = 0; k < divergence.size(); ++k) {
    result.divergence.push_back(estimate(divergence[k]));
    result.participation.push_back(estimate(participation[k]));
    result.largest_weight.push_back(estimate(largest[k]));
    result.entropy.push_back(estimate(entropy[k]));
  }
  result.log_density = estimate(log_density);
  return result;
}

std::vector<MeasuredCase> measure(Run& run, const BruteForceStudy& study) {
  const std::vector<StudyCase> all = cases(study);
  std::vector<Results<DensityEstimate>> estimates;
  std::vector<Results<Curve>> curves;
  for (const StudyCase& one : all) {
    estimates.push_back(map_data_sets(run, study, one));
    const auto inputs = curve_inputs(one.law, one.log_points(), QueryPoint::averaged, one.bandwidths);
    curves.push_back(run.map(kFiniteSizeCurve, inputs, "theory, " + one.title()));
  }
  std::vector<MeasuredCase> measured;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const StudyCase& one = all[i];
    const LargeDeviations typical(spectrum(one.law));
    const auto inputs = curve_inputs(one.law, one.log_points(), QueryPoint::averaged, one.bandwidths);
    measured.push_back({one, means(estimates[i]), join(inputs, curves[i]),
                        finite_size_edge(typical, one.law.dim, one.log_points())});
  }
  return measured;
}

}  // namespace reprise::kde
