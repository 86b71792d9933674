#include "kernels/optimise/plateau_schedule.hpp"

#include <algorithm>

#include "kernels/expects.hpp"

namespace reprise::nn {
namespace {

constexpr double kLeastChange = 1e-8;  ///< of a rate; smaller ones are not made

}  // namespace

PlateauSchedule::PlateauSchedule(const PlateauRule& rule) : PlateauSchedule(rule, {.rate = rule.rate}) {}

PlateauSchedule::PlateauSchedule(const PlateauRule& rule, const PlateauState& state)
    : rule_(rule), state_(state) {
  expects(rule.rate > 0.0, "a learning rate is above 0");
  expects(rule.patience >= 0, "patience is not negative");
  expects(rule.factor > 0.0 && rule.factor < 1.0, "a factor lies between 0 and 1");
  expects(rule.least_rate >= 0.0, "the least rate is not negative");
  expects(rule.least_improvement >= 0.0 && rule.least_improvement < 1.0, "an improvement lies in [0, 1)");
}

double PlateauSchedule::step(double loss) {
  if (loss < state_.best * (1.0 - rule_.least_improvement)) {
    state_.best = loss;
    state_.bad_epochs = 0;
    return state_.rate;
  }
  if (++state_.bad_epochs > rule_.patience) {
    const double lower = std::max(state_.rate * rule_.factor, rule_.least_rate);
    if (state_.rate - lower > kLeastChange) {
      state_.rate = lower;
    }
    state_.bad_epochs = 0;
  }
  return state_.rate;
}

}  // namespace reprise::nn
