#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/quantise/quantizer.hpp"
#include "kernels/quantise/ranges.hpp"

namespace reprise::nn {

/// Which quantizers a search compares, in which order; rho widens or narrows the range, m is the ratio of two
/// regions' scales as a power of two.
enum class SearchKind : std::uint8_t {
  symmetric,     ///< symmetric_scale() rho, rho = .20, .22, ..., 1.20
  asymmetric,    ///< low and high times rho = 1, .98, ..., .30
  sign_regions,  ///< OPT-m: m = 0..12, for each rho = .40, .45, ..., 1.20; outer = max x / (2^(b-1) - 1) rho
  magnitude_regions,   ///< the same
  fixed_sign_regions,  ///< PTQ4ViT's rule: |min GELU| below zero, above it max x / (2^(b-1) - 1/2) rho, rho =
                       ///< .20...1.20
  probability_regions,  ///< OPT-m: outer = 1 / (2^(b-1) - 1), m = 0..19
  twin_probabilities,   ///< PTQ4ViT's: split at 2^-m, m = 0..19
  log2,                 ///< one
  log_sqrt2,            ///< one for each of the given scales
};

/// What must be known of a whole tensor before its candidates are.
struct Search {
  SearchKind kind = SearchKind::symmetric;
  std::int32_t bits = 8;
  Range range;                ///< of all calibration images
  std::vector<float> scales;  ///< log_sqrt2's
};

/// What sets a candidate apart.
struct Setting {
  double rho = 1;
  std::int32_t m = 0;
};

/// In the order in which ties are decided.
[[nodiscard]] std::vector<Setting> settings(const Search& search);
/// One for each setting, of one group: errors tell which is best. Throws std::invalid_argument for bits
/// outside 2..16.
[[nodiscard]] std::vector<Quantizer> candidates(const Search& search);

/// Sums over elements of (x - value)^2 for each candidate: [candidates]. They add up over parts of a tensor.
/// Throws std::invalid_argument as fake_quantise does.
[[nodiscard]] std::vector<double> squared_errors(std::span<const Quantizer> candidates,
                                                 const Grouping& grouping, std::span<const float> x);

/// The first of the least errors. Throws std::invalid_argument if none is a finite number.
[[nodiscard]] std::size_t first_least(std::span<const double> errors);
/// The candidate there.
[[nodiscard]] Quantizer best(std::span<const Quantizer> candidates, std::span<const double> errors);

/// Searches look at every s-th element of a tensor of more than 400,000, s = floor(elements / 200,000) + 1.
[[nodiscard]] std::int64_t search_stride(std::int64_t elements);
/// The elements 0, s, 2 s, ... of a tensor of `elements` that are among the part of it that starts at
/// `first`.
[[nodiscard]] std::vector<float> searched_elements(std::int64_t first, std::span<const float> part,
                                                   std::int64_t elements);

}  // namespace reprise::nn
