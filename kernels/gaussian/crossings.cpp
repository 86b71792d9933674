#include "kernels/gaussian/crossings.hpp"

#include <array>
#include <cmath>

#include "kernels/expects.hpp"
#include "kernels/gaussian/hermite_cubic.hpp"

// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/gaussian/crossings.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace reprise::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Lanes = hn::ScalableTag<double>;

/// Whether one of two is positive and the other is not.
template <class V>
HWY_INLINE auto differ(V a, V b) {
  const V zero = hn::Zero(Lanes());
  return hn::Xor(hn::VecFromMask(Lanes(), hn::Gt(a, zero)), hn::VecFromMask(Lanes(), hn::Gt(b, zero)));
}

/// A bit a lane, the first lowest: of eight lanes at most.
HWY_INLINE std::uint64_t bits_of(hn::Vec<Lanes> mask) {
  std::array<std::uint8_t, 8> bytes{};
  hn::StoreMaskBits(Lanes(), hn::MaskFromVec(mask), bytes.data());
  return bytes[0];
}

/// Places i where rows[i] and rows[i + apart] differ in sign; ascending, into `found`, which has room for
/// `count`. Few do, so four vectors are looked at together first. Returns how many.
std::size_t sign_changes(const double* HWY_RESTRICT rows, std::size_t apart, std::size_t count,
                         std::uint64_t* HWY_RESTRICT found) {
  const Lanes d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t n = 0;
  const auto note = [&](hn::Vec<Lanes> change, std::size_t first) {
    for (std::uint64_t bits = bits_of(change); bits != 0; bits &= bits - 1) {
      found[n++] = first + static_cast<std::size_t>(hwy::Num0BitsBelowLS1Bit_Nonzero64(bits));
    }
  };
  const auto change_at = [&](std::size_t i) {
    return differ(hn::LoadU(d, rows + i), hn::LoadU(d, rows + i + apart));
  };
  std::size_t i = 0;
  for (; i + 4 * lanes <= count; i += 4 * lanes) {
    const auto a = change_at(i);
    const auto b = change_at(i + lanes);
    const auto c = change_at(i + 2 * lanes);
    const auto e = change_at(i + 3 * lanes);
    if (hn::AllFalse(d, hn::MaskFromVec(hn::Or(hn::Or(a, b), hn::Or(c, e))))) [[likely]] {
      continue;
    }
    note(a, i);
    note(b, i + lanes);
    note(c, i + 2 * lanes);
    note(e, i + 3 * lanes);
  }
  for (; i < count; ++i) {
    if ((rows[i] > 0.0) != (rows[i + apart] > 0.0)) {
      found[n++] = i;
    }
  }
  return n;
}

/// Places where signs differ, or where both values have one sign but the derivatives lead towards zero and
/// back: there may be crossings between.
std::size_t candidates(const double* HWY_RESTRICT rows, const double* HWY_RESTRICT slopes, std::size_t apart,
                       std::size_t count, std::uint64_t* HWY_RESTRICT found) {
  const Lanes d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t n = 0;
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const auto left = hn::LoadU(d, rows + i);
    const auto right = hn::LoadU(d, rows + i + apart);
    const auto towards = differ(left, hn::LoadU(d, slopes + i));
    const auto away = differ(right, hn::LoadU(d, slopes + i + apart));
    const auto turns = hn::AndNot(away, towards);
    for (std::uint64_t bits = bits_of(hn::Or(differ(left, right), turns)); bits != 0; bits &= bits - 1) {
      found[n++] = i + static_cast<std::size_t>(hwy::Num0BitsBelowLS1Bit_Nonzero64(bits));
    }
  }
  for (; i < count; ++i) {
    const bool left = rows[i] > 0.0;
    const bool right = rows[i + apart] > 0.0;
    if (left != right || (left != (slopes[i] > 0.0) && right == (slopes[i + apart] > 0.0))) {
      found[n++] = i;
    }
  }
  return n;
}

}  // namespace reprise::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reprise {
namespace {

HWY_EXPORT(sign_changes);
HWY_EXPORT(candidates);

/// Places looked at in one go.
constexpr std::size_t kPlaces = 4096;

}  // namespace

CrossingScan::CrossingScan(std::size_t paths, double step) : step_(step), times_(paths), found_(kPlaces) {
  expects(paths > 0, "a scan for crossings has a path or more");
  expects(step > 0.0, "a scan for crossings has a positive step");
}

std::size_t CrossingScan::check(std::span<const double> rows) const {
  expects(rows.size() >= paths() && rows.size() % paths() == 0, "a scan takes whole rows, one value a path");
  return rows.size() - paths();
}

void CrossingScan::scan(std::span<const double> rows) {
  const std::size_t places = check(rows);
  for (std::size_t first = 0; first < places; first += kPlaces) {
    const double* from = rows.data() + first;
    const std::size_t count =
        HWY_DYNAMIC_DISPATCH(sign_changes)(from, paths(), std::min(kPlaces, places - first), found_.data());
    for (std::size_t k = 0; k < count; ++k) {
      const std::size_t i = found_[k];
      const double fraction = from[i] / (from[i] - from[i + paths()]);
      const std::size_t row = (first + i) / paths();
      times_[(first + i) % paths()].push_back((static_cast<double>(steps_ + row) + fraction) * step_);
    }
    sign_changes_ += count;
  }
  steps_ += places / paths();
}

void CrossingScan::scan(std::span<const double> rows, std::span<const double> derivatives) {
  const std::size_t places = check(rows);
  expects(derivatives.size() == rows.size(), "there is a derivative for each value");
  for (std::size_t first = 0; first < places; first += kPlaces) {
    const double* from = rows.data() + first;
    const double* slopes = derivatives.data() + first;
    const std::size_t count = HWY_DYNAMIC_DISPATCH(candidates)(
        from, slopes, paths(), std::min(kPlaces, places - first), found_.data());
    for (std::size_t k = 0; k < count; ++k) {
      const std::size_t i = found_[k];
      const std::size_t j = i + paths();
      const HermiteCubic cubic(from[i], step_ * slopes[i], from[j], step_ * slopes[j]);
      const bool changes = (from[i] > 0.0) != (from[j] > 0.0);
      const auto row = static_cast<double>(steps_ + (first + i) / paths());
      auto& times = times_[(first + i) % paths()];
      if (changes) {
        times.push_back((row + cubic.root(0.0, 1.0)) * step_);
        ++sign_changes_;
      } else if (const auto turn = cubic.turn(from[i] > 0.0)) {
        times.push_back((row + cubic.root(0.0, *turn)) * step_);
        times.push_back((row + cubic.root(*turn, 1.0)) * step_);
      }
    }
  }
  steps_ += places / paths();
}

void CrossingScan::clear() {
  steps_ = 0;
  sign_changes_ = 0;
  for (auto& times : times_) {
    times.clear();
  }
}

}  // namespace reprise
#endif
