#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace reprise::kde {

/// A table of data, row-major.
struct PointSet {
  std::size_t dim = 0;
  std::vector<double> coordinate;  ///< [count, dim]

  [[nodiscard]] std::size_t count() const { return dim == 0 ? 0 : coordinate.size() / dim; }
  [[nodiscard]] std::span<const double> row(std::size_t i) const {
    return std::span(coordinate).subspan(i * dim, dim);
  }
};

/// The leave-one-out estimate at one bandwidth, averaged over the points it leaves out (spec 2.9).
struct LeaveOneOut {
  double bandwidth = 0.0;
  double log_likelihood = 0.0;         ///< LL = (1/n) sum_j log rho_hat_{-j}(y_j)
  double participation = 0.0;          ///< mean Y2
  double mean_squared_distance = 0.0;  ///< mean over j of sum_i p_ij D_ij; the EM step is h^2 <- this / d
};

/// Sums over rows first .. first + rows - 1 (a task's share); exact, in double precision.
[[nodiscard]] std::vector<LeaveOneOut> leave_one_out_rows(const PointSet& data, std::size_t first,
                                                          std::size_t rows,
                                                          std::span<const double> bandwidths);

/// Over all rows.
[[nodiscard]] std::vector<LeaveOneOut> leave_one_out(const PointSet& data,
                                                     std::span<const double> bandwidths);

/// For each row of a share: squared distances to its K nearest other points, ascending.
struct NeighbourLists {
  std::size_t dim = 0;
  std::size_t data_count = 0;            ///< n
  std::size_t kept = 0;                  ///< K, n - 1 at most
  std::vector<double> squared_distance;  ///< [rows, K]

  [[nodiscard]] std::size_t rows() const { return kept == 0 ? 0 : squared_distance.size() / kept; }
  [[nodiscard]] std::span<const double> row(std::size_t j) const {
    return std::span(squared_distance).subspan(j * kept, kept);
  }
};

/// Neighbours are searched in single precision among the centred data, their distances recomputed in double
/// by direct subtraction.
[[nodiscard]] NeighbourLists find_neighbours(const PointSet& data, std::size_t first, std::size_t rows,
                                             std::size_t keep = 512);

/// Joins the lists of consecutive shares.
void append(NeighbourLists& lists, const NeighbourLists& more);

/// The leave-one-out estimate from the lists alone.
[[nodiscard]] LeaveOneOut leave_one_out(const NeighbourLists& lists, double bandwidth);

/// The largest over rows of (n - 1 - K) exp(-(D_(K) - D_(1))/(2 h^2)): what the lists leave out, at most,
/// beside the nearest neighbour.
[[nodiscard]] double left_out_bound(const NeighbourLists& lists, double bandwidth);

struct BandwidthSelection {
  LeaveOneOut at;                       ///< at the selected bandwidth
  std::vector<double> bandwidths;       ///< the trace, from the start
  std::vector<double> log_likelihoods;  ///< never decreasing
  bool converged = false;
  bool certified = true;  ///< the lists were long enough: the bound is below 1e-6 for every row
};

/// EM for the bandwidth: h^2 <- mean_j sum_i p_ij D_ij / d, until |d log h| < 1e-8 or 500 steps.
[[nodiscard]] BandwidthSelection select_bandwidth(const NeighbourLists& lists, double start);

/// The same with full passes over the data: no list to certify.
[[nodiscard]] BandwidthSelection select_bandwidth(const PointSet& data, double start);

/// Where EM starts: sqrt(mean_j min_i D_ij / d), the limit of its step for small h.
[[nodiscard]] double nearest_neighbour_bandwidth(const NeighbourLists& lists);

/// Median over rows of the edge slope lambda_hat of their neighbour lists.
[[nodiscard]] double median_neighbour_slope(const NeighbourLists& lists, int k = 10);

}  // namespace reprise::kde
