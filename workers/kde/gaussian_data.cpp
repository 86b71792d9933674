#include "workers/kde/gaussian_data.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "kernels/expects.hpp"
#include "kernels/random/blocks.hpp"

namespace reprise::kde {

std::vector<float> GaussianData::points(Stream stream, std::uint64_t first, std::size_t count) const {
  std::vector<float> rows(count * dim());
  fill_normal({key, static_cast<std::uint32_t>(stream), first, count, dim()}, std::span<float>(rows));
  std::vector<float> scale(deviation.begin(), deviation.end());
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t a = 0; a < dim(); ++a) {
      rows[i * dim() + a] *= scale[a];
    }
  }
  return rows;
}

std::vector<double> deviations(const Spectrum& spectrum, int dim) {
  std::vector<double> result;
  for (std::size_t a = 0; a < spectrum.size(); ++a) {
    const double copies = spectrum.weight[a] * dim;
    expects(std::abs(copies - std::round(copies)) < 1e-9,
            "the spectrum does not divide into so many coordinates");
    result.insert(result.end(), static_cast<std::size_t>(std::llround(copies)),
                  std::sqrt(spectrum.eigenvalue[a]));
  }
  expects(result.size() == static_cast<std::size_t>(dim),
          "the spectrum does not divide into so many coordinates");
  return result;
}

std::vector<DensityState> brute_force_block(const GaussianData& data, std::uint64_t points,
                                            std::uint64_t block, std::span<const float> queries,
                                            const BandwidthGrid& grid, const DensityOptions& options) {
  const std::uint64_t first = block * kPointBlock;
  expects(first < points, "a block starts before the last point");
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(kPointBlock, points - first));
  const std::vector<float> rows = data.points(Stream::data, first, count);
  const PackedPoints<float> packed(rows, data.dim(), first);
  return block_states(grid, options, queries, packed);
}

std::vector<DensityState> brute_force(const GaussianData& data, std::uint64_t points,
                                      std::span<const float> queries, const BandwidthGrid& grid,
                                      const DensityOptions& options) {
  std::vector<DensityState> states(queries.size() / data.dim(),
                                   DensityState(grid.size(), options.nearest, options.excess));
  for (std::uint64_t block = 0; block * kPointBlock < points; ++block) {
    merge_states(states, brute_force_block(data, points, block, queries, grid, options), grid);
  }
  return states;
}

double log_density_of(const GaussianData& data, std::span<const float> x) {
  expects(x.size() == data.dim(), "a query has as many coordinates as the data");
  double log_density = 0.0;
  for (std::size_t a = 0; a < x.size(); ++a) {
    const double z = static_cast<double>(x[a]) / data.deviation[a];
    log_density -= 0.5 * z * z + std::log(data.deviation[a]) + 0.5 * std::log(2.0 * std::numbers::pi);
  }
  return log_density;
}

}  // namespace reprise::kde
