#include "kernels/gaussian/orthant_sweep.hpp"

#include <algorithm>

// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/gaussian/orthant_sweep.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include "kernels/gaussian/normal_law-inl.hpp"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace reprise::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {

using D = hn::ScalableTag<double>;
using U = hn::ScalableTag<std::uint64_t>;
using V = hn::Vec<D>;
constexpr std::size_t kRows = SweepPlan::kRows;
constexpr std::size_t kBatch = SweepPlan::kBatch;

/// A batch that shrinks to the samples that still have weight. Columns lie in strips of two vectors of
/// samples, all columns of a strip together, so that products read memory in its order.
class Batch {
 public:
  Batch(const SweepPlan& plan, const SweepPoints& points, double* workspace)
      : plan_(plan),
        points_(points),
        weight_(workspace),
        mean_(weight_ + kBatch),
        index_(mean_ + kRows * kBatch),
        columns_(index_ + kBatch),
        active_(points.count) {
    for (std::size_t i = 0; i < kBatch; ++i) {
      weight_[i] = i < active_ ? 1.0 : 0.0;
      index_[i] = static_cast<double>(i < active_ ? i : 0);
    }
  }

  double run() {
    if (plan_.rayleigh) {
      draw_rayleigh();
    }
    for (const SweepPlan::Panel& panel : plan_.panels) {
      multiply(panel);
      for (std::size_t row = 0; row < panel.rows; ++row) {
        if (!panel.random) {
          require_positive(row);
        } else if (panel.weight[row] > 0.0) {
          integrate<true>(panel, row);
        } else {
          integrate<false>(panel, row);
        }
      }
      drop_weightless(panel.columns + (panel.random ? panel.rows : 0));
    }
    double sum = 0.0;
    for (std::size_t i = 0; i < active_; ++i) {
      sum += weight_[i];
    }
    return sum;
  }

 private:
  [[nodiscard]] static std::size_t strip() { return 2 * hn::Lanes(D()); }
  /// Loops go to the end of a strip, over samples of no weight, so that no vector is half made.
  [[nodiscard]] std::size_t padded() const { return (active_ + strip() - 1) / strip() * strip(); }
  /// Place of a sample in a column.
  [[nodiscard]] double* at(std::size_t column, std::size_t sample) const {
    const std::size_t within = sample % strip();
    return columns_ + (sample - within) * plan_.columns + column * strip() + within;
  }

  /// Lattice coordinate `column` of the samples from `sample` on, as ShiftedLattice::coordinate.
  [[nodiscard]] HWY_INLINE V uniform(std::size_t column, std::size_t sample) const {
    const D d;
    const U du;
    const hn::Repartition<std::uint32_t, U> halves;
    const hn::RebindToSigned<U> di;
    const std::uint64_t step = points_.step[column];
    // Counts below 2^52 as numbers: the mantissa's bits of 2^52 + count.
    const auto index = hn::BitCast(halves, hn::Add(hn::Load(d, index_ + sample), hn::Set(d, 0x1.0p52)));
    const auto low = hn::MulEven(index, hn::BitCast(halves, hn::Set(du, step & 0xFFFFFFFFU)));
    const auto high = hn::MulEven(index, hn::BitCast(halves, hn::Set(du, step >> 32U)));
    const auto u = hn::Add(hn::Set(du, points_.origin[column]), hn::Add(low, hn::ShiftLeft<32>(high)));
    const auto upper_half = hn::BitCast(du, hn::BroadcastSignBit(hn::BitCast(di, u)));
    const auto tent = hn::Xor(hn::ShiftLeft<1>(u), hn::Not(upper_half));
    const auto one_to_two = hn::Or(hn::ShiftRight<12>(tent), hn::Set(du, std::uint64_t{0x3FF} << 52U));
    return hn::Sub(hn::BitCast(d, one_to_two), hn::Set(d, 1.0 - 0x1.0p-53));
  }

  void draw_rayleigh() {
    const D d;
    for (std::size_t i = 0; i < padded(); i += hn::Lanes(d)) {
      hn::Store(hn::Sqrt(hn::Mul(hn::Set(d, -2.0), log_of(d, uniform(0, i)))), d, at(0, i));
    }
  }

