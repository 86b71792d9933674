#pragma once

#include <cstdint>
#include <span>

namespace reprise::nn {

/// FQ-ViT's log-int-softmax (Y. Lin et al., IJCAI 2022): softmax of rows of x [rows, columns] that are
/// multiples of `scale` (other values are rounded to them), by integer steps only: the exponential is a
/// parabola between powers of two (I-BERT, S. Kim et al., ICML 2021), and its share of the sum becomes a
/// power of two, 2^-k with k of `bits` bits, or 0 where k has more. In double precision, where these integers
/// are exact for scales of 1e-3 or more. y may be x. Throws std::invalid_argument for scales that are not
/// positive, other than 1 to 8 bits, and rows that are not whole.
void log_int_softmax(std::span<const float> x, std::int64_t columns, float scale, std::int32_t bits,
                     std::span<float> y);

}  // namespace reprise::nn
