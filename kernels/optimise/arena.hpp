#pragma once

#include <functional>
#include <vector>

#include "kernels/modules/module.hpp"

namespace reprise::nn {

/// All parameters of a network side by side in one tensor, and their gradients in another, so that an
/// optimiser's step and a sum over ranks are one pass over memory. Takes over the parameters' values; the
/// network goes on using them.
class ParameterArena {
 public:
  explicit ParameterArena(std::vector<NamedParameter> parameters);
  explicit ParameterArena(const Module& network) : ParameterArena(network.parameters()) {}

  [[nodiscard]] const Tensor& values() const { return values_; }
  [[nodiscard]] Tensor& values() { return values_; }
  /// Complete after complete_gradients().
  [[nodiscard]] Tensor& gradients() { return gradients_; }

  void clear_gradients();
  /// Zero for parameters that no gradient reached.
  void complete_gradients();

  struct Part {
    std::string name;
    std::int64_t from;   ///< in the arena
    std::int64_t count;  ///< of elements
  };
  [[nodiscard]] const std::vector<Part>& parts() const { return parts_; }

  /// `action` is called during backward() with the place in parts() of each parameter whose gradient is
  /// complete; parameters that no gradient reaches are left out. None where it is empty.
  void when_complete(std::function<void(std::size_t part)> action);

  /// The gradients' Euclidean norm; where it is above `most`, they are scaled down to it.
  double clip_gradients(double most);

 private:
  std::vector<NamedParameter> parameters_;
  std::vector<Part> parts_;
  Tensor values_;
  Tensor gradients_;
  std::function<void(std::size_t)> complete_;
};

}  // namespace reprise::nn
