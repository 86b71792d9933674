#pragma once

#include "kernels/autodiff/functions.hpp"
#include "kernels/modules/module.hpp"

namespace reprise::nn {

/// Uniform on (-bound, bound).
Tensor uniform_tensor(const Shape& shape, double bound, Philox& random);
/// Normal with mean zero.
Tensor normal_tensor(const Shape& shape, double deviation, Philox& random);

/// x [..., in] to [..., out]; weight [out, in] and bias [out] start uniform within 1 / sqrt(in), as
/// PyTorch's.
class Linear : public Module {
 public:
  Linear(std::int64_t in, std::int64_t out, Philox& random, bool with_bias = true);
  Variable operator()(const Variable& x) override { return linear(x, weight_, bias_); }

 private:
  Variable& weight_;
  Variable bias_;
};

/// x [n, in, h, w] to [n, out, h', w']; weights start uniform within 1 / sqrt(fan in), as PyTorch's.
class Convolution : public Module {
 public:
  struct Options {
    std::int64_t kernel = 3;
    ConvolutionGeometry geometry;
    bool with_bias = false;
  };
  Convolution(std::int64_t in, std::int64_t out, const Options& options, Philox& random);
  Variable operator()(const Variable& x) override { return convolution(x, weight_, bias_, geometry_); }

 private:
  ConvolutionGeometry geometry_;
  Variable& weight_;
  Variable bias_;
};

/// See batch_norm.
class BatchNorm : public Module {
 public:
  explicit BatchNorm(std::int64_t channels);
  Variable operator()(const Variable& x) override {
    return batch_norm(x, weight_, bias_, running_, training());
  }
  /// relu of the same.
  Variable rectified(const Variable& x) { return batch_norm_relu(x, weight_, bias_, running_, training()); }
  /// relu of the same and `added`.
  Variable rectified(const Variable& x, const Variable& added) {
    return batch_norm_add_relu(x, weight_, bias_, added, running_, training());
  }

 private:
  Variable& weight_;
  Variable& bias_;
  RunningMoments running_;
};

/// See layer_norm.
class LayerNorm : public Module {
 public:
  explicit LayerNorm(std::int64_t width, double epsilon = 1e-5);
  Variable operator()(const Variable& x) override { return layer_norm(x, weight_, bias_, epsilon_); }

 private:
  double epsilon_;
  Variable& weight_;
  Variable& bias_;
};

/// See dropout; nothing outside of training. Draws from stream `stream` of `key`, from position() on.
class Dropout : public Module {
 public:
  Dropout(double probability, RandomKey key, std::uint64_t stream)
      : probability_(probability), key_(key), stream_(stream), random_(key, stream) {}
  Variable operator()(const Variable& x) override {
    return training() ? dropout(x, probability_, random_) : x;
  }

 private:
  void restart(std::uint64_t place) override { random_ = Philox(derive(key_, place), stream_); }
  double probability_;
  RandomKey key_;
  std::uint64_t stream_;
  Philox random_;
};

/// Linear layers with an activation between them, named "0", "1", ...
class Mlp : public Module {
 public:
  /// widths: in, hidden ..., out
  Mlp(const std::vector<std::int64_t>& widths, Elementwise activation, Philox& random);
  Variable operator()(const Variable& x) override;

 private:
  Elementwise activation_;
  std::vector<Linear*> layers_;
};

}  // namespace reprise::nn
