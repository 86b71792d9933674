#pragma once

#include "workers/mptq_vit/quantized_model.hpp"

namespace reprise::mptq_vit {

/// A model's weights as codes of their bits, one layer's after another: little-endian streams of bits, each
/// padded to whole bytes. Scales and zeros are in the calibration.
struct PackedWeights {
  std::vector<std::uint8_t> bits;  ///< [layers]
  std::vector<std::uint64_t>
      first;  ///< where each layer's bytes begin, and where the last one's end, [layers + 1]
  std::vector<std::uint8_t> codes;
};

constexpr auto fields(const PackedWeights*) {
  using P = PackedWeights;
  return std::tuple{field("bits", &P::bits, "of each layer's codes", "bit"),
                    field("first", &P::first, "where each layer's bytes begin, and the end", "byte"),
                    field("codes", &P::codes, "streams of bits, least significant first")};
}

PackedWeights pack_weights(const QuantizedModel& input, TaskContext& context);
inline const Task<QuantizedModel, PackedWeights> kPackedWeights{"mptq_vit.packed", 1, pack_weights,
                                                                "weights as packed codes", nullptr};

/// The model with the values that packed codes stand for. `quantizers`: of each layer. Throws Error where
/// they are not of this model.
[[nodiscard]] nn::VisionModel with_packed_weights(const nn::VisionModel& model,
                                                  const std::vector<nn::Quantizer>& quantizers,
                                                  const PackedWeights& packed);

}  // namespace reprise::mptq_vit
