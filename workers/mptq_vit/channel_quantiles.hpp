#pragma once

#include "kernels/quantise/quantizer.hpp"
#include "workers/mptq_vit/calibration_set.hpp"

namespace reprise::mptq_vit {

/// RepQ-ViT's first step: an asymmetric quantizer for each channel of a site over all calibration images,
/// between the pair of quantiles of least squared error; constant channels get the others' mean scale.
[[nodiscard]] nn::Quantizer channel_quantiles(const CalibrationSet& set, std::size_t site, int bits,
                                              TaskContext& context);

}  // namespace reprise::mptq_vit
