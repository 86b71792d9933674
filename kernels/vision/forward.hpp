#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/tensor/tensor.hpp"
#include "kernels/vision/sites.hpp"
#include "kernels/vision/vision_model.hpp"

namespace reprise::nn {

/// How the products of a forward pass are computed, and what happens to activations on the way. This one
/// multiplies in the model's own type and changes nothing: subclasses record or quantize at sites, or
/// multiply integers. `site` and `unit` are places in sites_of() and weights_of().
class Arithmetic {
 public:
  Arithmetic() = default;
  Arithmetic(const Arithmetic&) = delete;
  Arithmetic& operator=(const Arithmetic&) = delete;
  virtual ~Arithmetic() = default;

  /// An activation, contiguous, is about to be used. What comes back is used in its place; may be `x`,
  /// changed.
  virtual Tensor activation(std::size_t site, Tensor x);
  /// x [..., in] weight^T + bias of a unit, with x at its site.
  virtual Tensor linear(std::size_t site, std::size_t unit, const Tensor& x, const LinearWeights& weights);
  /// GELU of linear(), which passes its own site `gelu_input` before.
  virtual Tensor linear_gelu(std::size_t site, std::size_t unit, std::size_t gelu_input, const Tensor& x,
                             const LinearWeights& weights);
  /// residual + linear().
  virtual Tensor linear_added(std::size_t site, std::size_t unit, const Tensor& x,
                              const LinearWeights& weights, const Tensor& residual);
  /// q [n, heads, m, d] k^T: [n, heads, m, m]. Both at their sites.
  virtual Tensor scores(std::size_t query, std::size_t key, const Tensor& q, const Tensor& k);
  /// p [n, heads, m, m] v [n, heads, m, d]: tokens [n, m, heads d]. Both at their sites.
  virtual Tensor mixture(std::size_t probabilities, std::size_t value, const Tensor& p, const Tensor& v);
  /// Layer norm of x, which passed its site `input`; only a linear layer reads it, at its site `output`.
  /// (Norms that something stands behind or whose input has no site are always computed as they are.)
  virtual Tensor norm(std::size_t input, std::size_t output, const Tensor& x, const NormWeights& weights,
                      double epsilon);
  /// Softmax over the last axis of logits, which passed their site (and in Swin got a mask).
  virtual Tensor softmax(std::size_t logits, std::size_t probabilities, const Tensor& x);
};

/// A forward pass in steps, each of which needs only what the one before returned: 0 images [n, channels,
/// image, image] to tokens, then each block (a merge belongs to the block after it), last the final norm and
/// classifier. So a pass can go on from any stored step.
[[nodiscard]] std::int32_t step_count(const VisionShape& shape);
[[nodiscard]] Tensor run_step(const VisionModel& model, std::int32_t step, const Tensor& x,
                              Arithmetic& arithmetic);

/// Logits [n, classes] of images: all steps, or those from `first` on of what step `first` reads.
[[nodiscard]] Tensor forward(const VisionModel& model, const Tensor& x, Arithmetic& arithmetic,
                             std::int32_t first = 0);

}  // namespace reprise::nn
