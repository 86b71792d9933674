#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace reprise {

/// Principal components of centred data: scores are not whitened.
struct PrincipalComponents {
  std::size_t rows = 0;
  std::size_t components = 0;
  std::vector<double> scores;    ///< [rows, components], row-major
  std::vector<double> variance;  ///< of each score (denominator rows), falling
};

/// From the eigenvectors of X^T X or X X^T, whichever is smaller, X [rows, columns] centred. The sign of a
/// component is such that its largest loading is positive.
[[nodiscard]] PrincipalComponents principal_components(std::span<const double> values, std::size_t columns,
                                                       std::size_t components);

}  // namespace reprise
