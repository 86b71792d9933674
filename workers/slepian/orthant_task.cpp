#include "workers/slepian/orthant_task.hpp"

#include <algorithm>

#include "kernels/expects.hpp"
#include "kernels/gaussian/orthant.hpp"
#include "pipeline/base/key.hpp"
#include "workers/slepian/slepian_model.hpp"

namespace reprise::slepian {
namespace {

/// The integral, and what it is multiplied by.
struct Integral {
  GaussianOrthant orthant;
  double scale = 1.0;
};

Integral integral_of(const OrthantPoint& point) {
  const auto covariance = covariance_of(point.model);
  const double step = point.time / point.steps;
  if (point.kind == OrthantKind::no_zero)
    return {GaussianOrthant(pivoted_cholesky(grid_covariance(*covariance, step, point.steps + 1))), 2.0};
  if (point.kind == OrthantKind::survival) {
    const SlepianModel model = slepian_model(*covariance, step, point.steps);
    return {GaussianOrthant(pivoted_cholesky(model.covariance), {.rayleigh = model.drift}), 1.0};
  }
  const DurbinModel model = durbin_model(*covariance, point.time, point.steps);
  return {GaussianOrthant(pivoted_cholesky(model.covariance, {.kept = 2}), {.rayleigh = {}, .weighted = 2}),
          model.scale};
}

/// Names the shifts of a probability, the same for all ranges of its lattices.
RandomKey shift_key(const OrthantPoint& point, std::uint64_t seed) {
  const Key name = hash_bytes(encode(point));
  return random_key(seed, name.high, name.low);
}

}  // namespace

OrthantSums sum_orthant(const OrthantInput& input, TaskContext& context) {
  expects(input.point.steps >= 1 && input.point.time > 0.0, "an orthant is that of a grid");
  const Integral integral = integral_of(input.point);
  const RandomKey key = shift_key(input.point, context.seed());
  OrthantSums sums;
  for (std::uint32_t shift = input.shift; shift < input.shift + input.shifts; ++shift) {
    const ShiftedLattice lattice(integral.orthant.dimensions(), key, shift, input.rule);
    const LatticeSum sum = integral.orthant.sum(lattice, input.first, input.count);
    sums.sum.push_back(integral.scale * sum.sum);
    sums.rest.push_back(integral.scale * sum.rest);
  }
  return sums;
}

double seconds(const OrthantInput& input) {
  constexpr double kProduct = 2e-10, kNormal = 2e-8, kPivot = 1e-9;
  const double n = input.point.steps;
  const double rank = std::min(n, 48.0 + 0.25 * n);
  return 1e-3 + kPivot * n * n * rank +
         static_cast<double>(input.shifts * input.count) * (kProduct * n * rank + kNormal * n);
}

}  // namespace reprise::slepian
