#include "workers/mptq_vit/fold.hpp"

#include "kernels/expects.hpp"
#include "kernels/quantise/ranges.hpp"
#include "kernels/quantise/smooth.hpp"
#include "workers/mptq_vit/channel_quantiles.hpp"

namespace reprise::mptq_vit {
namespace {

std::span<float> values_of(nn::Tensor& tensor) {
  return {tensor.mutable_data<float>(), static_cast<std::size_t>(tensor.elements())};
}

void append(Fold& fold, const nn::Smoothing& pair) {
  fold.shift.insert(fold.shift.end(), pair.shift.begin(), pair.shift.end());
  fold.factor.insert(fold.factor.end(), pair.factor.begin(), pair.factor.end());
}

nn::Smoothing smoothing_of(const FoldRule& rule, const nn::Tensor& weight,
                           std::span<const nn::Range> ranges) {
  const auto plain = weight.to_contiguous();
  const std::span values(plain.data<float>(), static_cast<std::size_t>(plain.elements()));
  const auto magnitudes = nn::column_magnitudes(values, plain.size(1));
  const auto shifts =
      rule.smoothing == Smoothing::scale_and_shift ? nn::midpoints(ranges) : std::vector<double>{};
  return nn::smoothing(ranges, magnitudes, shifts, rule.alpha);
}

}  // namespace

Fold find_fold(const FoldRule& input, TaskContext& context) {
  expects(input.smoothing != Smoothing::none, "a fold is asked for");
  const auto model = load_model(input.set.model, context);
  const auto sites = nn::sites_of(model->shape);
  const auto offsets = channel_offsets(sites);
  std::vector<ChannelRanges> shares;
  for (const auto& share : input.ranges) shares.push_back(context.result(share));
  const auto ranges = merged(shares);
  Fold fold;
  for (const auto& pair : nn::norm_pairs(model->shape)) {
    const auto site = static_cast<std::size_t>(pair.input);
    if (input.smoothing == Smoothing::reparametrisation) {
      append(fold, nn::reparametrisation(channel_quantiles(input.set, site, input.bits, context)).smoothing);
      continue;
    }
    std::vector<nn::Range> own;
    for (auto c = offsets[site]; c < offsets[site + 1]; ++c) own.push_back({ranges.low[c], ranges.high[c]});
    append(fold,
           smoothing_of(input, nn::weights_at(*model, static_cast<std::size_t>(pair.weight)).weight, own));
  }
  return fold;
}

nn::VisionModel folded(const nn::VisionModel& model, const Fold& fold) {
  auto changed = model;
  std::size_t at = 0;
  for (const auto& pair : nn::norm_pairs(model.shape)) {
    const auto channels = static_cast<std::size_t>(pair.channels);
    expects(at + channels <= fold.factor.size(), "a fold has a factor for each channel of each pair");
    const auto first = static_cast<std::ptrdiff_t>(at);
    const auto last = static_cast<std::ptrdiff_t>(at + channels);
    const nn::Smoothing smoothing{{fold.shift.begin() + first, fold.shift.begin() + last},
                                  {fold.factor.begin() + first, fold.factor.begin() + last}};
    auto& norm = nn::norm_at(changed, pair);
    auto& layer = nn::weights_at(changed, static_cast<std::size_t>(pair.weight));
    norm = {norm.scale.clone(), norm.shift.clone()};
    layer.weight = layer.weight.to_contiguous().clone();
    layer.bias = layer.bias ? layer.bias.clone() : nn::Tensor::zeros({layer.weight.size(0)});
    nn::fold(smoothing, nn::NormAndLinear<float>{values_of(norm.scale), values_of(norm.shift),
                                                 values_of(layer.weight), values_of(layer.bias)});
    at += channels;
  }
  expects(at == fold.factor.size(), "a fold is of this model");
  return changed;
}

}  // namespace reprise::mptq_vit
