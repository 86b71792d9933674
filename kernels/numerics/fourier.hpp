#pragma once

#include <complex>
#include <cstddef>
#include <memory>
#include <span>

namespace reprise {

/// The discrete Fourier transform of one length, planned once, by FFTW (Frigo and Johnson, Proc. IEEE 93,
/// 2005). A plan may be run by many threads at a time.
class FourierTransform {
 public:
  /// `length` > 0; powers of two are quickest.
  explicit FourierTransform(std::size_t length);

  [[nodiscard]] std::size_t length() const { return length_; }

  /// y_j <- sum_k y_k exp(-2 pi i j k / length) in place, `length` values. Relative error of about 1e-16
  /// sqrt(log length) of the root mean square.
  void forward(std::span<std::complex<double>> values) const;

 private:
  struct Destroy {
    void operator()(void* plan) const;
  };

  std::size_t length_;
  std::unique_ptr<void, Destroy> plan_;
};

}  // namespace reprise
