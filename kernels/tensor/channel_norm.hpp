#pragma once

#include <cstdint>

/// Batch norm of images that lie channels last, [pixels of all images, channels]. Sums are taken in double
/// over short runs in single precision: with oneDNN 2.6's, gradients missed an independent implementation's.
namespace reprise::nn::channel_norm {

struct Size {
  std::int64_t pixels;
  std::int64_t channels;
};

/// Mean and biased variance of each channel.
template <class T>
void moments(Size size, const T* x, T* mean, T* variance);

/// y = (x - mean) scale / sqrt(variance + epsilon) + shift (+ added, where not null); where `rectify`, zero
/// instead of less.
template <class T>
void apply(Size size, const T* x, const T* mean, const T* variance, const T* scale, const T* shift,
           double epsilon, const T* added, bool rectify, T* y);

/// Gradients with respect to x, scale and shift, for moments of the batch itself. `y`, where not null, is
/// what was rectified: no gradient passes where it is zero. `dadded`, where not null, becomes what passes.
template <class T>
void backward(Size size, const T* x, const T* y, const T* dy, const T* mean, const T* variance,
              const T* scale, double epsilon, T* dx, T* dscale, T* dshift, T* dadded);

}  // namespace reprise::nn::channel_norm
