#include "workers/kde/duplicates.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernels/expects.hpp"

namespace reprise::kde {
namespace {

std::vector<double> variances(const PointSet& data) {
  expects(data.count() > 0, "a variance needs data");
  const auto n = static_cast<double>(data.count());
  std::vector<double> mean(data.dim, 0.0);
  std::vector<double> variance(data.dim, 0.0);
  for (std::size_t i = 0; i < data.coordinate.size(); ++i) {
    mean[i % data.dim] += data.coordinate[i] / n;
  }
  for (std::size_t i = 0; i < data.coordinate.size(); ++i) {
    const double c = data.coordinate[i] - mean[i % data.dim];
    variance[i % data.dim] += c * c / n;
  }
  return variance;
}

}  // namespace

WithoutDuplicates remove_duplicates(const PointSet& data) {
  std::vector<std::size_t> order(data.count());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t i, std::size_t j) {
    return std::ranges::lexicographical_compare(data.row(i), data.row(j));
  });
  std::vector<bool> repeated(data.count(), false);
  for (std::size_t place = 1; place < order.size(); ++place) {
    repeated[order[place]] = std::ranges::equal(data.row(order[place]), data.row(order[place - 1]));
  }
  WithoutDuplicates result;
  result.data.dim = data.dim;
  for (std::size_t i = 0; i < data.count(); ++i) {
    if (repeated[i]) {
      ++result.removed;
    } else {
      const auto row = data.row(i);
      result.data.coordinate.insert(result.data.coordinate.end(), row.begin(), row.end());
    }
  }
  return result;
}

std::size_t constant_coordinates(const PointSet& data) {
  std::size_t constant = 0;
  for (std::size_t a = 0; a < data.dim; ++a) {
    bool same = true;
    for (std::size_t i = 1; i < data.count() && same; ++i) {
      same = data.row(i)[a] == data.row(0)[a];
    }
    constant += same ? 1 : 0;
  }
  return constant;
}

double pooled_deviation(const PointSet& data) {
  const std::vector<double> variance = variances(data);
  return std::sqrt(std::accumulate(variance.begin(), variance.end(), 0.0) / static_cast<double>(data.dim));
}

}  // namespace reprise::kde
