#include "workers/kde/bandwidth_selection.hpp"

#include <algorithm>

#include "kernels/data/pca.hpp"
#include "kernels/expects.hpp"
#include "workers/kde/duplicates.hpp"
#include "workers/kde/index_estimators.hpp"

namespace reprise::kde {
namespace {

constexpr int kRegimeCount = 10;

/// The rows of a share, within the whole table.
struct Rows {
  PointSet data;
  std::size_t duplicates = 0;
  std::size_t first = 0;
  std::size_t count = 0;
};

Rows rows_of(const TableShare& share, TaskContext& context) {
  Rows rows;
  if (share.components == 0) {
    LoadedTable loaded = load(share.table, context.seed());
    rows.data = std::move(loaded.data);
    rows.duplicates = loaded.duplicates;
  } else {
    const PrincipalScores all = context.result(share.scores.at(0));
    const std::size_t kept = all.scores.shape.at(1);
    rows.data.dim = static_cast<std::size_t>(share.components);
    expects(rows.data.dim <= kept, "there are as many principal components as are asked for");
    for (std::size_t i = 0; i < all.scores.shape.at(0); ++i) {
      const auto row = all.scores.values.begin() + static_cast<std::ptrdiff_t>(i * kept);
      rows.data.coordinate.insert(rows.data.coordinate.end(), row, row + share.components);
    }
  }
  const std::size_t points = rows.data.count();
  expects(share.shares >= 1 && share.shares <= points,
          "shares of a table's rows are at most as many as its rows");
  rows.first = points * share.share / share.shares;
  rows.count = points * (share.share + 1) / share.shares - rows.first;
  return rows;
}

/// Rows and coordinates as far as an input tells them, for estimates of time.
struct Size {
  double points = 0.0;
  double dim = 0.0;
};

Size size_of(const DataTable& table, std::int32_t components) {
  std::uint64_t points = known_points(table.source);
  if (table.points > 0) points = std::min(points, table.points);
  return {static_cast<double>(points),
          components > 0 ? components : static_cast<double>(known_dimension(table.source))};
}

constexpr double kReadCoordinate = 6e-9;

}  // namespace

PrincipalScores principal_scores(const ScoresInput& input, TaskContext& context) {
  const LoadedTable loaded = load(input.table, context.seed());
  PrincipalComponents found = principal_components(loaded.data.coordinate, loaded.data.dim,
                                                   static_cast<std::size_t>(input.components));
  return {{{found.rows, found.components}, std::move(found.scores)}, std::move(found.variance)};
}

double seconds(const ScoresInput& input) {
  constexpr double kFlop = 2e-10;
  const Size size = size_of(input.table, 0);
  const double side = std::min(size.points, size.dim);
  return size.points * size.dim * (kReadCoordinate + 2.0 * side * kFlop) + 20.0 * side * side * side * kFlop;
}

TableNeighbours table_neighbours(const ListsInput& input, TaskContext& context) {
  const Rows rows = rows_of(input.rows, context);
  NeighbourLists lists = find_neighbours(rows.data, rows.first, rows.count, input.keep);
  return {{{lists.rows(), lists.kept}, std::move(lists.squared_distance)},
          rows.data.count(),
          rows.data.dim,
          rows.duplicates,
          constant_coordinates(rows.data),
          pooled_deviation(rows.data)};
}

double seconds(const ListsInput& input) {
  constexpr double kPair = 1.5e-9;
  constexpr double kCoordinate = 5e-11;
  const Size size = size_of(input.rows.table, input.rows.components);
  const double pairs = size.points * size.points / static_cast<double>(input.rows.shares);
  return pairs * (kPair + kCoordinate * size.dim) + size.points * size.dim * kReadCoordinate;
}

LeaveOneOutMeans leave_rows_out(const LeaveOneOutInput& input, TaskContext& context) {
  const Rows rows = rows_of(input.rows, context);
  LeaveOneOutMeans means;
  means.rows = rows.count;
  for (const LeaveOneOut& one : leave_one_out_rows(rows.data, rows.first, rows.count, input.bandwidths)) {
    means.log_likelihood.push_back(one.log_likelihood);
    means.participation.push_back(one.participation);
    means.mean_squared_distance.push_back(one.mean_squared_distance);
  }
  return means;
}

double seconds(const LeaveOneOutInput& input) {
  constexpr double kWeight = 2e-9;
  constexpr double kCoordinate = 2e-10;
  const Size size = size_of(input.rows.table, input.rows.components);
  const double pairs = size.points * size.points / static_cast<double>(input.rows.shares);
  return pairs * (kWeight * static_cast<double>(input.bandwidths.size()) + kCoordinate * size.dim) +
         size.points * size.dim * kReadCoordinate;
}

Selection select(const SelectionInput& input, TaskContext& context) {
  NeighbourLists lists;
  for (const auto& ref : input.shares) {
    TableNeighbours share = context.result(ref);
    append(lists, {share.dim, share.points, share.squared_distance.shape.at(1),
                   std::move(share.squared_distance.values)});
  }
  const BandwidthSelection found = select_bandwidth(lists, nearest_neighbour_bandwidth(lists));
  Selection selection{found.bandwidths,
                      found.log_likelihoods,
                      found.at.participation,
                      found.converged,
                      left_out_bound(lists, found.at.bandwidth),
                      median_neighbour_slope(lists, kRegimeCount)};
  const double squared = found.at.bandwidth * found.at.bandwidth;
  const double share = 1.0 / static_cast<double>(lists.rows());
  for (std::size_t j = 0; j < lists.rows(); ++j) {
    const double index = neighbour_slope(lists.row(j), kRegimeCount) * squared;
    selection.condensed_share += index < 1.0 ? share : 0.0;
    selection.stable_share += index >= 1.0 && index < 2.0 ? share : 0.0;
  }
  return selection;
}

double seconds(const SelectionInput& input) {
  constexpr double kShare = 0.5;
  return kShare * static_cast<double>(input.shares.size());
}

}  // namespace reprise::kde
