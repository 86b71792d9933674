#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace reprise {

/// Bandwidths h_k at which a kernel sum is wanted. The weight exp(-D/(2h^2)) at h/sqrt(2) is the square of
/// the weight at h: bandwidths that form a ladder share exponentials.
class BandwidthGrid {
 public:
  /// Bandwidths first, first + stride, ... of the grid, each a factor sqrt(2) below the one before: one
  /// exponential, then squarings. At most 8 long, since each squaring doubles the relative error.
  struct Chain {
    std::size_t first = 0;
    std::size_t stride = 1;
    std::size_t length = 1;
  };

  /// h_k = largest 2^(-k/8), k = 0 .. count-1.
  [[nodiscard]] static BandwidthGrid ladder(double largest, std::size_t count = 32);

  /// Any bandwidths > 0; those that happen to form chains share exponentials.
  [[nodiscard]] static BandwidthGrid chained(std::span<const double> bandwidths);

  /// Any bandwidths > 0, each with exponentials of its own.
  [[nodiscard]] static BandwidthGrid named(std::span<const double> bandwidths);

  [[nodiscard]] std::size_t size() const { return bandwidth_.size(); }
  [[nodiscard]] double operator[](std::size_t k) const { return bandwidth_[k]; }
  [[nodiscard]] std::span<const double> values() const { return bandwidth_; }
  [[nodiscard]] std::span<const Chain> chains() const { return chain_; }

  /// 1/(2 h_k^2), what a squared distance is multiplied by.
  [[nodiscard]] double precision(std::size_t k) const { return 0.5 / (bandwidth_[k] * bandwidth_[k]); }

 private:
  BandwidthGrid() = default;

  std::vector<double> bandwidth_;
  std::vector<Chain> chain_;
};

}  // namespace reprise
