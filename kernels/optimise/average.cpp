#include "kernels/optimise/average.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "kernels/expects.hpp"
#include "kernels/tensor/operations.hpp"

namespace reprise::nn {

ParameterAverage::ParameterAverage(ParameterArena& arena, const Options& options)
    : arena_(arena),
      options_(options),
      average_(options.start == Start::corrected
                   ? Tensor::zeros(arena.values().shape(), arena.values().type())
                   : arena.values().clone()) {
  expects(options.decay >= 0 && options.decay < 1, "a decay lies in [0, 1)");
}

void ParameterAverage::update() {
  const auto before = static_cast<double>(updates_++);
  const double decay = options_.start == Start::warm_up
                           ? std::min(options_.decay, (1 + before) / (10 + before))
                           : options_.decay;
  average_.assign(affine(average_, decay));
  accumulate(average_, arena_.values(), 1 - decay);
}

Tensor ParameterAverage::values() const {
  if (options_.start != Start::corrected) return average_.clone();
  expects(updates_ > 0, "a corrected average has had an update");
  return affine(average_, 1 / (1 - std::pow(options_.decay, static_cast<double>(updates_))));
}

NamedTensors ParameterAverage::state() const {
  return {{"average", average_.clone()},
          {"updates", Tensor::full({}, static_cast<double>(updates_), DataType::f64)}};
}

void ParameterAverage::load(const NamedTensors& state) {
  const auto average = state.find("average");
  const auto updates = state.find("updates");
  if (average == state.end() || average->second.shape() != average_.shape() || updates == state.end())
    throw std::invalid_argument("the state has no number of updates or no average of shape " +
                                to_string(average_.shape()));
  updates_ = static_cast<std::int64_t>(updates->second.item());
  average_.assign(average->second);
}

AveragedParameters::AveragedParameters(ParameterAverage& average)
    : arena_(average.arena_), trained_(average.arena_.values().clone()) {
  arena_.values().assign(average.values());
}

AveragedParameters::~AveragedParameters() {
  arena_.values().assign(trained_);
}

}  // namespace reprise::nn
