#include "workers/kde/query_point.hpp"

#include <bit>

#include "kernels/expects.hpp"
#include "workers/kde/gaussian_data.hpp"

namespace reprise::kde {
namespace {

constexpr std::uint64_t kQueries = 0x71;  // tags of derived keys
constexpr std::uint64_t kData = 0x64;

RandomKey law_key(std::uint64_t seed, const DataLaw& law, std::uint64_t set) {
  const RandomKey key = random_key(seed, set, static_cast<std::uint64_t>(law.dim));
  return derive(derive(key, static_cast<std::uint64_t>(law.shape)),
                std::bit_cast<std::uint64_t>(law.exponent));
}

}  // namespace

RandomKey data_key(std::uint64_t seed, const DataLaw& law, std::uint64_t points, std::uint64_t data_set) {
  return derive(derive(law_key(seed, law, data_set), kData), points);
}

std::vector<float> query_points(std::uint64_t seed, const DataLaw& law, QueryPoint at,
                                std::uint64_t query_set, std::uint64_t first, std::uint64_t count) {
  const std::vector<double> deviation = deviations(spectrum(law), law.dim);
  if (at == QueryPoint::sampled) {
    const GaussianData queries{derive(law_key(seed, law, query_set), kQueries), deviation};
    return queries.points(Stream::query, first, count);
  }
  expects(at == QueryPoint::typical && first == 0 && count == 1, "there is one typical query");
  std::vector<float> x(deviation.begin(), deviation.end());
  for (std::size_t a = 1; a < x.size(); a += 2) {
    x[a] = -x[a];
  }
  return x;
}

}  // namespace reprise::kde