  /// The panel's conditional means by the columns before it.
  void multiply(const SweepPlan::Panel& panel) {
    const D d;
    const std::size_t lanes = hn::Lanes(d);
    for (std::size_t i = 0; i < padded(); i += strip()) {
      const double* HWY_RESTRICT z = at(0, i);
      const double* HWY_RESTRICT c = panel.outer.data();
      V a0 = hn::Zero(d), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
      for (std::size_t column = 0; column < panel.columns; ++column, z += strip(), c += kRows) {
        const V left = hn::Load(d, z);
        const V right = hn::Load(d, z + lanes);
        const V first = hn::Set(d, c[0]);
        a0 = hn::MulAdd(first, left, a0);
        a1 = hn::MulAdd(first, right, a1);
        const V second = hn::Set(d, c[1]);
        b0 = hn::MulAdd(second, left, b0);
        b1 = hn::MulAdd(second, right, b1);
        const V third = hn::Set(d, c[2]);
        c0 = hn::MulAdd(third, left, c0);
        c1 = hn::MulAdd(third, right, c1);
        const V fourth = hn::Set(d, c[3]);
        d0 = hn::MulAdd(fourth, left, d0);
        d1 = hn::MulAdd(fourth, right, d1);
      }
      double* mean = mean_ + i;
      hn::Store(a0, d, mean);
      hn::Store(a1, d, mean + lanes);
      hn::Store(b0, d, mean + kBatch);
      hn::Store(b1, d, mean + kBatch + lanes);
      hn::Store(c0, d, mean + 2 * kBatch);
      hn::Store(c1, d, mean + 2 * kBatch + lanes);
      hn::Store(d0, d, mean + 3 * kBatch);
      hn::Store(d1, d, mean + 3 * kBatch + lanes);
    }
  }

  /// Draws a variable given that it is positive, whose probability is the weight's next factor.
  template <bool kMultiplies>
  void integrate(const SweepPlan::Panel& panel, std::size_t row) {
    const D d;
    const std::size_t column = panel.columns + row;
    const double* inner = panel.inner.data() + row * kRows;
    for (std::size_t i = 0; i < padded(); i += hn::Lanes(d)) {
      V mean = hn::Load(d, mean_ + row * kBatch + i);
      double* z = at(panel.columns, i);
      for (std::size_t j = 0; j < row; ++j) {
        mean = hn::MulAdd(hn::Set(d, inner[j]), hn::Load(d, z + j * strip()), mean);
      }
      const V p = cdf(d, mean);
      V weight = hn::Mul(hn::Load(d, weight_ + i), p);
      const V drawn =
          hn::Neg(quantile_within(d, hn::Max(hn::Mul(p, uniform(column, i)), hn::Set(d, 1e-300))));
      if constexpr (kMultiplies) {
        weight = hn::Mul(weight, hn::Mul(hn::Set(d, panel.weight[row]), hn::Add(mean, drawn)));
      }
      hn::Store(drawn, d, z + row * strip());
      hn::Store(weight, d, weight_ + i);
    }
  }

  void require_positive(std::size_t row) {
    const D d;
    for (std::size_t i = 0; i < padded(); i += hn::Lanes(d)) {
      const auto positive = hn::Gt(hn::Load(d, mean_ + row * kBatch + i), hn::Zero(d));
      hn::Store(hn::IfThenElseZero(positive, hn::Load(d, weight_ + i)), d, weight_ + i);
    }
  }

  /// A sample's weight depends on nothing but the sample: those too small are zero whether or not enough of
  /// them are there to close ranks.
  void drop_weightless(std::size_t columns) {
    const D d;
    std::size_t left = 0;
    for (std::size_t i = 0; i < padded(); i += hn::Lanes(d)) {
      const V weight = hn::Load(d, weight_ + i);
      const auto counts = hn::Ge(weight, hn::Set(d, SweepPlan::kLeastWeight));
      left += hn::CountTrue(d, counts);
      hn::Store(hn::IfThenElseZero(counts, weight), d, weight_ + i);
    }
    if (4 * left > 3 * active_) {
      return;
    }
    std::size_t to = 0;
    for (std::size_t from = 0; from < active_; ++from) {
      if (weight_[from] == 0.0) {
        continue;
      }
      weight_[to] = weight_[from];
      index_[to] = index_[from];
      const double* source = at(0, from);
      double* target = at(0, to);
      for (std::size_t column = 0; column < columns; ++column) {
        target[column * strip()] = source[column * strip()];
      }
      ++to;
    }
    std::fill(weight_ + to, weight_ + active_, 0.0);
    active_ = to;
  }

  const SweepPlan& plan_;
  const SweepPoints& points_;
  double* weight_;   // [kBatch], 0 beyond the active samples
  double* mean_;     // [kRows, kBatch]
  double* index_;    // [kBatch]
  double* columns_;  // [kBatch / strip, columns, strip]
  std::size_t active_;
};

}  // namespace

double sweep(const SweepPlan& plan, const SweepPoints& points, double* workspace) {
  return Batch(plan, points, workspace).run();
}

}  // namespace reprise::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reprise {
namespace {

HWY_EXPORT(sweep);

}  // namespace

std::size_t sweep_workspace(const SweepPlan& plan) {
  return SweepPlan::kBatch * (plan.columns + SweepPlan::kRows + 2);
}

double sweep(const SweepPlan& plan, const SweepPoints& points, double* workspace) {
  return HWY_DYNAMIC_DISPATCH(sweep)(plan, points, workspace);
}

}  // namespace reprise
#endif
