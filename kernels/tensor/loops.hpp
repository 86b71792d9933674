#pragma once

#include <cstdint>

/// Vectorised loops over plain arrays, for f32 and f64.
namespace reprise::nn::loops {

enum class Binary { add, subtract, multiply, divide, maximum };

/// out[i] = a[i * a_step] op b[i * b_step]; a step is 0 or 1 where vectors are used, any where not.
template <class T>
void binary(Binary op, const T* a, std::int64_t a_step, const T* b, std::int64_t b_step, T* out,
            std::int64_t out_step, std::int64_t count);

/// y += factor x
template <class T>
void add_scaled(T factor, const T* x, T* y, std::int64_t count);

/// out = factor x + shift
template <class T>
void affine(T factor, T shift, const T* x, T* out, std::int64_t count);

/// The nearest numbers whose lower 16 bits are zero, ties to even; NaN stays NaN.
void round_to_bf16(const float* x, float* out, std::int64_t count);

/// Summed in double in a fixed order.
template <class T>
[[nodiscard]] double sum(const T* x, std::int64_t count);
template <class T>
[[nodiscard]] double sum_of_squares(const T* x, std::int64_t count);
/// sum of x[i] y[i]
template <class T>
[[nodiscard]] double dot(const T* x, const T* y, std::int64_t count);
/// sums[i] += x[i]
template <class T>
void add_to_sums(const T* x, double* sums, std::int64_t count);

/// One step of stochastic gradient descent with momentum, as PyTorch's SGD without dampening:
/// d = gradient + decay parameter; velocity = momentum velocity + d; parameter -= rate velocity.
/// Where `first`, velocity = d.
template <class T>
void sgd_step(T rate, T momentum, T decay, bool first, const T* gradient, T* velocity, T* parameter,
              std::int64_t count);

struct AdamStep {
  double rate = 0;
  double beta1 = 0;
  double beta2 = 0;
  double epsilon = 0;
  double correction1 = 1;  ///< 1 - beta1^step
  double correction2 = 1;  ///< 1 - beta2^step
  double decay = 0;        ///< added to the gradient, times the parameter
  double shrink = 1;       ///< parameters are multiplied by it first: AdamW's decoupled decay
};
/// D. Kingma, J. Ba, "Adam: A method for stochastic optimization", ICLR 2015, algorithm 1.
template <class T>
void adam_step(const AdamStep& step, const T* gradient, T* first_moment, T* second_moment, T* parameter,
               std::int64_t count);

}  // namespace reprise::nn::loops
