#pragma once

#include <array>

#include "kernels/tensor/tensor.hpp"

namespace reprise::nn {

/// The common rows of `Count` tensors of one shape: axes are merged where all tensors allow it and put in the
/// order of the first one's strides, then `visit(starts, strides, length)` is called for each row with where
/// it starts in each tensor and how far apart its elements are, in elements.
template <std::size_t Count>
class Walk {
 public:
  explicit Walk(const std::array<const Tensor*, Count>& tensors) {
    const auto& shape = tensors[0]->shape();
    Shape order;
    for (int axis = 0; axis < shape.rank(); ++axis)
      if (shape[axis] != 1) {
        int at = order.rank();
        while (at > 0 && tensors[0]->strides()[static_cast<int>(order[at - 1])] < tensors[0]->strides()[axis])
          --at;
        order.insert(at, axis);
      }
    for (const auto axis : order) add(shape[static_cast<int>(axis)], static_cast<int>(axis), tensors);
    empty_ = shape.elements() == 0;
    if (sizes_.rank() == 0) {
      sizes_.append(1);
      for (auto& strides : strides_) strides.append(1);
    }
  }

  template <class Visit>
  void rows(const Visit& visit) const {
    if (empty_) return;
    const int inner = sizes_.rank() - 1;
    std::array<std::int64_t, Count> starts{};
    std::array<std::int64_t, Count> steps{};
    for (std::size_t k = 0; k < Count; ++k) steps[k] = strides_[k][inner];
    Shape index = Shape::filled(sizes_.rank(), 0);
    for (;;) {
      visit(starts, steps, sizes_[inner]);
      int axis = inner - 1;
      for (; axis >= 0; --axis) {
        for (std::size_t k = 0; k < Count; ++k) starts[k] += strides_[k][axis];
        if (++index[axis] < sizes_[axis]) break;
        for (std::size_t k = 0; k < Count; ++k) starts[k] -= strides_[k][axis] * sizes_[axis];
        index[axis] = 0;
      }
      if (axis < 0) return;
    }
  }

 private:
  void add(std::int64_t size, int axis, const std::array<const Tensor*, Count>& tensors) {
    const int last = sizes_.rank() - 1;
    bool merge = last >= 0;
    for (std::size_t k = 0; k < Count && merge; ++k)
      merge = strides_[k][last] == tensors[k]->strides()[axis] * size;
    if (merge) {
      sizes_[last] *= size;
    } else {
      sizes_.append(size);
    }
    for (std::size_t k = 0; k < Count; ++k) {
      if (merge)
        strides_[k][last] = tensors[k]->strides()[axis];
      else
        strides_[k].append(tensors[k]->strides()[axis]);
    }
  }

  Shape sizes_;
  std::array<Shape, Count> strides_;
  bool empty_ = false;
};

}  // namespace reprise::nn
