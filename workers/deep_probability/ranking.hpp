#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

namespace reprise::deep_probability {

/// Samples in ascending order of their predictions, ties by index: saturated networks predict many the same.
[[nodiscard]] inline std::vector<std::size_t> ranking(std::span<const double> predicted) {
  std::vector<std::size_t> order(predicted.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return predicted[i]; });
  return order;
}

}  // namespace reprise::deep_probability
