#include "kernels/gaussian/slepian_paths.hpp"

#include <hwy/aligned_allocator.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "kernels/expects.hpp"
#include "kernels/random/blocks.hpp"

// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/gaussian/slepian_paths.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

namespace reprise {
#ifndef REPRISE_GAUSSIAN_SLEPIAN_PATHS_ONCE
#define REPRISE_GAUSSIAN_SLEPIAN_PATHS_ONCE

/// Points whose values are computed together.
constexpr std::size_t kPanel = 4;

/// Samples that are followed together: whole groups of three vectors of 2, 4 or 8 lanes.
constexpr std::size_t kSamples = 192;

/// A block of samples on their way. Coefficients are Rayleigh's R, then the normals.
struct SlepianBlock {
  const double* panels;  // [panels, terms, kPanel]
  std::size_t panel_count;
  std::size_t terms;  // coefficients a sample
  double step;
  const float* normals;  // [samples, terms + 1]: R is made of the first two
  double* coefficients;  // [groups, terms, group's width]
  double* intervals;     // [samples]
  std::size_t samples;   // <= kSamples
};

#endif
}  // namespace reprise

HWY_BEFORE_NAMESPACE();
namespace reprise::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Lanes = hn::ScalableTag<double>;
using Vector = hn::Vec<Lanes>;

/// Samples whose paths are still positive, in groups of three vectors.
class Walk {
 public:
  explicit Walk(const SlepianBlock& block)
      : block_(block), places_(block.samples), alive_count_(block.samples) {
    for (std::size_t i = 0; i < kSamples; ++i) {
      sample_[i] = i;
      alive_[i] = i < block.samples ? 1.0 : 0.0;
    }
    const std::size_t padded = (places_ + width() - 1) / width() * width();
    std::fill_n(block.coefficients, padded * block.terms, 0.0);
    for (std::size_t i = 0; i < places_; ++i) {
      const float* normals = block.normals + i * (block.terms + 1);
      const auto x = static_cast<double>(normals[0]);
      const auto y = static_cast<double>(normals[1]);
      *coefficient(i, 0) = std::sqrt(x * x + y * y);
      for (std::size_t j = 1; j < block.terms; ++j) {
        *coefficient(i, j) = static_cast<double>(normals[j + 1]);
      }
    }
  }

  void run() {
    for (std::size_t panel = 0; panel < block_.panel_count && alive_count_ > 0; ++panel) {
      for (std::size_t first = 0; first < places_; first += width()) {
        advance(panel, first);
      }
      if (2 * alive_count_ <= places_) {
        close_up();
      }
    }
  }

 private:
  static std::size_t width() { return 3 * hn::Lanes(Lanes()); }

  [[nodiscard]] double* coefficient(std::size_t place, std::size_t j) const {
    return block_.coefficients + (place / width() * block_.terms + j) * width() + place % width();
  }

  /// The values of a group at the panel's points, each a sum in the order of the terms, whatever the vectors.
  HWY_INLINE void advance(std::size_t panel, std::size_t first) {
    const Lanes d;
    const std::size_t lanes = hn::Lanes(d);
    const double* weights = block_.panels + panel * block_.terms * kPanel;
    const double* x = block_.coefficients + first * block_.terms;
    Vector a0 = hn::Zero(d), a1 = a0, a2 = a0;
    Vector b0 = a0, b1 = a0, b2 = a0;
    Vector c0 = a0, c1 = a0, c2 = a0;
    Vector e0 = a0, e1 = a0, e2 = a0;
    for (std::size_t j = 0; j < block_.terms; ++j, x += 3 * lanes, weights += kPanel) {
      const Vector x0 = hn::Load(d, x);
      const Vector x1 = hn::Load(d, x + lanes);
      const Vector x2 = hn::Load(d, x + 2 * lanes);
      const Vector wa = hn::Set(d, weights[0]);
      a0 = hn::MulAdd(wa, x0, a0);
      a1 = hn::MulAdd(wa, x1, a1);
      a2 = hn::MulAdd(wa, x2, a2);
      const Vector wb = hn::Set(d, weights[1]);
      b0 = hn::MulAdd(wb, x0, b0);
      b1 = hn::MulAdd(wb, x1, b1);
      b2 = hn::MulAdd(wb, x2, b2);
      const Vector wc = hn::Set(d, weights[2]);
      c0 = hn::MulAdd(wc, x0, c0);
      c1 = hn::MulAdd(wc, x1, c1);
      c2 = hn::MulAdd(wc, x2, c2);
      const Vector we = hn::Set(d, weights[3]);
      e0 = hn::MulAdd(we, x0, e0);
      e1 = hn::MulAdd(we, x1, e1);
      e2 = hn::MulAdd(we, x2, e2);
    }
    look(panel, first, a0, b0, c0, e0);
    look(panel, first + lanes, a1, b1, c1, e1);
    look(panel, first + 2 * lanes, a2, b2, c2, e2);
  }

