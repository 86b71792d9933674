#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace reprise::deep_probability {

/// A metric of a test set with the spread that the choice of its samples gives it (Efron, 1979).
struct BootstrapInterval {
  double value = 0.0;           ///< of the samples as they are
  double standard_error = 0.0;  ///< over resamples
  double low = 0.0;             ///< 2.5 % of the resamples are below
  double high = 0.0;            ///< 2.5 % are above
  double p_value = 1.0;         ///< two-sided, of the value being 0: for differences of two methods
};

inline constexpr int kResamples = 1000;

/// Of statistic(indices), for indices of samples drawn with replacement: draw j of resample r is
/// floor(samples u) with uniform number r samples + j of the stream 9000. Both predictions of a pair see the
/// same resamples under the same seed. Resamples whose statistic is NaN (an AUC of one class) are left out.
[[nodiscard]] BootstrapInterval bootstrap_samples(
    std::size_t samples, const std::function<double(std::span<const std::size_t>)>& statistic,
    std::uint64_t seed, int resamples = kResamples);

/// The members of a table's column that a resample names.
template <class Value>
[[nodiscard]] std::vector<Value> resampled(std::span<const Value> column,
                                           std::span<const std::size_t> indices) {
  std::vector<Value> values;
  values.reserve(indices.size());
  for (const std::size_t i : indices) {
    values.push_back(column[i]);
  }
  return values;
}

}  // namespace reprise::deep_probability
