#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

/// Learning rates over the steps of a training (epochs or batches, as the caller steps). A rule is a plain
/// value that says the rate at each step; a schedule follows it and can be taken up from its state, a plain
/// value, too.
namespace reprise::nn {

/// Half a period of a cosine from `rate` down to `least_rate`, then that.
/// I. Loshchilov, F. Hutter, "SGDR", ICLR 2017, equation 5 without restarts.
struct CosineRule {
  double rate = 0.1;
  double least_rate = 0;
  std::int64_t steps = 100;
  [[nodiscard]] double at(std::int64_t step) const;
  void check() const;  ///< throws std::invalid_argument where this is no rule
};

/// `factor` times less each `period` steps.
struct StepRule {
  double rate = 0.1;
  double factor = 0.1;
  std::int64_t period = 30;
  [[nodiscard]] double at(std::int64_t step) const;
  void check() const;
};

/// `factor` times less from each of these steps on.
struct MultiStepRule {
  double rate = 0.1;
  double factor = 0.1;
  std::vector<std::int64_t> milestones;  ///< ascending
  [[nodiscard]] double at(std::int64_t step) const;
  void check() const;
};

/// How many steps were made.
struct TimedState {
  std::int64_t step = 0;
  friend bool operator==(const TimedState&, const TimedState&) = default;
};

/// Follows a rule that looks at nothing but the number of the step.
template <class Rule>
class TimedSchedule {
 public:
  explicit TimedSchedule(Rule rule, const TimedState& state = {}) : rule_(std::move(rule)), state_(state) {
    rule_.check();
  }
  /// The rate of the next step. The loss doesn't matter.
  double step(double /*loss*/ = 0) {
    ++state_.step;
    return rate();
  }
  [[nodiscard]] double rate() const { return rule_.at(state_.step); }
  [[nodiscard]] const TimedState& state() const { return state_; }

 private:
  Rule rule_;
  TimedState state_;
};
using CosineSchedule = TimedSchedule<CosineRule>;
using StepSchedule = TimedSchedule<StepRule>;
using MultiStepSchedule = TimedSchedule<MultiStepRule>;

/// Rises on a line from `from` of the following schedule's first rate to all of it.
/// P. Goyal et al., "Accurate, large minibatch SGD", 2017, section 2.2.
struct WarmUp {
  std::int64_t steps = 5;
  double from = 0;
  /// Of the first rate.
  [[nodiscard]] double factor(std::int64_t step) const;
  void check() const;
};

/// Any schedule after a warm-up: it makes its first step when the warm-up is over.
template <class Following>
class WarmUpSchedule {
 public:
  using FollowingState = std::remove_cvref_t<decltype(std::declval<Following>().state())>;
  struct State {
    std::int64_t step = 0;  ///< up to the warm-up's length
    FollowingState following;
    friend bool operator==(const State&, const State&) = default;
  };

  /// `following` as it is at the state, where one is given.
  WarmUpSchedule(const WarmUp& warm_up, Following following, std::int64_t step = 0)
      : warm_up_(warm_up), following_(std::move(following)), step_(step) {
    warm_up_.check();
  }
  /// The rate of the next step.
  double step(double loss = 0) {
    if (step_ < warm_up_.steps)
      ++step_;
    else
      following_.step(loss);
    return rate();
  }
  [[nodiscard]] double rate() const { return following_.rate() * warm_up_.factor(step_); }
  [[nodiscard]] State state() const { return {step_, following_.state()}; }

 private:
  WarmUp warm_up_;
  Following following_;
  std::int64_t step_;
};

}  // namespace reprise::nn
