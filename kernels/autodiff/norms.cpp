#include "kernels/autodiff/functions.hpp"

namespace reprise::nn {
namespace {

/// running <- (1 - momentum) running + momentum batch
void update(Tensor& running, const Tensor& batch, double momentum, double correction) {
  running.assign(affine(running, 1 - momentum));
  accumulate(running, batch, momentum * correction);
}

/// Gradients of a per-channel scaling by constants: in evaluation the running moments are not the batch's.
void scale_backward(const Tensor& dy, const Variable& x, const Variable& scale, const Variable& shift,
                    const Moments& moments, double epsilon) {
  const Shape per_channel = x.shape().rank() == 4 ? Shape{1, -1, 1, 1} : Shape{1, -1};
  const Shape wide = x.shape().rank() == 4 ? Shape{1, x.size(1), 1, 1} : Shape{1, x.size(1)};
  const auto deviation = elementwise(Elementwise::sqrt, affine(moments.variance, 1, epsilon));
  if (x.wants_gradient()) {
    const auto factor = binary(Binary::divide, scale.value(), deviation);
    x.add_gradient(binary(Binary::multiply, dy, factor.reshape(per_channel)));
  }
  if (scale.wants_gradient()) {
    const auto centred = binary(Binary::subtract, x.value(), moments.mean.reshape(per_channel));
    const auto sums = sum_to(binary(Binary::multiply, dy, centred), wide).reshape(scale.shape());
    scale.add_gradient(binary(Binary::divide, sums, deviation));
  }
  if (shift.wants_gradient()) shift.add_gradient(sum_to(dy, wide).reshape(shift.shape()));
}

Variable normalise(const Variable& x, const Variable& scale, const Variable& shift, const Variable& added,
                   RunningMoments& running, bool training, bool rectify, double epsilon) {
  Moments moments{running.mean, running.variance};
  const auto y = batch_norm(x.value(), scale.value(), shift.value(), epsilon, training, rectify, moments,
                            added ? added.value() : Tensor());
  const auto rectified = rectify ? y : Tensor();
  std::vector<Variable> inputs{x, scale, shift};
  if (added) inputs.push_back(added);
  if (!training) {
    return record(
        y, std::move(inputs), [x, scale, shift, added, moments, epsilon, rectified](const Tensor& dy) {
          const auto passed = rectified ? elementwise_backward(Elementwise::relu, rectified, dy) : dy;
          scale_backward(passed, x, scale, shift, moments, epsilon);
          if (added) added.add_gradient(passed);
        });
  }
  const auto count = static_cast<double>(x.value().elements() / x.size(1));
  update(running.mean, moments.mean, running.momentum, 1);
  update(running.variance, moments.variance, running.momentum, count > 1 ? count / (count - 1) : 1);
  return record(
      y, std::move(inputs), [x, scale, shift, added, moments, epsilon, rectified](const Tensor& dy) {
        const bool with_added = added && added.wants_gradient();
        const auto gradients =
            batch_norm_backward(x.value(), rectified, dy, scale.value(), epsilon, moments, with_added);
        x.add_gradient(gradients.dx);
        scale.add_gradient(gradients.dscale);
        shift.add_gradient(gradients.dshift);
        if (with_added) added.add_gradient(gradients.dadded);
      });
}

}  // namespace

Variable batch_norm(const Variable& x, const Variable& scale, const Variable& shift, RunningMoments& running,
                    bool training, double epsilon) {
  return normalise(x, scale, shift, {}, running, training, false, epsilon);
}

Variable batch_norm_relu(const Variable& x, const Variable& scale, const Variable& shift,
                         RunningMoments& running, bool training, double epsilon) {
  return normalise(x, scale, shift, {}, running, training, true, epsilon);
}

Variable batch_norm_add_relu(const Variable& x, const Variable& scale, const Variable& shift,
                             const Variable& added, RunningMoments& running, bool training, double epsilon) {
  return normalise(x, scale, shift, added, running, training, true, epsilon);
}

Variable layer_norm(const Variable& x, const Variable& scale, const Variable& shift, double epsilon) {
  Moments moments;
  const auto y = layer_norm(x.value(), scale.value(), shift.value(), epsilon, moments);
  return record(y, {x, scale, shift}, [x, scale, shift, moments, epsilon](const Tensor& dy) {
    const auto gradients = layer_norm_backward(x.value(), dy, scale.value(), epsilon, moments);
    x.add_gradient(gradients.dx);
    scale.add_gradient(gradients.dscale);
    shift.add_gradient(gradients.dshift);
  });
}

}  // namespace reprise::nn
