#include "workers/slepian/persistency_claims.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "workers/common/presentation.hpp"

namespace reprise::slepian {
namespace {

constexpr double kStandardErrors = 3.0;

const StudiedModel* find(const std::vector<StudiedModel>& studied, const Model& model) {
  const auto at = std::ranges::find_if(studied, [&](const StudiedModel& s) { return s.model == model; });
  return at == studied.end() ? nullptr : &*at;
}

/// "not studied: diffusion, d = 5; Gaussian", or nothing.
std::string missing(const std::vector<StudiedModel>& studied, const std::vector<Model>& models) {
  std::string names;
  for (const Model& model : models) {
    if (find(studied, model) == nullptr) names += (names.empty() ? "not studied: " : "; ") + title(model);
  }
  return names;
}

void append(std::string& text, const std::string& more) {
  text += (text.empty() ? "" : "; ") + more;
}

}  // namespace

Finding judge_earlier_exponents(const std::string& claim, const std::vector<StudiedModel>& studied,
                                const std::vector<std::pair<Model, double>>& published) {
  constexpr double kRounding = 5e-5;
  Finding finding{claim};
  finding.rows = "table exponents, columns earlier and root";
  std::vector<Model> models;
  bool holds = true;
  for (const auto& [model, value] : published) {
    models.push_back(model);
    const StudiedModel* found = find(studied, model);
    if (found == nullptr) continue;
    const double off = std::abs(found->theory.exponent - value);
    append(finding.measured, fmt::format("{:.6f} ({:.4f})", found->theory.exponent, value));
    holds = holds && off <= kRounding;
  }
  finding.remark = missing(studied, models);
  if (finding.remark.empty()) finding.verdict = holds ? Verdict::reproduced : Verdict::not_reproduced;
  return finding;
}

Finding judge_divisors(const std::string& claim, const std::vector<StudiedModel>& studied) {
  Finding finding{claim};
  finding.rows = "table approximation, column verdict; task slepian.theory";
  std::size_t valid = 0;
  double rise = 0.0;
  for (const StudiedModel& each : studied) {
    valid += each.theory.verdict == ValidityVerdict::divisor ? 1 : 0;
    rise = std::max(rise, each.theory.largest_rise);
  }
  finding.measured =
      fmt::format("V1 for {} of {} covariances; largest rise of E0 {:.1e}", valid, studied.size(), rise);
  finding.verdict = valid == studied.size() ? Verdict::reproduced : Verdict::not_reproduced;
  return finding;
}

Finding judge_exact_exponent(const std::string& claim, const std::vector<StudiedModel>& studied,
                             const Model& model, double tolerance) {
  const StudiedModel* found = find(studied, model);
  if (found == nullptr) return not_tested(claim, missing(studied, {model}));
  Finding finding{claim};
  const Estimate exponent = found->slopes.exponent;
  finding.rows = "table exponents, columns orthant and exact; task slepian.orthant";
  finding.value = exponent.value;
  finding.standard_error = exponent.standard_error;
  finding.measured = fmt::format("{} beside {:g}", show(exponent, 5), found->exact.value());
  if (std::isnan(exponent.value)) {
    finding.remark = "values are missing: tasks failed";
  } else if (exponent.standard_error > tolerance) {
    finding.remark = fmt::format("its standard error is larger than {:g}", tolerance);
  } else {
    const double off = std::abs(exponent.value - found->exact.value());
    finding.verdict = off <= std::max(tolerance, kStandardErrors * exponent.standard_error)
                          ? Verdict::reproduced
                          : Verdict::not_reproduced;
  }
  return finding;
}

Finding judge_distance(const std::string& claim, const std::vector<StudiedModel>& studied, const Model& model,
                       double expected, double margin) {
  const StudiedModel* found = find(studied, model);
  if (found == nullptr) return not_tested(claim, missing(studied, {model}));
  if (!found->reference) return not_tested(claim, "the exact law is missing: its task failed");
  const DistributionError worst = distribution_error(*found);
  Finding finding{claim};
  finding.rows = "table approximation, column distance; tasks slepian.theory and slepian.reference";
  finding.value = worst.error.value;
  finding.measured = fmt::format("{:.5f} at t = {:.2f} μ", worst.error.value, worst.time);
  const bool holds =
      std::isnan(expected) ? worst.error.value < margin : std::abs(worst.error.value - expected) <= margin;
  finding.verdict = holds ? Verdict::reproduced : Verdict::not_reproduced;
  return finding;
}

Finding judge_agreement(const std::string& claim, const std::vector<StudiedModel>& studied,
                        const std::vector<Model>& models) {
  Finding finding{claim};
  finding.rows = "table exponents, columns orthant and simulated";
  bool holds = true;
  for (const Model& model : models) {
    const StudiedModel* found = find(studied, model);
    if (found == nullptr) continue;
    const Estimate orthant = found->slopes.exponent, simulated = found->simulated_far;
    const double off = std::abs(orthant.value - simulated.value) /
                       std::hypot(orthant.standard_error, simulated.standard_error);
    append(finding.measured,
           fmt::format("{}: {} and {} ({:.1f} SE)", title(model), show(orthant, 4), show(simulated, 4), off));
    holds = holds && off <= kStandardErrors;
  }
  finding.remark = missing(studied, models);
  if (finding.remark.empty()) finding.verdict = holds ? Verdict::reproduced : Verdict::not_reproduced;
  return finding;
}

Finding judge_side(const std::string& claim, const std::vector<StudiedModel>& studied,
                   const std::vector<Model>& models, Side side) {
  Finding finding{claim};
  finding.rows = "table exponents, columns root, orthant and exact";
  bool holds = true, wrong = false;
  for (const Model& model : models) {
    const StudiedModel* found = find(studied, model);
    if (found == nullptr) continue;
    const Estimate measured = found->slopes.exponent;
    const double sign = side == Side::below ? 1.0 : -1.0;
    const double gap = sign * (measured.value - found->theory.exponent);
    append(finding.measured,
           fmt::format("{}: {:.4f} beside {}", title(model), found->theory.exponent, show(measured, 5)));
    holds = holds && gap > kStandardErrors * measured.standard_error;
    wrong = wrong || gap < -kStandardErrors * measured.standard_error;
  }
  finding.remark = missing(studied, models);
  if (!finding.remark.empty()) return finding;
  if (holds) {
    finding.verdict = Verdict::reproduced;
  } else if (wrong) {
    finding.verdict = Verdict::not_reproduced;
  } else {
    finding.remark = "differences are within 3 standard errors";
  }
  return finding;
}

}  // namespace reprise::slepian
