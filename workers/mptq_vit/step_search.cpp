#include "workers/mptq_vit/step_search.hpp"

#include <optional>

#include "kernels/quantise/candidates.hpp"
#include "kernels/quantise/channel_search.hpp"
#include "kernels/quantise/ranges.hpp"
#include "workers/mptq_vit/recent.hpp"
#include "workers/mptq_vit/site_values.hpp"
#include "workers/mptq_vit/units.hpp"

namespace reprise::mptq_vit {
namespace {

/// RepQ-ViT's: asymmetric, for each row the pair of quantiles of least squared error.
nn::Quantizer quantile_rows(std::span<const float> weight, std::int64_t rows, int bits) {
  const auto columns = weight.size() / static_cast<std::size_t>(rows);
  nn::Quantizer all{nn::QuantizerKind::asymmetric, bits, {}, {}, {}};
  for (std::size_t row = 0; row < static_cast<std::size_t>(rows); ++row) {
    const auto own = find_between_quantiles(weight.subspan(row * columns, columns), bits).quantizer;
    all.scale.push_back(own.scale.at(0));
    all.zero.push_back(own.zero.at(0));
  }
  return all;
}

}  // namespace

std::shared_ptr<const nn::VisionModel> load_folded(const ModelSource& model,
                                                   const std::vector<Ref<Fold>>& fold, TaskContext& context) {
  auto plain = load_model(model, context);
  if (fold.empty()) return plain;
  static Recent<nn::VisionModel> recent(2);
  return recent.get(fold.front().key, [&] { return folded(*plain, context.result(fold.front())); });
}

std::shared_ptr<const SetInputs> step_inputs(const CalibrationSet& set, const std::vector<Ref<Fold>>& fold,
                                             TaskContext& context) {
  static Recent<SetInputs> recent(1);
  auto name = encode(set);
  for (const auto& one : fold) append_value(name, one.key);
  return recent.get(hash_bytes(name), [&] {
    auto model = load_folded(set.model, fold, context);
    StepInputs steps(model, calibration_images(set, 0, set.count),
                     [] { return std::make_unique<nn::Arithmetic>(); });
    return SetInputs{std::move(model), std::move(steps)};
  });
}

QuantizerTable search_step(const StepSearch& input, TaskContext& context) {
  const auto inputs = step_inputs(input.set, input.fold, context);
  const Units units(inputs->model->shape);
  const auto& sites = units.sites();
  const bool searches_outputs = input.recipe.outputs.score != OutputScore::none;
  std::vector<std::optional<SiteValues>> values(sites.size());
  for (std::size_t s = 0; s < sites.size(); ++s)
    if (sites[s].step == input.step && !(searches_outputs && is_factor(sites[s].kind)))
      values[s].emplace(kept_for(input.recipe, sites[s].kind), sites[s].channels,
                        sites[s].elements * input.set.count, input.set.count);
  Recorder recorder([&](std::size_t site, const nn::Tensor& x) {
    const std::span all(x.data<float>(), static_cast<std::size_t>(x.elements()));
    require_finite(input.set.model.name, sites[site], all);
    if (values[site]) values[site]->add(all);
  });
  for (const auto& chunk : inputs->steps.at(input.step))
    (void)nn::run_step(*inputs->model, input.step, chunk, recorder);
  QuantizerTable table;
  for (std::size_t s = 0; s < sites.size(); ++s) {
    if (!values[s]) continue;
    const auto unit = static_cast<std::uint32_t>(units.unit_of_site(s));
    const auto wanted = units.is_stem(unit) ? std::vector<std::uint8_t>{kStemBits} : input.bits;
    for (const auto bits : wanted) {
      const auto found = find_quantizer(input.recipe, sites[s].kind, bits, *values[s]);
      table.add(unit, found.quantizer, found.error);
    }
  }
  return table;
}

QuantizerTable search_weights(const WeightSearch& input, TaskContext& context) {
  const auto model = load_folded(input.model, input.fold, context);
  const auto weight = nn::weights_at(*model, input.unit).weight.to_contiguous();
  const auto rows = weight.size(0);
  const std::span values(weight.data<float>(), static_cast<std::size_t>(weight.elements()));
  const auto grouping = nn::Grouping::first_axis(rows, weight.size(1));
  QuantizerTable table;
  for (const auto bits : input.bits) {
    nn::Quantizer quantizer;
    switch (input.rule) {
      case WeightRule::mse:
        quantizer = nn::search_rows(values, rows, bits);
        break;
      case WeightRule::percentile:
        quantizer = quantile_rows(values, rows, bits);
        break;
      case WeightRule::minmax:
        quantizer = nn::symmetric_quantizer(nn::ranges(grouping, values), bits);
        break;
    }
    const auto error = nn::squared_errors(std::span(&quantizer, 1), grouping, values).at(0);
    table.add(input.unit, quantizer, error / static_cast<double>(values.size()));
  }
  return table;
}

}  // namespace reprise::mptq_vit
