#pragma once

#include <cstddef>
#include <vector>

#include "workers/kde/leave_one_out.hpp"

namespace reprise::kde {

/// Exact duplicates make the leave-one-out likelihood grow without bound as h -> 0.
struct WithoutDuplicates {
  PointSet data;  ///< the first of each set of equal rows, in the order they came
  std::size_t removed = 0;
};

[[nodiscard]] WithoutDuplicates remove_duplicates(const PointSet& data);

/// Coordinates whose variance is zero: they change d in Scott's rule and in values per dimension.
[[nodiscard]] std::size_t constant_coordinates(const PointSet& data);

/// sqrt of the mean over coordinates of their variance (denominator n): s in Scott's rule.
[[nodiscard]] double pooled_deviation(const PointSet& data);

}  // namespace reprise::kde