  /// Notes the paths of a vector that are no longer positive at one of the panel's points.
  HWY_INLINE void look(std::size_t panel, std::size_t first, Vector a, Vector b, Vector c, Vector e) {
    const Lanes d;
    const Vector zero = hn::Zero(d);
    const Vector alive = hn::LoadU(d, alive_.data() + first);
    const Vector least = hn::Min(hn::Min(a, b), hn::Min(c, e));
    const auto over = hn::AndNot(hn::Gt(least, zero), hn::Gt(alive, zero));
    if (!hn::AllFalse(d, over)) {
      const std::size_t lanes = hn::Lanes(d);
      alignas(64) std::array<double, kPanel * 8> values;
      hn::Store(a, d, values.data());
      hn::Store(b, d, values.data() + lanes);
      hn::Store(c, d, values.data() + 2 * lanes);
      hn::Store(e, d, values.data() + 3 * lanes);
      std::array<std::uint8_t, 8> bits{};
      hn::StoreMaskBits(d, over, bits.data());
      const unsigned ended = bits[0];
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        if ((ended >> lane & 1U) != 0) {
          end(panel, first + lane, values.data() + lane, lanes);
        }
      }
    }
    hn::StoreU(e, d, last_.data() + first);
  }

  void end(std::size_t panel, std::size_t place, const double* values, std::size_t apart) {
    std::size_t i = 0;
    while (values[i * apart] > 0.0) ++i;
    const std::size_t point = panel * kPanel + i;  // at (point + 1) step
    double steps = 0.5;
    if (point > 0) {
      const double before = i > 0 ? values[(i - 1) * apart] : last_[place];
      steps = static_cast<double>(point) + before / (before - values[i * apart]);
    }
    block_.intervals[sample_[place]] = steps * block_.step;
    alive_[place] = 0.0;
    --alive_count_;
  }

  /// Moves the paths that go on into the places of those that have ended.
  void close_up() {
    std::size_t to = 0;
    for (std::size_t place = 0; place < places_; ++place) {
      if (alive_[place] == 0.0) continue;
      for (std::size_t j = 0; j < block_.terms; ++j) {
        *coefficient(to, j) = *coefficient(place, j);
      }
      last_[to] = last_[place];
      sample_[to] = sample_[place];
      alive_[to++] = 1.0;
    }
    std::fill(alive_.begin() + static_cast<std::ptrdiff_t>(to), alive_.end(), 0.0);
    places_ = to;
  }

  const SlepianBlock& block_;
  std::size_t places_;  // of which those alive may be some
  std::size_t alive_count_;
  alignas(64) std::array<double, kSamples> alive_;
  alignas(64) std::array<double, kSamples> last_;  // values at the last panel's last point
  std::array<std::size_t, kSamples> sample_;
};

void walk(const SlepianBlock& block) {
  Walk(block).run();
}

}  // namespace reprise::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reprise {
namespace {

HWY_EXPORT(walk);

}  // namespace

SlepianPaths::SlepianPaths(const Eigen::VectorXd& drift, const Eigen::MatrixXd& factor, double step)
    : points_(static_cast<std::size_t>(drift.size())),
      rank_(static_cast<std::size_t>(factor.cols())),
      step_(step) {
  expects(points_ > 0 && factor.rows() == drift.size(), "a factor has a row for each point of the drift");
  expects(step > 0.0, "a path's step is positive");
  expects(drift.allFinite() && factor.allFinite(), "drift and factor are finite");
  const std::size_t panels = (points_ + kPanel - 1) / kPanel;
  panels_.assign(panels * (rank_ + 1) * kPanel, 0.0);
  for (std::size_t i = 0; i < panels * kPanel; ++i) {
    double* weights = panels_.data() + i / kPanel * (rank_ + 1) * kPanel + i % kPanel;
    // Places after the last point hold R, which is positive.
    weights[0] = i < points_ ? drift(static_cast<Eigen::Index>(i)) : 1.0;
    for (std::size_t j = 0; i < points_ && j < rank_; ++j) {
      weights[(j + 1) * kPanel] = factor(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j));
    }
  }
}

void SlepianPaths::sample(RandomKey key, std::uint64_t first, std::span<double> intervals) const {
  const std::size_t terms = rank_ + 1;
  std::vector<float> normals(std::min(kSamples, intervals.size()) * (terms + 1));
  const auto coefficients = hwy::AllocateAligned<double>(kSamples * terms);
  std::fill(intervals.begin(), intervals.end(), std::numeric_limits<double>::infinity());
  for (std::size_t at = 0; at < intervals.size(); at += kSamples) {
    const std::size_t count = std::min(kSamples, intervals.size() - at);
    const auto used = std::span(normals).first(count * (terms + 1));
    fill_normal({key, 0, first + at, count, terms + 1}, used);
    HWY_DYNAMIC_DISPATCH(walk)
    ({panels_.data(), panels_.size() / (terms * kPanel), terms, step_, used.data(), coefficients.get(),
      intervals.data() + at, count});
  }
}

}  // namespace reprise
#endif
