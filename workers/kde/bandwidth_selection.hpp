#pragma once

#include <cstdint>
#include <vector>

#include "pipeline/run/paper.hpp"
#include "workers/kde/data_table.hpp"

namespace reprise::kde {

// Leave-one-out tasks on a table of data (spec 5, W4).

struct ScoresInput {
  DataTable table;
  std::int32_t components = 1;
};

constexpr auto fields(const ScoresInput*) {
  return std::tuple{field("table", &ScoresInput::table, "the data"),
                    field("components", &ScoresInput::components, "principal components kept")};
}

struct PrincipalScores {
  NdArray<double> scores;
  std::vector<double> variance;
};

constexpr auto fields(const PrincipalScores*) {
  return std::tuple{
      field("scores", &PrincipalScores::scores, "scores, not whitened [points, components]", "data"),
      field("variance", &PrincipalScores::variance, "variance of each component", "data^2")};
}

PrincipalScores principal_scores(const ScoresInput& input, TaskContext& context);
double seconds(const ScoresInput& input);

/// A table as it is, or its first principal components, cut into shares of rows.
struct TableShare {
  DataTable table;
  std::int32_t components = 0;
  std::vector<Ref<PrincipalScores>> scores;
  std::uint64_t share = 0;
  std::uint64_t shares = 1;
};

constexpr auto fields(const TableShare*) {
  using T = TableShare;
  return std::tuple{field("table", &T::table, "the data"),
                    field("components", &T::components, "principal components; 0: the data as they are"),
                    field("scores", &T::scores, "where these are"),
                    field("share", &T::share, "which share of the rows"),
                    field("shares", &T::shares, "number of shares")};
}

struct ListsInput {
  TableShare rows;
  std::uint64_t keep = 512;
};

constexpr auto fields(const ListsInput*) {
  return std::tuple{field("rows", &ListsInput::rows, "rows whose neighbours are sought"),
                    field("keep", &ListsInput::keep, "neighbours kept for each")};
}

/// Nearest neighbours of a share of rows, and what the table is like.
struct TableNeighbours {
  NdArray<double> squared_distance;
  std::uint64_t points = 0;
  std::uint64_t dim = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t constant_coordinates = 0;
  double deviation = 0.0;
};

constexpr auto fields(const TableNeighbours*) {
  using T = TableNeighbours;
  return std::tuple{field("squared_distance", &T::squared_distance,
                          "to the nearest other points, ascending [rows, kept]", "data^2"),
                    field("points", &T::points, "number n of points, duplicates removed"),
                    field("dim", &T::dim, "dimension d"),
                    field("duplicates", &T::duplicates, "exact duplicates removed"),
                    field("constant_coordinates", &T::constant_coordinates, "coordinates without variance"),
                    field("deviation", &T::deviation, "pooled standard deviation s", "data")};
}

TableNeighbours table_neighbours(const ListsInput& input, TaskContext& context);
double seconds(const ListsInput& input);

struct LeaveOneOutInput {
  TableShare rows;
  std::vector<double> bandwidths;
};

constexpr auto fields(const LeaveOneOutInput*) {
  return std::tuple{field("rows", &LeaveOneOutInput::rows, "rows left out one by one"),
                    field("bandwidths", &LeaveOneOutInput::bandwidths, "bandwidths h", "data")};
}

/// Means over the share's rows. [bandwidths]
struct LeaveOneOutMeans {
  std::uint64_t rows = 0;
  std::vector<double> log_likelihood;
  std::vector<double> participation;
  std::vector<double> mean_squared_distance;
};

constexpr auto fields(const LeaveOneOutMeans*) {
  using L = LeaveOneOutMeans;
  return std::tuple{
      field("rows", &L::rows, "rows averaged over"),
      field("log_likelihood", &L::log_likelihood, "log rho_hat without the point, at the point", "nat"),
      field("participation", &L::participation, "Y2"),
      field("mean_squared_distance", &L::mean_squared_distance, "sum_i p_i D_i; EM's step is h^2 <- this/d",
            "data^2")};
}

LeaveOneOutMeans leave_rows_out(const LeaveOneOutInput& input, TaskContext& context);
double seconds(const LeaveOneOutInput& input);

struct SelectionInput {
  std::vector<Ref<TableNeighbours>> shares;
};

constexpr auto fields(const SelectionInput*) {
  return std::tuple{field("shares", &SelectionInput::shares, "neighbours of all rows")};
}

/// EM on the lists, and what the lists say of the phases.
struct Selection {
  std::vector<double> bandwidths;
  std::vector<double> log_likelihoods;
  double participation = 0.0;
  bool converged = false;
  double left_out = 0.0;
  double slope = 0.0;
  double condensed_share = 0.0;
  double stable_share = 0.0;
};

constexpr auto fields(const Selection*) {
  using S = Selection;
  return std::tuple{
      field("bandwidths", &S::bandwidths, "h in the course of EM", "data"),
      field("log_likelihoods", &S::log_likelihoods, "leave-one-out log-likelihood in the course of EM",
            "nat"),
      field("participation", &S::participation, "Y2 at the last"),
      field("converged", &S::converged, "whether h moved by less than 1e-8 at the end"),
      field("left_out", &S::left_out, "bound on what the lists leave out, beside the nearest point"),
      field("slope", &S::slope, "median over rows of lambda_hat, k = 10", "data^-2"),
      field("condensed_share", &S::condensed_share, "share of rows with mu_hat < 1 at the last h"),
      field("stable_share", &S::stable_share, "share of rows with 1 <= mu_hat < 2 there")};
}

/// EM's bandwidth is certified when `left_out` is below this.
inline constexpr double kCertified = 1e-6;

Selection select(const SelectionInput& input, TaskContext& context);
double seconds(const SelectionInput& input);

inline const Task<ScoresInput, PrincipalScores> kPrincipalScores{"kde.principal_scores", 1, principal_scores,
                                                                 "principal components of a table", seconds};
inline const Task<ListsInput, TableNeighbours> kTableNeighbours{
    "kde.table_neighbours", 1, table_neighbours, "nearest neighbours of a share of a table's rows", seconds};
inline const Task<LeaveOneOutInput, LeaveOneOutMeans> kLeaveOneOut{
    "kde.leave_one_out", 1, leave_rows_out, "leave-one-out estimates of a share of rows, exact", seconds};
inline const Task<SelectionInput, Selection> kSelection{"kde.bandwidth_selection", 1, select,
                                                        "bandwidth by EM on neighbour lists", seconds};

}  // namespace reprise::kde
