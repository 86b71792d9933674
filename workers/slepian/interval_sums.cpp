#include "workers/slepian/interval_sums.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace reprise::slepian {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

double number(std::uint64_t count) {
  return static_cast<double>(count);
}

}  // namespace

IntervalQuestions questions_of(const IntervalAsk& ask, double mean_interval) {
  return {mean_interval, ask.times, ask.thresholds, ask.lags};
}

IntervalSums sums_of(const IntervalStatistics& statistics) {
  IntervalSums sums{statistics.paths,
                    statistics.steps,
                    statistics.sign_changes,
                    statistics.intervals,
                    statistics.sum,
                    statistics.sum_of_squares,
                    {statistics.histogram.begin(), statistics.histogram.end()},
                    statistics.at_risk,
                    statistics.survivors};
  for (const auto& tail : statistics.tails) {
    sums.tail_count.push_back(tail.count);
    sums.tail_excess.push_back(tail.excess + tail.censored_excess);
    sums.tail_censored.push_back(tail.censored);
  }
  for (const auto& stretch : statistics.stretches) {
    sums.free.push_back(stretch.free);
    sums.total.push_back(stretch.total);
  }
  return sums;
}

void BlockRatio::add(double top, double bottom) {
  ++blocks_;
  top_ += top;
  bottom_ += bottom;
  top_squares_ += top * top;
  bottom_squares_ += bottom * bottom;
  products_ += top * bottom;
}

Estimate BlockRatio::estimate() const {
  if (blocks_ < 2 || bottom_ == 0.0) return {kNone, kNone};
  const double value = top_ / bottom_;
  const double squares = top_squares_ - 2.0 * value * products_ + value * value * bottom_squares_;
  const double count = number(blocks_);
  return {value, std::sqrt(std::max(squares, 0.0) * count / (count - 1.0)) / bottom_};
}

void IntervalBlocks::add(const IntervalSums& block) {
  ++blocks_;
  intervals_ += block.intervals;
  mean_.add(block.sum, number(block.intervals));
  sign_change_.add(number(block.sign_changes), number(block.steps));
  survival_.resize(block.survivors.size());
  for (std::size_t k = 0; k < survival_.size(); ++k)
    survival_[k].add(number(block.survivors[k]), number(block.at_risk));
  no_zero_.resize(block.free.size());
  for (std::size_t k = 0; k < no_zero_.size(); ++k) no_zero_[k].add(block.free[k], block.total[k]);
  tails_.resize(block.tail_count.size());
  for (std::size_t k = 0; k < tails_.size(); ++k) {
    tails_[k].count += number(block.tail_count[k]);
    tails_[k].excess += block.tail_excess[k];
  }
  histogram_.resize(block.histogram.size());
  for (std::size_t bin = 0; bin < histogram_.size(); ++bin) histogram_[bin] += number(block.histogram[bin]);
}

Estimate IntervalBlocks::ratio(const std::vector<BlockRatio>& ratios, std::size_t k) {
  return ratios.empty() ? Estimate{kNone, kNone} : ratios.at(k).estimate();
}

Estimate IntervalBlocks::tail_rate(std::size_t k) const {
  constexpr double kLeast = 2.0;
  if (tails_.empty() || tails_.at(k).count < kLeast) return {kNone, kNone};
  const Tail& tail = tails_[k];
  return {tail.count / tail.excess, std::sqrt(tail.count) / tail.excess};
}

std::vector<Estimate> IntervalBlocks::density() const {
  std::vector<Estimate> density;
  const double all = number(intervals_);
  for (std::size_t bin = 0; bin < histogram_.size(); ++bin) {
    const double width = interval_bin_edge(bin + 1) - interval_bin_edge(bin);
    density.push_back({histogram_[bin] / (all * width), std::sqrt(histogram_[bin]) / (all * width)});
  }
  return density;
}

}  // namespace reprise::slepian
