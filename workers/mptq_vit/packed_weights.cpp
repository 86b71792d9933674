#include "workers/mptq_vit/packed_weights.hpp"

#include "kernels/expects.hpp"
#include "kernels/quantise/packing.hpp"
#include "pipeline/base/errors.hpp"

namespace reprise::mptq_vit {
namespace {

/// One layer's values from its codes.
nn::Tensor unpacked(const nn::Quantizer& quantizer, const nn::Shape& shape,
                    std::span<const std::uint8_t> bytes) {
  nn::Tensor values(shape);
  const auto count = static_cast<std::size_t>(values.elements());
  const auto codes = nn::unpack(bytes, count, quantizer.bits);
  const auto groups = quantizer.scale.size();
  const auto inner = count / groups;
  auto* const value = values.mutable_data<float>();
  const bool symmetric = quantizer.kind == nn::QuantizerKind::symmetric;
  for (std::size_t i = 0; i < count; ++i) {
    const auto group = i / inner;
    const float zero = symmetric ? static_cast<float>(1 << (quantizer.bits - 1)) : quantizer.zero[group];
    value[i] = quantizer.scale[group] * (static_cast<float>(codes[i]) - zero);
  }
  return values;
}

}  // namespace

PackedWeights pack_weights(const QuantizedModel& input, TaskContext& context) {
  const auto book = load_book(input.calibration.at(0), context);
  const auto model = fold_model(load_model(input.model, context), book->fold);
  const auto quantizers = quantizers_of(Units(model->shape), book->quantizers, input.bits).weights;
  PackedWeights packed;
  packed.first.push_back(0);
  for (std::size_t unit = 0; unit < quantizers.size(); ++unit) {
    const auto& quantizer = quantizers[unit];
    expects(quantizer.kind == nn::QuantizerKind::symmetric || quantizer.kind == nn::QuantizerKind::asymmetric,
            "weights are quantized uniformly");
    const auto weight = nn::weights_at(*model, unit).weight.to_contiguous();
    const std::span values(weight.data<float>(), static_cast<std::size_t>(weight.elements()));
    const auto codes = nn::integer_codes(quantizer, nn::weight_grouping(quantizer, weight.shape()), values);
    const auto bytes = nn::pack(codes.code, quantizer.bits);
    packed.bits.push_back(static_cast<std::uint8_t>(quantizer.bits));
    packed.codes.insert(packed.codes.end(), bytes.begin(), bytes.end());
    packed.first.push_back(packed.codes.size());
  }
  return packed;
}

nn::VisionModel with_packed_weights(const nn::VisionModel& model,
                                    const std::vector<nn::Quantizer>& quantizers,
                                    const PackedWeights& packed) {
  if (packed.bits.size() != quantizers.size() || packed.first.size() != quantizers.size() + 1 ||
      packed.first.back() != packed.codes.size())
    throw Error("packed weights are not of this model");
  auto changed = model;
  for (std::size_t unit = 0; unit < quantizers.size(); ++unit) {
    if (packed.bits[unit] != quantizers[unit].bits)
      throw Error("packed weights have other bits than the model");
    auto& layer = nn::weights_at(changed, unit);
    const auto bytes =
        std::span(packed.codes).subspan(packed.first[unit], packed.first[unit + 1] - packed.first[unit]);
    layer.weight = unpacked(quantizers[unit], layer.weight.shape(), bytes);
  }
  return changed;
}

}  // namespace reprise::mptq_vit
