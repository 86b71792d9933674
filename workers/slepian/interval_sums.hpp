#pragma once

#include <cstdint>
#include <vector>

#include "kernels/gaussian/interval_statistics.hpp"
#include "kernels/statistics/moments.hpp"
#include "pipeline/reflect/fields.hpp"

namespace reprise::slepian {

/// What a task asks of intervals, in the model's time.
struct IntervalAsk {
  std::vector<double> times;       ///< for P(T > t), ascending
  std::vector<double> thresholds;  ///< for the tail's rate, ascending
  std::vector<double> lags;        ///< for P0(t), ascending
};

constexpr auto fields(const IntervalAsk*) {
  using I = IntervalAsk;
  return std::tuple{field("times", &I::times, "for the share of longer intervals", "time"),
                    field("thresholds", &I::thresholds, "for the rate of the tail beyond", "time"),
                    field("lags", &I::lags, "for the share of stretches without a zero", "time")};
}

/// Sums over the intervals of one block of simulation.
struct IntervalSums {
  std::uint64_t paths = 0;
  std::uint64_t steps = 0;
  std::uint64_t sign_changes = 0;
  std::uint64_t intervals = 0;
  double sum = 0.0;
  double sum_of_squares = 0.0;
  std::vector<std::uint64_t> histogram;
  std::uint64_t at_risk = 0;
  std::vector<std::uint64_t> survivors;
  std::vector<std::uint64_t> tail_count;
  std::vector<double> tail_excess;
  std::vector<std::uint64_t> tail_censored;
  std::vector<double> free;
  std::vector<double> total;
  double clipped = 0.0;
};

constexpr auto fields(const IntervalSums*) {
  using I = IntervalSums;
  return std::tuple{
      field("paths", &I::paths, "paths"),
      field("steps", &I::steps, "steps of their grids"),
      field("sign_changes", &I::sign_changes, "neighbours on the grid with different signs"),
      field("intervals", &I::intervals, "complete intervals between zeros"),
      field("sum", &I::sum, "of the intervals", "time"),
      field("sum_of_squares", &I::sum_of_squares, "of the intervals", "time^2"),
      field("histogram", &I::histogram, "of T/mu in 512 bins, 32 an octave from 2^-10 on"),
      field("at_risk", &I::at_risk, "intervals that the survivors are of"),
      field("survivors", &I::survivors, "intervals longer than each time"),
      field("tail_count", &I::tail_count, "complete intervals beyond each threshold"),
      field("tail_excess", &I::tail_excess, "sum of all excesses over it, cut off ones too", "time"),
      field("tail_censored", &I::tail_censored, "intervals cut off beyond it"),
      field("free", &I::free, "length of starts of stretches without a zero, for each lag", "time"),
      field("total", &I::total, "length of all starts", "time"),
      field("clipped", &I::clipped, "share of the spectrum that circulant embedding took as zero")};
}

[[nodiscard]] IntervalQuestions questions_of(const IntervalAsk& ask, double mean_interval);
[[nodiscard]] IntervalSums sums_of(const IntervalStatistics& statistics);

/// A ratio of sums over blocks of equal size, its error by the blocks' deviations from it.
class BlockRatio {
 public:
  void add(double top, double bottom);
  [[nodiscard]] Estimate estimate() const;

 private:
  std::uint64_t blocks_ = 0;
  double top_ = 0.0, bottom_ = 0.0;
  double top_squares_ = 0.0, bottom_squares_ = 0.0, products_ = 0.0;
};

/// Blocks of equal size, put together as they come, in a fixed order for the same bits: estimates are of all,
/// their errors from the spread of the blocks.
class IntervalBlocks {
 public:
  void add(const IntervalSums& block);
  [[nodiscard]] std::uint64_t size() const { return blocks_; }
  [[nodiscard]] std::uint64_t intervals() const { return intervals_; }

  [[nodiscard]] Estimate mean_interval() const { return mean_.estimate(); }
  /// Of the probability that neighbours on the grid have different signs.
  [[nodiscard]] Estimate sign_change() const { return sign_change_.estimate(); }
  /// P(T > time k).
  [[nodiscard]] Estimate survival(std::size_t k) const { return ratio(survival_, k); }
  /// P0(lag k).
  [[nodiscard]] Estimate no_zero(std::size_t k) const { return ratio(no_zero_, k); }
  /// The tail's rate beyond threshold k: number over sum of excesses, error rate/sqrt(number).
  [[nodiscard]] Estimate tail_rate(std::size_t k) const;
  /// Density of T mu over T/mu, a bin each; error from the counts.
  [[nodiscard]] std::vector<Estimate> density() const;

 private:
  struct Tail {
    double count = 0.0;
    double excess = 0.0;
  };
  /// NaN before the first block.
  [[nodiscard]] static Estimate ratio(const std::vector<BlockRatio>& ratios, std::size_t k);

  std::uint64_t blocks_ = 0;
  std::uint64_t intervals_ = 0;
  BlockRatio mean_;
  BlockRatio sign_change_;
  std::vector<BlockRatio> survival_;
  std::vector<BlockRatio> no_zero_;
  std::vector<Tail> tails_;
  std::vector<double> histogram_;
};

}  // namespace reprise::slepian
