#include "workers/mptq_vit/ranges.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "kernels/expects.hpp"
#include "kernels/quantise/ranges.hpp"
#include "pipeline/base/errors.hpp"
#include "workers/mptq_vit/units.hpp"

namespace reprise::mptq_vit {

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
    if (!nn::finite(values))
      throw Error(
          fmt::format("{}: activations at {} are not finite, so that it can't be quantized; are the weights "
                      "those of this model?",
                      title_of(input.set.model.name), sites[site].name));
  });
  for (std::uint32_t done = 0; done < input.count; done += StepInputs::kChunk) {
    const auto count = std::min<std::uint32_t>(StepInputs::kChunk, input.count - done);
    (void)nn::forward(*model, calibration_images(input.set, input.first + done, count), recorder);
  }
  return ranges;
}

double forward_seconds(ModelName name, double images) {
  constexpr double kRate = 3e10;  // multiplications and additions a second, quantizing and all
  const auto shape = shape_of(name);
  double products = 0;
  for (const auto& weight : nn::weights_of(shape)) {
    // Tokens that a layer sees: those of its input's site.
    for (const auto& site : nn::sites_of(shape))
      if (site.step == weight.step && site.channels == weight.columns) {
        products += static_cast<double>(site.elements * weight.rows);
        break;
      }
  }
  return 0.002 + 2 * products * images / kRate;
}

}  // namespace reprise::mptq_vit
