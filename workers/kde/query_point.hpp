#pragma once

#include <cstdint>
#include <vector>

#include "kernels/random/philox.hpp"
#include "pipeline/reflect/fields.hpp"
#include "workers/kde/data_law.hpp"

namespace reprise::kde {

/// Where the density is looked at: at the typical x, x_a = +-sqrt(c_a), for laws over data sets and for
/// thresholds; at points drawn from the data's law; or averaged over that law by quadrature (isotropic data).
enum class QueryPoint { typical, sampled, averaged };

constexpr auto enumerators(const QueryPoint*) {
  return std::array{Enumerator{"typical", QueryPoint::typical}, Enumerator{"sampled", QueryPoint::sampled},
                    Enumerator{"averaged", QueryPoint::averaged}};
}

/// The key of the points that a data set's number, seed and law name; any rank regenerates them.
[[nodiscard]] RandomKey data_key(std::uint64_t seed, const DataLaw& law, std::uint64_t points,
                                 std::uint64_t data_set);

/// Queries first .. first + count - 1 of a set of queries, [count, dim]; the typical x is a set of one.
[[nodiscard]] std::vector<float> query_points(std::uint64_t seed, const DataLaw& law, QueryPoint at,
                                              std::uint64_t query_set, std::uint64_t first,
                                              std::uint64_t count);

}  // namespace reprise::kde
