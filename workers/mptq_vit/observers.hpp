#pragma once

#include <cstdint>
#include <span>

#include "workers/mptq_vit/site_values.hpp"

namespace reprise::mptq_vit {

// FQ-ViT's observers (Y. Lin et al., IJCAI 2022): ranges of a site whose values come in batches of images.
// Quantizers are asymmetric, of one scale.

/// Moving averages of the batches' ends, each new one with weight .01.
[[nodiscard]] nn::Range moving_range(std::span<const nn::Range> batches);

/// The same of quantiles 1 - .99999 and .99999 of each batch. Of values of which all are kept.
[[nodiscard]] nn::Range moving_quantiles(const SiteValues& values);

/// OMSE: both ends of the range of all times 1, .99, ..., .11; the first of least squared error over the last
/// batch. Of values of which all are kept.
[[nodiscard]] nn::Range shrunk_range(const SiteValues& values, std::int32_t bits);

}  // namespace reprise::mptq_vit
