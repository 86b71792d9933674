#pragma once

#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "kernels/expects.hpp"
#include "kernels/random/distributions.hpp"

namespace reprise {

/// The order in which an epoch takes the samples 0..count - 1: a uniform permutation (Fisher and Yates,
/// downwards) that depends on nothing but key, epoch and count, so a run that goes on from an epoch needs no
/// generator's state. Throws std::invalid_argument for a negative count.
[[nodiscard]] inline std::vector<std::int64_t> permutation(RandomKey key, std::uint64_t epoch,
                                                           std::int64_t count) {
  expects(count >= 0, "a permutation is of zero or more samples");
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  Philox random(key, epoch);
  for (std::size_t left = order.size(); left > 1; --left)
    std::swap(order[left - 1], order[uniform_below(random, left)]);
  return order;
}

}  // namespace reprise
