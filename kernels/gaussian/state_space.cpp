#include "kernels/gaussian/state_space.hpp"

#include <algorithm>
#include <array>

#include "kernels/expects.hpp"
#include "kernels/random/blocks.hpp"

// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/gaussian/state_space.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

namespace reprise {
#ifndef REPRISE_GAUSSIAN_STATE_SPACE_ONCE
#define REPRISE_GAUSSIAN_STATE_SPACE_ONCE

/// A stretch of steps of many paths; places of coefficients as StateSpacePaths keeps them.
struct StateSpaceStretch {
  const double* coefficients;
  const float* normals;  // [steps, d, paths]
  double* state;         // [d, paths]
  double* rows;          // [steps, paths]
  double* derivatives;   // [steps, paths] or null
  std::size_t steps;
  std::size_t paths;
};

#endif
}  // namespace reprise

HWY_BEFORE_NAMESPACE();
namespace reprise::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Lanes = hn::ScalableTag<double>;
using Vector = hn::Vec<Lanes>;

/// weights[0] x_0 + ... of `count` terms.
template <std::size_t dimension>
HWY_INLINE Vector dot(const double* weights, const std::array<Vector, dimension>& x,
                      std::size_t count = dimension) {
  const Lanes d;
  Vector sum = hn::Mul(hn::Set(d, weights[0]), x[0]);
  for (std::size_t j = 1; j < count; ++j) {
    sum = hn::MulAdd(hn::Set(d, weights[j]), x[j], sum);
  }
  return sum;
}

/// Steps on the outside: neighbouring paths don't wait for each other's sums.
template <std::size_t dimension>
void advance_by(const StateSpaceStretch& stretch) {
  const Lanes d;
  const hn::Rebind<float, Lanes> singles;
  const double* transition = stretch.coefficients;
  const double* innovation = transition + dimension * dimension;
  const double* output = innovation + dimension * dimension;
  const double* output_derivative = output + dimension;
  const std::size_t paths = stretch.paths;
  for (std::size_t step = 0; step < stretch.steps; ++step) {
    const float* normals = stretch.normals + step * dimension * paths;
    for (std::size_t i = 0; i < paths; i += hn::Lanes(d)) {
      std::array<Vector, dimension> x;
      std::array<Vector, dimension> e;
      for (std::size_t j = 0; j < dimension; ++j) {
        x[j] = hn::LoadU(d, stretch.state + j * paths + i);
        e[j] = hn::PromoteTo(d, hn::LoadU(singles, normals + j * paths + i));
      }
      std::array<Vector, dimension> next;
      for (std::size_t j = 0; j < dimension; ++j) {
        next[j] = hn::Add(dot<dimension>(transition + j * dimension, x),
                          dot<dimension>(innovation + j * dimension, e, j + 1));
        hn::StoreU(next[j], d, stretch.state + j * paths + i);
      }
      hn::StoreU(dot<dimension>(output, next), d, stretch.rows + step * paths + i);
      if (stretch.derivatives != nullptr) {
        hn::StoreU(dot<dimension>(output_derivative, next), d, stretch.derivatives + step * paths + i);
      }
    }
  }
}

void advance(std::size_t dimension, const StateSpaceStretch& stretch) {
  switch (dimension) {
    case 1:
      return advance_by<1>(stretch);
    case 2:
      return advance_by<2>(stretch);
    case 3:
      return advance_by<3>(stretch);
    case 4:
      return advance_by<4>(stretch);
    case 5:
      return advance_by<5>(stretch);
    default:
      return advance_by<6>(stretch);
  }
}

}  // namespace reprise::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reprise {
namespace {

HWY_EXPORT(advance);

constexpr Eigen::Index kLargestDimension = 6;

/// Numbers of a tile of normals, about: steps that are made in one go while they are in the cache.
constexpr std::size_t kTile = 16384;

}  // namespace

StateSpacePaths::StateSpacePaths(const StateSpaceModel& model, RandomKey key, std::size_t paths)
    : dimension_(static_cast<std::size_t>(model.transition.rows())), paths_(paths), key_(key) {
  const Eigen::Index d = model.transition.rows();
  expects(d >= 1 && d <= kLargestDimension, "a state has 1 to 6 components");
  expects(model.transition.cols() == d && model.innovation.rows() == d && model.innovation.cols() == d &&
              model.stationary.rows() == d && model.stationary.cols() == d && model.output.size() == d &&
              model.output_derivative.size() == d,
          "the parts of a state-space model are of one dimension");
  expects(paths > 0 && paths % 16 == 0, "paths in state space are a multiple of 16");
  for (const auto* matrix : {&model.transition, &model.innovation}) {
    for (Eigen::Index i = 0; i < d; ++i) {
      for (Eigen::Index j = 0; j < d; ++j) {
        coefficients_.push_back((*matrix)(i, j));
      }
    }
  }
  coefficients_.insert(coefficients_.end(), model.output.begin(), model.output.end());
  coefficients_.insert(coefficients_.end(), model.output_derivative.begin(), model.output_derivative.end());

  std::vector<float> normals(dimension_ * paths);
  fill_normal({key, 1, 0, 1, normals.size()}, std::span(normals));
  state_.assign(dimension_ * paths, 0.0);
  for (std::size_t i = 0; i < dimension_; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      const double factor = model.stationary(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j));
      for (std::size_t path = 0; path < paths; ++path) {
        state_[i * paths + path] += factor * static_cast<double>(normals[j * paths + path]);
      }
    }
  }
  normals_.resize(std::max(kTile / normals.size(), std::size_t{1}) * normals.size());
}

void StateSpacePaths::advance(std::span<double> rows, std::span<double> derivatives) {
  expects(rows.size() >= paths_ && rows.size() % paths_ == 0, "paths advance in rows, one value a path");
  expects(derivatives.empty() || derivatives.size() == rows.size(), "there is a derivative for each value");
  const auto now = [&](const double* weights, std::span<double> row) {
    for (std::size_t path = 0; path < paths_; ++path) {
      double sum = 0.0;
      for (std::size_t j = 0; j < dimension_; ++j) {
        sum += weights[j] * state_[j * paths_ + path];
      }
      row[path] = sum;
    }
  };
  const double* output = coefficients_.data() + 2 * dimension_ * dimension_;
  now(output, rows.first(paths_));
  if (!derivatives.empty()) {
    now(output + dimension_, derivatives.first(paths_));
  }
  const std::size_t steps = rows.size() / paths_ - 1;
  const std::size_t tile = normals_.size() / (dimension_ * paths_);
  for (std::size_t first = 0; first < steps; first += tile) {
    const std::size_t count = std::min(tile, steps - first);
    const auto normals = std::span(normals_).first(count * dimension_ * paths_);
    fill_normal({key_, 0, steps_, count, dimension_ * paths_}, normals);
    const std::size_t place = (first + 1) * paths_;
    HWY_DYNAMIC_DISPATCH(advance)
    (dimension_, {coefficients_.data(), normals.data(), state_.data(), rows.data() + place,
                  derivatives.empty() ? nullptr : derivatives.data() + place, count, paths_});
    steps_ += count;
  }
}

}  // namespace reprise
#endif
