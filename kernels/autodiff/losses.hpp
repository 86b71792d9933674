#pragma once

#include "kernels/autodiff/variable.hpp"

namespace reprise::nn {

/// The mean over rows of -sum_c targets[c] log softmax(logits)[c]; logits and targets [batch, classes].
Variable cross_entropy(const Variable& logits, const Tensor& targets);
/// The same for classes.
Variable cross_entropy(const Variable& logits, const std::vector<std::int64_t>& classes);

/// log N(y; mean, deviation^2), element by element; deviation > 0.
Variable gaussian_log_likelihood(const Variable& y, const Variable& mean, const Variable& deviation);

}  // namespace reprise::nn
