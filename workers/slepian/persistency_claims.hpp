#pragma once

#include <string>
#include <utility>
#include <vector>

#include "workers/slepian/persistency_study.hpp"

namespace reprise::slepian {

// How the claims of the experiments on exponents are judged (spec 7). Covariances that a claim needs and that
// were not studied leave it open.

/// Roots beside exponents that were published with four digits: |root - published| <= 5e-5.
[[nodiscard]] Finding judge_earlier_exponents(const std::string& claim,
                                              const std::vector<StudiedModel>& studied,
                                              const std::vector<std::pair<Model, double>>& published);

/// E0 is the law of a divisor for all covariances.
[[nodiscard]] Finding judge_divisors(const std::string& claim, const std::vector<StudiedModel>& studied);

/// Quasi-Monte Carlo's exponent beside the exact one: within the larger of `tolerance` and 3 standard errors.
[[nodiscard]] Finding judge_exact_exponent(const std::string& claim, const std::vector<StudiedModel>& studied,
                                           const Model& model, double tolerance);

/// sup |S_IIA - S| against the exact law lies within `margin` of `expected`, or below it where that is NaN.
[[nodiscard]] Finding judge_distance(const std::string& claim, const std::vector<StudiedModel>& studied,
                                     const Model& model, double expected, double margin);

/// Quasi-Monte Carlo and simulation agree within 3 combined standard errors, for all of `models`.
[[nodiscard]] Finding judge_agreement(const std::string& claim, const std::vector<StudiedModel>& studied,
                                      const std::vector<Model>& models);

enum class Side { below, above };
/// The approximation's exponents lie on one side of the exact ones by more than 3 standard errors.
[[nodiscard]] Finding judge_side(const std::string& claim, const std::vector<StudiedModel>& studied,
                                 const std::vector<Model>& models, Side side);

}  // namespace reprise::slepian
