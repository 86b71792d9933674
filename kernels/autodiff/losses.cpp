#include "kernels/autodiff/losses.hpp"

#include <cmath>
#include <numbers>

#include "kernels/autodiff/functions.hpp"
#include "kernels/expects.hpp"

namespace reprise::nn {

Variable cross_entropy(const Variable& logits, const Tensor& targets) {
  expects(logits.shape() == targets.shape() && targets.rank() == 2,
          "logits and targets are [batch, classes]");
  const auto log_p = softmax(logits.value(), true);
  const double rows = static_cast<double>(logits.size(0));
  const auto loss = affine(sum_to(binary(Binary::multiply, log_p, targets), {1, 1}), -1 / rows).reshape({});
  return record(loss, {logits}, [logits, targets, log_p, rows](const Tensor& dy) {
    // sum_c targets[c] may differ from one: d/dlogit = p sum(targets) - targets.
    const auto total = sum_to(targets, {targets.size(0), 1});
    const auto p = binary(Binary::multiply, elementwise(Elementwise::exp, log_p), total);
    logits.add_gradient(affine(binary(Binary::subtract, p, targets), dy.item() / rows));
  });
}

Variable cross_entropy(const Variable& logits, const std::vector<std::int64_t>& classes) {
  expects(static_cast<std::int64_t>(classes.size()) == logits.size(0), "each row of logits has a class");
  Tensor targets = Tensor::zeros(logits.shape(), logits.value().type());
  for (std::size_t row = 0; row < classes.size(); ++row) {
    expects(classes[row] >= 0 && classes[row] < logits.size(1), "a class is one of the logits' columns");
    targets.slice(0, static_cast<std::int64_t>(row), 1).slice(1, classes[row], 1).fill(1);
  }
  return cross_entropy(logits, targets);
}

Variable gaussian_log_likelihood(const Variable& y, const Variable& mean, const Variable& deviation) {
  const double constant = -0.5 * std::log(2 * std::numbers::pi);
  return square((y - mean) / deviation) * -0.5 - log(deviation) + constant;
}

}  // namespace reprise::nn
