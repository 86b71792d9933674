#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/gaussian/crossings.hpp"

namespace reprise {

/// What is asked of intervals between crossings; times in the paths' unit, each list ascending.
struct IntervalQuestions {
  double mean = 1.0;                  ///< the expected interval, unit of the histogram
  std::vector<double> survival_time;  ///< for the share of intervals longer than these
  std::vector<double> threshold;      ///< for the tail's rate beyond these
  std::vector<double> lag;            ///< for the share of stretches of these lengths without a crossing
};

/// Sums over intervals between zero crossings of which all estimates are made. Plain numbers: sums of two are
/// those of all their intervals, so merge in a fixed order for the same bits.
///
/// Complete intervals lie between two crossings of a path; the last one that begins is right-censored by the
/// path's end, and the first and last count nowhere but in the tails (censored) and the stretches.
struct IntervalStatistics {
  /// Bins an octave, of T over the mean, from 2^-10 to 2^6; what lies beyond is in the first or last bin.
  static constexpr std::size_t kBinsAnOctave = 32;
  static constexpr int kFirstOctave = -10;
  static constexpr std::size_t kBins = 512;

  struct Tail {
    std::uint64_t count = 0;       ///< complete intervals beyond the threshold
    double excess = 0.0;           ///< their sum, less the threshold each
    std::uint64_t censored = 0;    ///< intervals cut off beyond the threshold
    double censored_excess = 0.0;  ///< until where they were seen, less the threshold each
    friend bool operator==(const Tail&, const Tail&) = default;
  };
  struct Stretches {
    double free = 0.0;   ///< length of starts s of stretches [s, s + lag] without a crossing
    double total = 0.0;  ///< length of all starts
    friend bool operator==(const Stretches&, const Stretches&) = default;
  };

  std::uint64_t paths = 0;
  std::uint64_t steps = 0;         ///< of all paths' grids
  std::uint64_t sign_changes = 0;  ///< of neighbours on the grid
  std::uint64_t intervals = 0;     ///< complete ones
  double sum = 0.0;
  double sum_of_squares = 0.0;
  std::array<std::uint64_t, kBins> histogram{};
  std::uint64_t at_risk = 0;             ///< intervals that `survivors` are of
  std::vector<std::uint64_t> survivors;  ///< longer than each survival time
  std::vector<Tail> tails;               ///< a threshold
  std::vector<Stretches> stretches;      ///< a lag

  IntervalStatistics() = default;
  explicit IntervalStatistics(const IntervalQuestions& questions);

  /// Adds all paths that `scan` has seen from their start.
  void add(const IntervalQuestions& questions, const CrossingScan& scan);

  /// Adds one path's crossings, ascending in [0, length].
  void add_path(const IntervalQuestions& questions, std::span<const double> crossings, double length);

  /// Adds intervals seen from their beginning until `end`: of the longer ones, infinite here, only that is
  /// known. No survival time lies beyond `end`.
  void add_first_intervals(const IntervalQuestions& questions, std::span<const double> intervals, double end);

  /// Sums of statistics with as many questions.
  void merge(const IntervalStatistics& other);
  friend bool operator==(const IntervalStatistics&, const IntervalStatistics&) = default;

  [[nodiscard]] double mean_interval() const { return sum / static_cast<double>(intervals); }
  /// Estimate of P(T > survival_time[i]).
  [[nodiscard]] double survival(std::size_t i) const;
  /// Estimate of P(no crossing in a stretch of length lag[i]), without bias.
  [[nodiscard]] double persistence(std::size_t i) const {
    return stretches.at(i).free / stretches.at(i).total;
  }

 private:
  void add_complete(const IntervalQuestions& questions, double interval);
  void add_censored(const IntervalQuestions& questions, double seen);
};

/// The most likely rate of an exponential tail, intervals cut off taken into account: those counted over the
/// sum of all excesses; its standard error is rate / sqrt(count).
[[nodiscard]] double tail_rate(const IntervalStatistics::Tail& tail);

/// The bin of `interval` over `mean` in a histogram, and a bin's lower edge over the mean.
[[nodiscard]] std::size_t interval_bin(double interval, double mean);
[[nodiscard]] double interval_bin_edge(std::size_t bin);

}  // namespace reprise
