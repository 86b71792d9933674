#include "workers/mptq_vit/observers.hpp"

#include <vector>

#include "kernels/expects.hpp"
#include "kernels/quantise/candidates.hpp"

namespace reprise::mptq_vit {

nn::Range moving_range(std::span<const nn::Range> batches) {
  constexpr float kWeight = 0.01F;
  expects(!batches.empty(), "there is a batch");
  nn::Range moving = batches.front();
  for (const auto& batch : batches.subspan(1)) {
    moving.low += kWeight * (batch.low - moving.low);
    moving.high += kWeight * (batch.high - moving.high);
  }
  return moving;
}

nn::Range moving_quantiles(const SiteValues& values) {
  constexpr double kLevel = 0.99999;
  std::vector<nn::Range> quantiles;
  for (std::size_t batch = 0; batch < values.batches().size(); ++batch)
    quantiles.push_back(nn::quantile_range(values.of_batch(batch), kLevel));
  return moving_range(quantiles);
}

nn::Range shrunk_range(const SiteValues& values, std::int32_t bits) {
  constexpr int kShrinks = 90;
  std::vector<nn::Range> ranges;
  std::vector<nn::Quantizer> candidates;
  for (int i = 0; i < kShrinks; ++i) {
    const auto factor = static_cast<float>(1 - 0.01 * i);
    ranges.push_back({factor * values.range().low, factor * values.range().high});
    candidates.push_back(nn::asymmetric_quantizer(std::span(&ranges.back(), 1), bits));
  }
  const auto last = values.of_batch(values.batches().size() - 1);
  return ranges[nn::first_least(nn::squared_errors(candidates, nn::Grouping::whole(), last))];
}

}  // namespace reprise::mptq_vit
