#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "workers/kde/bandwidth_selection.hpp"

namespace reprise::kde {

/// E9: bandwidth selection on real data.
struct RealData {
  std::vector<TableSource> sources{TableSource::digits};
  std::vector<TableSource> where_present;
  std::uint64_t points = 0;
  std::vector<std::int32_t> components{0, 20};
  std::uint64_t neighbours = 512;
  std::uint64_t most_neighbours = 4096;
  std::uint64_t shares = 2;
  double lowest_bandwidth = 0.05;
  double highest_bandwidth = 3.0;
  std::int32_t bandwidths = 16;
};

constexpr auto fields(const RealData*) {
  using R = RealData;
  return std::tuple{
      field("sources", &R::sources, "data sets that must be there"),
      field("where_present", &R::where_present,
            "data sets that are left out, with a remark, where they are missing"),
      field("points", &R::points, "the first so many of each; 0: all"),
      field("components", &R::components, "principal components to look at; 0: the data as they are"),
      field("neighbours", &R::neighbours, "neighbours kept for each point"),
      field("most_neighbours", &R::most_neighbours,
            "as many as are tried where these don't certify the bandwidth"),
      field("shares", &R::shares, "tasks that a table's rows are dealt out to"),
      field("lowest_bandwidth", &R::lowest_bandwidth, "least h of the drawn curve", "data"),
      field("highest_bandwidth", &R::highest_bandwidth, "largest h of the drawn curve", "data"),
      field("bandwidths", &R::bandwidths, "bandwidths of the drawn curve")};
}

void validate(const RealData& job, const JobTable& table);

/// One table, or some of its principal components.
struct RealDataRow {
  std::string name;
  bool made_up = false;  ///< the stand-in
  std::uint64_t points = 0;
  std::uint64_t dim = 0;
  double selected = 0.0;       ///< h_EM, NaN when missing
  double condensation = 0.0;   ///< h_G_hat
  double participation = 0.0;  ///< Y2 at h_EM
  bool certified = false;
};
/// P5d.
[[nodiscard]] Finding judge_real_data(const std::vector<RealDataRow>& rows);

Experiment real_data_experiment();

}  // namespace reprise::kde
