#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/density/log_density.hpp"
#include "kernels/random/philox.hpp"
#include "workers/kde/spectrum.hpp"

namespace reprise::kde {

/// Streams of a data set's key.
enum class Stream : std::uint32_t { data = 0, query = 1 };

/// Points y ~ N(0, diag(deviation^2)), never stored: any block is regenerated from the key.
struct GaussianData {
  RandomKey key;
  std::vector<double> deviation;  ///< [dim]

  [[nodiscard]] std::size_t dim() const { return deviation.size(); }

  /// Points first .. first + count - 1 of a stream, [count, dim].
  [[nodiscard]] std::vector<float> points(Stream stream, std::uint64_t first, std::size_t count) const;
};

/// sqrt of `dim` eigenvalues; the spectrum's weights times dim must be whole.
[[nodiscard]] std::vector<double> deviations(const Spectrum& spectrum, int dim);

/// One block (kPointBlock points) of a data set of `points` points, seen from the queries [q, dim] (spec 2.8,
/// S1).
[[nodiscard]] std::vector<DensityState> brute_force_block(const GaussianData& data, std::uint64_t points,
                                                          std::uint64_t block, std::span<const float> queries,
                                                          const BandwidthGrid& grid,
                                                          const DensityOptions& options);

/// All blocks in order.
[[nodiscard]] std::vector<DensityState> brute_force(const GaussianData& data, std::uint64_t points,
                                                    std::span<const float> queries, const BandwidthGrid& grid,
                                                    const DensityOptions& options);

/// log rho(x) of one query, and |x|^2.
[[nodiscard]] double log_density_of(const GaussianData& data, std::span<const float> x);

}  // namespace reprise::kde
