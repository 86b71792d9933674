#include "workers/mptq_vit/ranges.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "kernels/expects.hpp"
#include "kernels/quantise/ranges.hpp"
#include "pipeline/base/errors.hpp"
#include "workers/mptq_vit/units.hpp"

namespace reprise::mptq_vit {
namespace {

/// Multiplications of linear layers for one image.
double products_of(const nn::VisionShape& shape) {
  const auto sites = nn::sites_of(shape);
  double products = 0;
  for (const auto& weight : nn::weights_of(shape)) {
    // Tokens that a layer sees: those of its input's site.
    const auto input = std::ranges::find_if(sites, [&](const nn::Site& site) {
      return site.step == weight.step && site.channels == weight.columns;
    });
    if (input != sites.end()) products += static_cast<double>(input->elements * weight.rows);
  }
  return products;
}

}  // namespace

ChannelRanges merged(std::span<const ChannelRanges> shares) {
  expects(!shares.empty(), "ranges are of one share or more");
  auto all = shares.front();
  for (const auto& share : shares.subspan(1)) {
    expects(share.low.size() == all.low.size(), "shares are of one model");
    for (std::size_t c = 0; c < all.low.size(); ++c) {
      all.low[c] = std::min(all.low[c], share.low[c]);
      all.high[c] = std::max(all.high[c], share.high[c]);
    }
  }
  return all;
}

std::vector<std::size_t> channel_offsets(std::span<const nn::Site> sites) {
  std::vector<std::size_t> offsets{0};
  for (const auto& site : sites) offsets.push_back(offsets.back() + static_cast<std::size_t>(site.channels));
  return offsets;
}

void require_finite(ModelName model, const nn::Site& site, std::span<const float> values) {
  if (nn::finite(values)) return;
  throw Error(fmt::format(
      "{}: activations at {} are not finite, so that it can't be quantized; are the weights those "
      "of this model?",
      title_of(model), site.name));
}

ChannelRanges range_share(const ImageShare& input, TaskContext& context) {
  const auto model = load_model(input.set.model, context);
  const auto sites = nn::sites_of(model->shape);
  const auto offsets = channel_offsets(sites);
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  ChannelRanges ranges{std::vector(offsets.back(), kInfinity), std::vector(offsets.back(), -kInfinity)};
  Recorder recorder([&](std::size_t site, const nn::Tensor& x) {
    const auto values = std::span(x.data<float>(), static_cast<std::size_t>(x.elements()));
    const auto found = nn::ranges(nn::Grouping::last_axis(sites[site].channels), values);
    for (std::size_t c = 0; c < found.size(); ++c) {
      auto& low = ranges.low[offsets[site] + c];
      auto& high = ranges.high[offsets[site] + c];
      low = std::min(low, found[c].low);
      high = std::max(high, found[c].high);
    }
    require_finite(input.set.model.name, sites[site], values);
  });
  for (std::uint32_t done = 0; done < input.count; done += StepInputs::kChunk) {
    const auto count = std::min<std::uint32_t>(StepInputs::kChunk, input.count - done);
    (void)nn::forward(*model, calibration_images(input.set, input.first + done, count), recorder);
  }
  return ranges;
}

double forward_seconds(ModelName name, double images) {
  constexpr double kRate = 3e10;  // multiplications and additions a second, quantizing and all
  // A plan asks for it once for each of many thousands of tasks.
  static const std::map<ModelName, double> products = [] {
    std::map<ModelName, double> of_all;
    for (const auto& model : enumerators_of<ModelName>())
      of_all[model.value] = products_of(shape_of(model.value));
    return of_all;
  }();
  return 0.002 + 2 * products.at(name) * images / kRate;
}

}  // namespace reprise::mptq_vit
