#include "kernels/optimise/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "kernels/expects.hpp"

namespace reprise::nn {

double CosineRule::at(std::int64_t step) const {
  const double part = static_cast<double>(std::min(step, steps)) / static_cast<double>(steps);
  return least_rate + (rate - least_rate) / 2 * (1 + std::cos(std::numbers::pi * part));
}

void CosineRule::check() const {
  expects(rate > 0 && least_rate >= 0 && least_rate <= rate, "a cosine falls from a rate to a lesser one");
  expects(steps > 0, "a cosine takes a step or more");
}

double StepRule::at(std::int64_t step) const {
  return rate * std::pow(factor, static_cast<double>(step / period));
}

void StepRule::check() const {
  expects(rate > 0, "a learning rate is above 0");
  expects(factor > 0 && factor <= 1, "a factor lies between 0 and 1");
  expects(period > 0, "a period takes a step or more");
}

double MultiStepRule::at(std::int64_t step) const {
  const auto passed = std::upper_bound(milestones.begin(), milestones.end(), step) - milestones.begin();
  return rate * std::pow(factor, static_cast<double>(passed));
}

void MultiStepRule::check() const {
  expects(rate > 0, "a learning rate is above 0");
  expects(factor > 0 && factor <= 1, "a factor lies between 0 and 1");
  expects(std::is_sorted(milestones.begin(), milestones.end()), "milestones ascend");
}

double WarmUp::factor(std::int64_t step) const {
  if (step >= steps) return 1;
  return from + (1 - from) * static_cast<double>(step) / static_cast<double>(steps);
}

void WarmUp::check() const {
  expects(steps >= 0, "a warm-up has no negative length");
  expects(from >= 0 && from <= 1, "a warm-up begins with a part of the rate");
}

}  // namespace reprise::nn
