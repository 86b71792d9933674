#include "kernels/numerics/fourier.hpp"

#include <fftw3.h>

#include <limits>
#include <mutex>
#include <stdexcept>
#include <string>

#include "kernels/expects.hpp"

namespace reprise {
namespace {

/// FFTW's planner has global state; only running a plan is safe beside others.
std::mutex& planner() {
  static std::mutex mutex;
  return mutex;
}

/// FFTW takes vector instructions by what the CPU has, whatever a run pins (kernels/isa.hpp), and a measured
/// plan by the machine's mood: both would change bits. Scalar code with the plan that FFTW's count of
/// operations suggests is the same everywhere. Unaligned: nor does it depend on where a buffer lies.
constexpr unsigned kSameEverywhere = FFTW_ESTIMATE | FFTW_NO_SIMD | FFTW_UNALIGNED;

/// FFTW documents that its complex numbers are std::complex's.
fftw_complex* as_fftw(std::complex<double>* values) {
  return reinterpret_cast<fftw_complex*>(values);  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
}

}  // namespace

void FourierTransform::Destroy::operator()(void* plan) const {
  const std::lock_guard lock(planner());
  fftw_destroy_plan(static_cast<fftw_plan>(plan));
}

FourierTransform::FourierTransform(std::size_t length) : length_(length) {
  expects(length > 0 && length <= std::size_t{std::numeric_limits<int>::max()},
          "a Fourier transform has 1 to 2^31 - 1 values");
  // Planning by estimate does not touch the values, but wants to know that they are in place.
  std::complex<double> in_place;
  const std::lock_guard lock(planner());
  plan_.reset(fftw_plan_dft_1d(static_cast<int>(length), as_fftw(&in_place), as_fftw(&in_place), FFTW_FORWARD,
                               kSameEverywhere));
  if (!plan_) {
    throw std::runtime_error("FFTW has no plan for a transform of " + std::to_string(length) + " values");
  }
}

void FourierTransform::forward(std::span<std::complex<double>> values) const {
  expects(values.size() == length_, "a Fourier transform takes as many values as it was planned for");
  fftw_execute_dft(static_cast<fftw_plan>(plan_.get()), as_fftw(values.data()), as_fftw(values.data()));
}

}  // namespace reprise
