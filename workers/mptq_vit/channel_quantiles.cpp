#include "workers/mptq_vit/channel_quantiles.hpp"

#include "workers/mptq_vit/site_values.hpp"
#include "workers/mptq_vit/step_search.hpp"

namespace reprise::mptq_vit {

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
  return all;
}

}  // namespace reprise::mptq_vit
