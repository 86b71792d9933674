#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "workers/slepian/orthant_task.hpp"

namespace reprise::slepian {
namespace {

constexpr std::uint64_t kFirstPoints = 1024;        // of each shift, in the first round
constexpr std::uint64_t kLongestRange = 1U << 16U;  // lattice points of a shift in a task
constexpr std::uint64_t kSharedPoints = 1U << 14U;  // of all shifts in a task that has several
// How far lattices of rank one go.
constexpr std::uint64_t kRankOnePoints = 1U << 20U;
constexpr std::int32_t kRankOneCoordinates = 256;

/// All that is known of one probability: sums over the first points of each shift.
struct ShiftSums {
  std::vector<double> sum, rest;
  std::uint64_t points = 0;
  bool failed = false;

  [[nodiscard]] Estimate estimate() const {
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    if (failed || points == 0) return {kNone, kNone};
    std::vector<double> mean;
    for (std::size_t k = 0; k < sum.size(); ++k)
      mean.push_back((sum[k] + rest[k]) / static_cast<double>(points));
    return mean_with_error(mean);
  }
};

/// The lattice points from, ..., to - 1 of all shifts of some probabilities, in ranges.
struct Round {
  std::vector<OrthantPoint> points;
  std::uint64_t shifts = 0;
  std::uint64_t most = 0;  ///< points of a shift that there may ever be
  std::uint64_t from = 0;
  std::uint64_t to = 0;

  [[nodiscard]] std::uint64_t ranges() const { return (to - from + kLongestRange - 1) / kLongestRange; }
  [[nodiscard]] std::uint64_t together() const {
    return std::clamp(kSharedPoints / (to - from), std::uint64_t{1}, shifts);
  }
  [[nodiscard]] std::uint64_t tasks_of_point() const {
    return (shifts + together() - 1) / together() * ranges();
  }
  [[nodiscard]] std::size_t size() const { return points.size() * tasks_of_point(); }
  [[nodiscard]] std::size_t point_of(std::size_t task) const { return task / tasks_of_point(); }
  [[nodiscard]] OrthantInput input(std::size_t task) const {
    const std::uint64_t first = from + kLongestRange * (task % ranges());
    const std::uint64_t shift = task % tasks_of_point() / ranges() * together();
    const OrthantPoint& point = points[point_of(task)];
    const bool covered = most <= kRankOnePoints && point.steps < kRankOneCoordinates;
    return {point,
            covered ? LatticeRule::rank_one : LatticeRule::richtmyer,
            static_cast<std::uint32_t>(shift),
            static_cast<std::uint32_t>(std::min(together(), shifts - shift)),
            first,
            std::min(kLongestRange, to - first)};
  }
};

/// Adds the round's sums to those of the points `open`.
void add_round(Run& run, const Round& round, const std::vector<std::size_t>& open,
               std::vector<ShiftSums>& sums, const std::string& stage) {
  const auto results =
      run.map(kOrthant,
              Sequence<OrthantInput>(round.size(), [round](std::size_t k) { return round.input(k); }), stage);
  for (std::size_t k = 0; k < results.size(); ++k) {
    ShiftSums& owner = sums[open[round.point_of(k)]];
    if (const auto result = results.get(k)) {
      const std::uint32_t shift = round.input(k).shift;
      for (std::size_t i = 0; i < result->sum.size(); ++i) {
        owner.sum[shift + i] += result->sum[i];
        owner.rest[shift + i] += result->rest[i];
      }
    } else {
      owner.failed = true;
    }
  }
}

}  // namespace

std::vector<Estimate> estimate_orthants(Run& run, const std::vector<OrthantPoint>& points,
                                        const std::vector<double>& relative_error,
                                        const LatticeSettings& lattice, const std::string& stage) {
  std::vector<ShiftSums> sums(points.size());
  for (ShiftSums& each : sums) {
    each.sum.assign(static_cast<std::size_t>(lattice.shifts), 0.0);
    each.rest = each.sum;
  }
  std::vector<std::size_t> open(points.size());
  std::iota(open.begin(), open.end(), std::size_t{0});
  Round round{{}, static_cast<std::uint64_t>(lattice.shifts), lattice.points, 0, kFirstPoints};
  while (!open.empty()) {
    round.points.clear();
    for (const std::size_t i : open) round.points.push_back(points[i]);
    try {
      add_round(run, round, open, sums, stage);
    } catch (const NeedsResults&) {
      round.from = std::exchange(round.to, lattice.points);  // all that may follow
      if (round.from < round.to) add_round(run, round, open, sums, stage);
      throw;
    }
    for (const std::size_t i : open) sums[i].points = round.to;
    std::erase_if(open, [&](std::size_t i) {
      const Estimate now = sums[i].estimate();
      return sums[i].failed || now.standard_error <= relative_error[i] * std::abs(now.value);
    });
    round.from = round.to;
    round.to *= 2;
    if (round.to > lattice.points) break;
  }
  std::vector<Estimate> estimates;
  for (const ShiftSums& each : sums) estimates.push_back(each.estimate());
  return estimates;
}

}  // namespace reprise::slepian
