#include "workers/kde/own_weight.hpp"

#include <cmath>

#include "kernels/expects.hpp"
#include "kernels/random/distributions.hpp"
#include "workers/kde/finite_size.hpp"
#include "workers/kde/top_k_sampler.hpp"

namespace reprise::kde {
namespace {

struct Draw {
  double squared_norm = 0.0;           // |x|^2
  double half_squared_distance = 0.0;  // |h z|^2/2
};

Draw draw_query(const OwnWeightSetting& setting, RandomKey key, std::uint64_t index) {
  expects(setting.dim > 0 && setting.bandwidth > 0.0 && setting.variance > 0.0,
          "an own weight needs a kernel and data");
  Philox random(derive(key, 0x78), index);
  Draw draw;
  for (int a = 0; a < setting.dim; ++a) {
    const double y = std::sqrt(setting.variance) * normal(random);
    const double z = setting.bandwidth * normal(random);
    draw.squared_norm += (y + z) * (y + z);
    draw.half_squared_distance += 0.5 * z * z;
  }
  return draw;
}

DistanceLaw law_of(const OwnWeightSetting& setting, const Draw& draw) {
  return DistanceLaw(LargeDeviations(isotropic(setting.variance), {draw.squared_norm / setting.dim}),
                     setting.dim);
}

}  // namespace

double expected_own_weight(const OwnWeightSetting& setting, RandomKey key, std::uint64_t draw) {
  const Draw query = draw_query(setting, key, draw);
  const FiniteSizeSum others(law_of(setting, query), setting.log_points, setting.bandwidth);
  return others.own_weight(query.half_squared_distance);
}

double simulated_own_weight(const OwnWeightSetting& setting, RandomKey key, std::uint64_t draw,
                            double nearest) {
  const Draw query = draw_query(setting, key, draw);
  const TopKSampler sampler(law_of(setting, query), setting.log_points, nearest);
  const TopKSum sum(sampler, setting.bandwidth);
  const double log_others = sum(sampler.draw(derive(key, 0x79), draw)).log_sum;
  const double log_own = -query.half_squared_distance / (setting.bandwidth * setting.bandwidth);
  return 1.0 / (1.0 + std::exp(log_others - log_own));
}

}  // namespace reprise::kde
