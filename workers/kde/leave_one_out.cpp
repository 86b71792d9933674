#include "workers/kde/leave_one_out.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "kernels/density/log_density.hpp"
#include "kernels/expects.hpp"
#include "kernels/numerics/exponential_sums.hpp"
#include "kernels/statistics/quantile.hpp"
#include "workers/kde/index_estimators.hpp"

namespace reprise::kde {
namespace {

constexpr double kTolerance = 1e-8;
constexpr int kSteps = 500;
constexpr double kLeftOut = 1e-6;

void expect_table(const PointSet& data) {
  expects(data.dim > 0 && data.coordinate.size() == data.count() * data.dim && data.count() >= 2,
          "leaving one out needs a table of at least two points");
}

std::vector<std::uint64_t> consecutive(std::size_t first, std::size_t count) {
  std::vector<std::uint64_t> indices(count);
  std::iota(indices.begin(), indices.end(), first);
  return indices;
}

double log_normalisation(double bandwidth, std::size_t others, std::size_t dim) {
  return std::log(static_cast<double>(others)) +
         0.5 * static_cast<double>(dim) * std::log(2.0 * std::numbers::pi * bandwidth * bandwidth);
}

/// Column means, so that single precision sees small numbers.
std::vector<float> centred(const PointSet& data) {
  std::vector<double> mean(data.dim, 0.0);
  for (std::size_t i = 0; i < data.count(); ++i) {
    for (std::size_t a = 0; a < data.dim; ++a) {
      mean[a] += data.row(i)[a] / static_cast<double>(data.count());
    }
  }
  std::vector<float> result(data.coordinate.size());
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i] = static_cast<float>(data.coordinate[i] - mean[i % data.dim]);
  }
  return result;
}

double squared_distance(std::span<const double> x, std::span<const double> y) {
  double sum = 0.0;
  for (std::size_t a = 0; a < x.size(); ++a) {
    sum += (x[a] - y[a]) * (x[a] - y[a]);
  }
  return sum;
}

/// EM with any way to evaluate the leave-one-out estimate at a bandwidth.
template <class Evaluate>
BandwidthSelection expectation_maximisation(const Evaluate& evaluate, std::size_t dim, double start) {
  expects(start > 0.0 && std::isfinite(start), "EM starts from a bandwidth above 0");
  BandwidthSelection selection;
  double bandwidth = start;
  for (int step = 0; step <= kSteps; ++step) {
    selection.at = evaluate(bandwidth);
    selection.bandwidths.push_back(bandwidth);
    selection.log_likelihoods.push_back(selection.at.log_likelihood);
    const double next = std::sqrt(selection.at.mean_squared_distance / static_cast<double>(dim));
    if (std::abs(std::log(next / bandwidth)) < kTolerance) {
      selection.converged = true;
      break;
    }
    bandwidth = next;
  }
  return selection;
}

}  // namespace

std::vector<LeaveOneOut> leave_one_out_rows(const PointSet& data, std::size_t first, std::size_t rows,
                                            std::span<const double> bandwidths) {
  expect_table(data);
  expects(rows > 0 && first + rows <= data.count(), "a share of rows lies within the table");
  const BandwidthGrid grid = BandwidthGrid::named(bandwidths);
  const std::vector<std::uint64_t> self = consecutive(first, rows);
  const std::span<const double> points(data.coordinate);
  const std::vector<DensityState> states = density_states(
      grid, DensityOptions{}, points.subspan(first * data.dim, rows * data.dim), points, data.dim, self);
  std::vector<LeaveOneOut> result;
  for (std::size_t k = 0; k < grid.size(); ++k) {
    LeaveOneOut mean{.bandwidth = grid[k]};
    for (const DensityState& state : states) {
      mean.log_likelihood += log_density(state, grid, k, data.dim) / static_cast<double>(rows);
      mean.participation += participation(state, k) / static_cast<double>(rows);
      mean.mean_squared_distance += mean_squared_distance(state, k) / static_cast<double>(rows);
    }
    result.push_back(mean);
  }
  return result;
}

std::vector<LeaveOneOut> leave_one_out(const PointSet& data, std::span<const double> bandwidths) {
  return leave_one_out_rows(data, 0, data.count(), bandwidths);
}

