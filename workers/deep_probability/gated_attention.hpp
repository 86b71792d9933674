#pragma once

#include "kernels/modules/layers.hpp"

namespace reprise::deep_probability {

/// Multiple-instance learning by gated attention (Ilse, Tomczak and Welling, ICML 2018, equation 9), as Liu
/// et al. use it for slides: a bag H [n, inputs] of any size gives logits [1, 2] of z = sum_i a_i H_i, a =
/// softmax_i(w . (tanh(V H_i + b_V) * sigmoid(U H_i + b_U)) + c). c has no gradient (softmax doesn't see it)
/// and is kept for the layout of weights.
class GatedAttention : public nn::Module {
 public:
  GatedAttention(std::int64_t inputs, std::int64_t hidden, Philox& random);
  nn::Variable operator()(const nn::Variable& bag) override;

 private:
  nn::Linear& v_;
  nn::Linear& u_;
  nn::Linear& w_;
  nn::Linear& classifier_;
};

/// The same of several bags one below another, [tiles of all, inputs + 1], whose last column numbers a tile's
/// bag from 0 on, in ascending order: logits [bags, 2]. Each bag goes through the network alone.
class BaggedAttention : public GatedAttention {
 public:
  using GatedAttention::GatedAttention;
  nn::Variable operator()(const nn::Variable& bags) override;
};

}  // namespace reprise::deep_probability
