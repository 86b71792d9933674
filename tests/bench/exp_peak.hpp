#pragma once

namespace reprise::bench {

/// Single-precision exponentials a second of processor time that Highway's Exp makes of numbers in registers,
/// four vectors side by side: what weights summed from memory can be held against.
double exp_peak();

}  // namespace reprise::bench