NeighbourLists find_neighbours(const PointSet& data, std::size_t first, std::size_t rows, std::size_t keep) {
  expect_table(data);
  expects(rows > 0 && first + rows <= data.count(), "a share of rows lies within the table");
  expects(keep > 0, "a list keeps at least one neighbour");
  NeighbourLists lists;
  lists.dim = data.dim;
  lists.data_count = data.count();
  lists.kept = std::min(keep, data.count() - 1);
  const std::vector<float> points = centred(data);
  // The kernel sums that come along are not used: one narrow bandwidth skips nearly all of them.
  const BandwidthGrid grid = BandwidthGrid::named(std::vector{1e-6});
  const std::span<const float> all(points);
  const std::vector<std::uint64_t> self = consecutive(first, rows);
  const std::vector<DensityState> states =
      density_states(grid, {.nearest = lists.kept, .excess = false},
                     all.subspan(first * data.dim, rows * data.dim), all, data.dim, self);
  for (std::size_t j = 0; j < rows; ++j) {
    std::vector<double> distances;
    for (const Neighbour& neighbour : states[j].nearest) {
      distances.push_back(squared_distance(data.row(first + j), data.row(neighbour.index)));
    }
    std::ranges::sort(distances);
    lists.squared_distance.insert(lists.squared_distance.end(), distances.begin(), distances.end());
  }
  return lists;
}

void append(NeighbourLists& lists, const NeighbourLists& more) {
  if (lists.kept == 0) {
    lists = more;
    return;
  }
  expects(lists.dim == more.dim && lists.kept == more.kept && lists.data_count == more.data_count,
          "lists of one table join");
  lists.squared_distance.insert(lists.squared_distance.end(), more.squared_distance.begin(),
                                more.squared_distance.end());
}

LeaveOneOut leave_one_out(const NeighbourLists& lists, double bandwidth) {
  const std::size_t rows = lists.rows();
  expects(rows > 0, "lists hold at least one row");
  const double precision = 0.5 / (bandwidth * bandwidth);
  const double normalisation = log_normalisation(bandwidth, lists.data_count - 1, lists.dim);
  LeaveOneOut mean{.bandwidth = bandwidth};
  for (std::size_t j = 0; j < rows; ++j) {
    const std::span<const double> distances = lists.row(j);
    const double nearest = distances.front();
    const WeightSums sums = weight_sums(distances, nearest, precision);
    mean.log_likelihood += std::log(sums.sum) - nearest * precision - normalisation;
    mean.participation += sums.sum_of_squares / (sums.sum * sums.sum);
    mean.mean_squared_distance += nearest + sums.excess / sums.sum;
  }
  const auto count = static_cast<double>(rows);
  mean.log_likelihood /= count;
  mean.participation /= count;
  mean.mean_squared_distance /= count;
  return mean;
}

double left_out_bound(const NeighbourLists& lists, double bandwidth) {
  const std::size_t beyond = lists.data_count - 1 - lists.kept;
  double least_gap = std::numeric_limits<double>::infinity();
  for (std::size_t j = 0; j < lists.rows(); ++j) {
    least_gap = std::min(least_gap, lists.row(j).back() - lists.row(j).front());
  }
  return beyond == 0 ? 0.0
                     : static_cast<double>(beyond) * std::exp(-least_gap / (2.0 * bandwidth * bandwidth));
}

BandwidthSelection select_bandwidth(const NeighbourLists& lists, double start) {
  BandwidthSelection selection =
      expectation_maximisation([&](double h) { return leave_one_out(lists, h); }, lists.dim, start);
  selection.certified = left_out_bound(lists, selection.at.bandwidth) < kLeftOut;
  return selection;
}

BandwidthSelection select_bandwidth(const PointSet& data, double start) {
  const auto evaluate = [&](double h) { return leave_one_out(data, std::vector{h}).front(); };
  return expectation_maximisation(evaluate, data.dim, start);
}

double nearest_neighbour_bandwidth(const NeighbourLists& lists) {
  double sum = 0.0;
  for (std::size_t j = 0; j < lists.rows(); ++j) {
    sum += lists.row(j).front();
  }
  return std::sqrt(sum / static_cast<double>(lists.rows() * lists.dim));
}

double median_neighbour_slope(const NeighbourLists& lists, int k) {
  std::vector<double> slopes;
  for (std::size_t j = 0; j < lists.rows(); ++j) {
    slopes.push_back(neighbour_slope(lists.row(j), k));
  }
  return median(slopes);
}

}  // namespace reprise::kde
