#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace reprise {

/// Sums of waves with random amplitudes: y_j = sum_k amplitude_k z_k exp(-2 pi i j k / n), z complex white
/// noise. Noise has no order, so a Fourier transform by decimation in time (Cooley and Tukey, Math. Comp. 19,
/// 1965) may take it in the one it needs and never shuffles; what is left is vectorised. FFTW without the
/// vector instructions that it would choose by the CPU (kernels/numerics/fourier.hpp) takes several times as
/// long.
class RandomWaves {
 public:
  /// Amplitudes by frequency k [n], n a power of two and 16 at least.
  explicit RandomWaves(std::span<const double> amplitude);

  [[nodiscard]] std::size_t length() const { return amplitude_.size(); }

  /// The real and imaginary parts of y [n] each, of z = first + i second, where z_k is at place place(k).
  void sum(std::span<const float> first, std::span<const float> second, std::span<double> real,
           std::span<double> imaginary) const;

  [[nodiscard]] std::size_t place(std::size_t k) const { return place_.at(k); }

 private:
  std::vector<std::uint32_t> place_;
  std::vector<double> amplitude_;  // by place
  std::vector<double> twiddle_;    // for L = 4, 16, ...: cosines, then sines, of -2 pi j / (4 L), j < L
};

}  // namespace reprise
