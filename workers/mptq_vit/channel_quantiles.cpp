#include "workers/mptq_vit/channel_quantiles.hpp"

#include <cmath>
#include <span>

#include "workers/mptq_vit/site_values.hpp"
#include "workers/mptq_vit/step_search.hpp"

namespace reprise::mptq_vit {
namespace {

constexpr float kNoWidth = 1e-4F;  ///< of the mean scale

/// A channel that is as good as constant gets the others' mean scale: RepQ-ViT's ratios would be so far apart
/// that nothing of it, nor of the common zero, was left in single precision.
void widen_constant(nn::Quantizer& all, std::span<const std::vector<float>> values) {
  const auto mean_above = [&](float least) {
    double sum = 0;
    double count = 0;
    for (const float scale : all.scale)
      if (scale >= least) {
        sum += static_cast<double>(scale);
        ++count;
      }
    return static_cast<float>(sum / count);
  };
  const float least = kNoWidth * mean_above(0);
  const float common = mean_above(least);
  for (std::size_t c = 0; c < all.scale.size(); ++c) {
    if (all.scale[c] >= least) continue;
    all.scale[c] = common;
    all.zero[c] = std::nearbyint(-values[c].front() / common);
  }
}

}  // namespace

nn::Quantizer channel_quantiles(const CalibrationSet& set, std::size_t site, int bits, TaskContext& context) {
  const auto inputs = step_inputs(set, {}, context);
  const auto sites = nn::sites_of(inputs->model->shape);
  const auto channels = static_cast<std::size_t>(sites.at(site).channels);
  std::vector<std::vector<float>> values(channels);
  Recorder recorder([&](std::size_t at, const nn::Tensor& x) {
    if (at != site) return;
    const auto* value = x.data<float>();
    const auto rows = static_cast<std::size_t>(x.elements()) / channels;
    for (std::size_t row = 0; row < rows; ++row)
      for (std::size_t c = 0; c < channels; ++c) values[c].push_back(*value++);
  });
  const auto step = sites[site].step;
  for (const auto& chunk : inputs->steps.at(step)) (void)nn::run_step(*inputs->model, step, chunk, recorder);
  nn::Quantizer all{nn::QuantizerKind::asymmetric, bits, {}, {}, {}};
  for (const auto& channel : values) {
    const auto own = find_between_quantiles(channel, bits).quantizer;
    all.scale.push_back(own.scale.at(0));
    all.zero.push_back(own.zero.at(0));
  }
  widen_constant(all, values);
  return all;
}

}  // namespace reprise::mptq_vit
