#include "kernels/gaussian/interval_statistics.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/expects.hpp"

namespace reprise {
namespace {

constexpr std::size_t kBinsAnOctave = IntervalStatistics::kBinsAnOctave;

/// 2^(j / 32 - 1), as frexp has its fractions.
const std::array<double, kBinsAnOctave>& fractions() {
  static const auto table = [] {
    std::array<double, kBinsAnOctave> edges{};
    for (std::size_t j = 0; j < kBinsAnOctave; ++j) {
      edges.at(j) = std::exp2(static_cast<double>(j) / static_cast<double>(kBinsAnOctave) - 1.0);
    }
    return edges;
  }();
  return table;
}

void check(const IntervalQuestions& questions) {
  expects(questions.mean > 0.0, "the expected interval is positive");
  for (const auto* list : {&questions.survival_time, &questions.threshold, &questions.lag}) {
    expects(std::is_sorted(list->begin(), list->end()) && (list->empty() || list->front() >= 0.0),
            "times, thresholds and lags ascend from zero or more");
  }
}

}  // namespace

std::size_t interval_bin(double interval, double mean) {
  int exponent = 0;
  const double fraction = std::frexp(interval / mean, &exponent);
  const int octave = exponent - 1 - IntervalStatistics::kFirstOctave;
  if (octave < 0 || fraction == 0.0) {
    return 0;
  }
  const auto& edges = fractions();
  const auto within =
      static_cast<std::size_t>(std::upper_bound(edges.begin(), edges.end(), fraction) - edges.begin()) - 1;
  return std::min(static_cast<std::size_t>(octave) * kBinsAnOctave + within, IntervalStatistics::kBins - 1);
}

double interval_bin_edge(std::size_t bin) {
  const auto octave = static_cast<int>(bin / kBinsAnOctave) + IntervalStatistics::kFirstOctave;
  return std::ldexp(fractions().at(bin % kBinsAnOctave), octave + 1);
}

double tail_rate(const IntervalStatistics::Tail& tail) {
  return static_cast<double>(tail.count) / (tail.excess + tail.censored_excess);
}

IntervalStatistics::IntervalStatistics(const IntervalQuestions& questions)
    : survivors(questions.survival_time.size()),
      tails(questions.threshold.size()),
      stretches(questions.lag.size()) {
  check(questions);
}

void IntervalStatistics::add_complete(const IntervalQuestions& questions, double interval) {
  ++intervals;
  sum += interval;
  sum_of_squares += interval * interval;
  ++histogram[interval_bin(interval, questions.mean)];
  ++at_risk;
  for (std::size_t i = 0; i < survivors.size() && interval > questions.survival_time[i]; ++i) {
    ++survivors[i];
  }
  for (std::size_t i = 0; i < tails.size() && interval > questions.threshold[i]; ++i) {
    ++tails[i].count;
    tails[i].excess += interval - questions.threshold[i];
  }
}

void IntervalStatistics::add_censored(const IntervalQuestions& questions, double seen) {
  for (std::size_t i = 0; i < tails.size() && seen > questions.threshold[i]; ++i) {
    ++tails[i].censored;
    tails[i].censored_excess += seen - questions.threshold[i];
  }
}

void IntervalStatistics::add_path(const IntervalQuestions& questions, std::span<const double> crossings,
                                  double length) {
  ++paths;
  for (std::size_t i = 0; i < stretches.size(); ++i) {
    stretches[i].total += std::max(length - questions.lag[i], 0.0);
  }
  const auto add_gap = [&](double gap) {
    for (std::size_t i = 0; i < stretches.size() && gap > questions.lag[i]; ++i) {
      stretches[i].free += gap - questions.lag[i];
    }
  };
  if (crossings.empty()) {
    add_gap(length);
    return;
  }
  add_gap(crossings.front());
  for (std::size_t k = 1; k < crossings.size(); ++k) {
    const double interval = crossings[k] - crossings[k - 1];
    add_complete(questions, interval);
    add_gap(interval);
  }
  add_gap(length - crossings.back());
  add_censored(questions, length - crossings.back());
}

void IntervalStatistics::add(const IntervalQuestions& questions, const CrossingScan& scan) {
  const double length = static_cast<double>(scan.steps()) * scan.step();
  for (std::size_t path = 0; path < scan.paths(); ++path) {
    add_path(questions, scan.crossings(path), length);
  }
  steps += scan.steps() * scan.paths();
  sign_changes += scan.sign_changes();
}

void IntervalStatistics::add_first_intervals(const IntervalQuestions& questions,
                                             std::span<const double> of_starts, double end) {
  expects(questions.survival_time.empty() || questions.survival_time.back() <= end,
          "survival is asked for at times until which intervals were observed");
  paths += of_starts.size();
  for (const double interval : of_starts) {
    if (std::isfinite(interval)) {
      add_complete(questions, interval);
    } else {
      ++at_risk;
      for (std::uint64_t& count : survivors) {
        ++count;
      }
      add_censored(questions, end);
    }
  }
}

void IntervalStatistics::merge(const IntervalStatistics& other) {
  expects(survivors.size() == other.survivors.size() && tails.size() == other.tails.size() &&
              stretches.size() == other.stretches.size(),
          "statistics that are merged answer the same questions");
  paths += other.paths;
  steps += other.steps;
  sign_changes += other.sign_changes;
  intervals += other.intervals;
  sum += other.sum;
  sum_of_squares += other.sum_of_squares;
  at_risk += other.at_risk;
  for (std::size_t i = 0; i < kBins; ++i) {
    histogram[i] += other.histogram[i];
  }
  for (std::size_t i = 0; i < survivors.size(); ++i) {
    survivors[i] += other.survivors[i];
  }
  for (std::size_t i = 0; i < tails.size(); ++i) {
    tails[i].count += other.tails[i].count;
    tails[i].excess += other.tails[i].excess;
    tails[i].censored += other.tails[i].censored;
    tails[i].censored_excess += other.tails[i].censored_excess;
  }
  for (std::size_t i = 0; i < stretches.size(); ++i) {
    stretches[i].free += other.stretches[i].free;
    stretches[i].total += other.stretches[i].total;
  }
}

double IntervalStatistics::survival(std::size_t i) const {
  return static_cast<double>(survivors.at(i)) / static_cast<double>(at_risk);
}

}  // namespace reprise
