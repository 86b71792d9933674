#include "kernels/statistics/isotonic.hpp"

#include <algorithm>
#include <cstddef>

#include "kernels/expects.hpp"

namespace reprise {
namespace {

/// Adjacent values that share one fitted value.
struct Pool {
  double sum;  ///< of weighted values
  double weight;
  std::size_t members;

  [[nodiscard]] double mean() const { return sum / weight; }
};

}  // namespace

std::vector<double> isotonic_regression(std::span<const double> values, std::span<const double> weights) {
  expects(values.size() == weights.size(), "every value has a weight");
  expects(std::ranges::all_of(weights, [](double w) { return w > 0.0; }), "weights are above 0");
  std::vector<Pool> pools;  // means strictly increase
  for (std::size_t i = 0; i < values.size(); ++i) {
    Pool pool{values[i] * weights[i], weights[i], 1};
    while (!pools.empty() && pools.back().mean() >= pool.mean()) {
      const Pool& left = pools.back();
      pool = {left.sum + pool.sum, left.weight + pool.weight, left.members + pool.members};
      pools.pop_back();
    }
    pools.push_back(pool);
  }
  std::vector<double> fitted;
  fitted.reserve(values.size());
  for (const Pool& pool : pools) {
    fitted.insert(fitted.end(), pool.members, pool.mean());
  }
  return fitted;
}

}  // namespace reprise
