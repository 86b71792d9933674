#include "workers/mptq_vit/outliers.hpp"

#include <algorithm>
#include <array>

#include "kernels/expects.hpp"
#include "kernels/quantise/ranges.hpp"
#include "workers/mptq_vit/site_values.hpp"

namespace reprise::mptq_vit {
namespace {

constexpr float kWider = 16;
constexpr float kShift = -24;

/// What the quantizer makes of values far beyond its range.
std::array<float, 2> extremes(const nn::Quantizer& quantizer) {
  std::array<float, 2> far{-1e6F, 1e6F};
  nn::Quantizer one = quantizer;
  one.scale.resize(1);
  one.zero.resize(std::min<std::size_t>(one.zero.size(), 1));
  one.outer.resize(std::min<std::size_t>(one.outer.size(), 1));
  nn::fake_quantise(one, nn::Grouping::whole(), far, far);
  return far;
}

}  // namespace

nn::VisionModel with_outliers(const nn::VisionModel& model) {
  auto changed = model;
  const auto pairs = nn::norm_pairs(model.shape);
  for (std::size_t p = 0; p < pairs.size(); ++p) {
    auto& norm = nn::norm_at(changed, pairs[p]);
    auto& layer = nn::weights_at(changed, static_cast<std::size_t>(pairs[p].weight));
    norm = {norm.scale.clone(), norm.shift.clone()};
    layer.weight = layer.weight.to_contiguous().clone();
    layer.bias = layer.bias ? layer.bias.clone() : nn::Tensor::zeros({layer.weight.size(0)});
    const auto rows = layer.weight.size(0);
    const auto channels = layer.weight.size(1);
    for (std::int64_t q = 0; q < 3; ++q) {
      const auto j = (7 * static_cast<std::int64_t>(p) + 13 * q) % channels;
      for (std::int64_t o = 0; o < rows; ++o) {
        auto& weight = layer.weight.mutable_data<float>()[o * channels + j];
        weight /= kWider;
        layer.bias.mutable_data<float>()[o] -= weight * kShift;
      }
      norm.scale.mutable_data<float>()[j] *= kWider;
      auto& shift = norm.shift.mutable_data<float>()[j];
      shift = kWider * shift + kShift;
    }
  }
  return changed;
}

SiteHistogram histogram_of(const HistogramInput& input, TaskContext& context) {
  expects(input.bins > 0, "a histogram has bins");
  const auto inputs = step_inputs(input.set, input.fold, context);
  const auto sites = nn::sites_of(inputs->model->shape);
  const auto& site = sites.at(input.site);
  SiteValues values(SiteValues::Kept::rows, site.channels, site.elements * input.set.count);
  Recorder recorder([&](std::size_t at, const nn::Tensor& x) {
    if (at == input.site) values.add(std::span(x.data<float>(), static_cast<std::size_t>(x.elements())));
  });
  for (const auto& chunk : inputs->steps.at(site.step))
    (void)nn::run_step(*inputs->model, site.step, chunk, recorder);
  SiteHistogram histogram;
  histogram.low = values.range().low;
  histogram.high = values.range().high;
  histogram.count.resize(input.bins);
  const double width = std::max(histogram.high - histogram.low, 1e-12) / input.bins;
  double squares = 0;
  for (const float value : values.values()) {
    const auto bin =
        static_cast<std::size_t>(std::max((static_cast<double>(value) - histogram.low) / width, 0.0));
    ++histogram.count[std::min<std::size_t>(bin, input.bins - 1)];
    squares += static_cast<double>(value) * static_cast<double>(value);
  }
  for (const auto& range : nn::ranges(nn::Grouping::last_axis(site.channels), values.values())) {
    histogram.channel_low.push_back(range.low);
    histogram.channel_high.push_back(range.high);
  }
  const auto found = find_quantizer(input.recipe, site.kind, input.bits, values);
  const auto [least, largest] = extremes(found.quantizer);
  histogram.least_code = static_cast<double>(least);
  histogram.largest_code = static_cast<double>(largest);
  histogram.error = squares > 0 ? found.error * values.count() / squares : 0;
  return histogram;
}

}  // namespace reprise::mptq_vit
