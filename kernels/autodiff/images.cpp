#include "kernels/autodiff/functions.hpp"

namespace reprise::nn {

Variable convolution(const Variable& x, const Variable& weights, const Variable& bias,
                     const ConvolutionGeometry& geometry) {
  std::vector<Variable> inputs{x, weights};
  if (bias) inputs.push_back(bias);
  return record(convolution(x.value(), weights.value(), bias ? &bias.value() : nullptr, geometry),
                std::move(inputs), [x, weights, bias, geometry](const Tensor& dy) {
                  if (x.wants_gradient())
                    x.add_gradient(nn::convolution_backward_data(dy, weights.value(), x.shape(), geometry));
                  const bool with_bias = bias && bias.wants_gradient();
                  if (!weights.wants_gradient() && !with_bias) return;
                  Tensor dweights(weights.shape(), dy.type());
                  Tensor dbias = with_bias ? Tensor(bias.shape(), dy.type()) : Tensor();
                  nn::convolution_backward_weights(x.value(), dy, geometry, dweights,
                                                   with_bias ? &dbias : nullptr);
                  weights.add_gradient(dweights);
                  if (with_bias) bias.add_gradient(dbias);
                });
}

Variable pooling(const Variable& x, const Pooling& window) {
  auto [y, chosen] = pooling(x.value(), window);
  return record(std::move(y), {x}, [x, window, chosen = std::move(chosen)](const Tensor& dy) {
    x.add_gradient(pooling_backward(dy, window, chosen, x.shape()));
  });
}

Variable global_average_pooling(const Variable& x) {
  return reshape(mean(x, {2, 3}), {x.size(0), x.size(1)});
}

}  // namespace reprise::nn
