#include "kernels/tensor/loops.hpp"

#include <cmath>

// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/tensor/loops.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace reprise::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {

using nn::loops::AdamStep;
using nn::loops::Binary;
using Count = std::int64_t;

/// Calls f(at) for whole vectors and tail(at) for the elements after them.
template <class D, class Vectors, class Tail>
HWY_INLINE void over(D d, Count count, const Vectors& vectors, const Tail& tail) {
  const auto lanes = static_cast<Count>(hn::Lanes(d));
  Count at = 0;
  for (; at + lanes <= count; at += lanes) vectors(at);
  for (; at < count; ++at) tail(at);
}

template <class T, class Vector, class Scalar>
HWY_INLINE void binary_loop(const T* a, Count a_step, const T* b, Count b_step, T* out, Count out_step,
                            Count count, const Vector& vector, const Scalar& scalar) {
  const hn::ScalableTag<T> d;
  const auto one = [&](Count i) HWY_ATTR { out[i * out_step] = scalar(a[i * a_step], b[i * b_step]); };
  if (out_step == 1 && a_step == 1 && b_step == 1) {
    over(
        d, count,
        [&](Count i) HWY_ATTR { hn::StoreU(vector(hn::LoadU(d, a + i), hn::LoadU(d, b + i)), d, out + i); },
        one);
  } else if (out_step == 1 && a_step == 1 && b_step == 0) {
    const auto right = hn::Set(d, *b);
    over(
        d, count, [&](Count i) HWY_ATTR { hn::StoreU(vector(hn::LoadU(d, a + i), right), d, out + i); }, one);
  } else if (out_step == 1 && a_step == 0 && b_step == 1) {
    const auto left = hn::Set(d, *a);
    over(
        d, count, [&](Count i) HWY_ATTR { hn::StoreU(vector(left, hn::LoadU(d, b + i)), d, out + i); }, one);
  } else {
    for (Count i = 0; i < count; ++i) one(i);
  }
}

template <class T>
void binary_all(Binary op, const T* a, Count a_step, const T* b, Count b_step, T* out, Count out_step,
                Count count) {
  const auto run = [&](const auto& vector, const auto& scalar)
                       HWY_ATTR { binary_loop(a, a_step, b, b_step, out, out_step, count, vector, scalar); };
  switch (op) {
    case Binary::add:
      return run([](auto x, auto y) HWY_ATTR { return hn::Add(x, y); },
                 [](T x, T y) HWY_ATTR { return x + y; });
    case Binary::subtract:
      return run([](auto x, auto y) HWY_ATTR { return hn::Sub(x, y); },
                 [](T x, T y) HWY_ATTR { return x - y; });
    case Binary::multiply:
      return run([](auto x, auto y) HWY_ATTR { return hn::Mul(x, y); },
                 [](T x, T y) HWY_ATTR { return x * y; });
    case Binary::divide:
      return run([](auto x, auto y) HWY_ATTR { return hn::Div(x, y); },
                 [](T x, T y) HWY_ATTR { return x / y; });
    case Binary::maximum:
      return run([](auto x, auto y) HWY_ATTR { return hn::IfThenElse(hn::Gt(x, y), x, y); },
                 [](T x, T y) HWY_ATTR { return x > y ? x : y; });
  }
}

template <class T>
void add_scaled_all(T factor, const T* x, T* y, Count count) {
  const hn::ScalableTag<T> d;
  const auto by = hn::Set(d, factor);
  over(
      d, count,
      [&](Count i)
          HWY_ATTR { hn::StoreU(hn::MulAdd(by, hn::LoadU(d, x + i), hn::LoadU(d, y + i)), d, y + i); },
      [&](Count i) HWY_ATTR { y[i] = std::fma(factor, x[i], y[i]); });
}

template <class T>
void affine_all(T factor, T shift, const T* x, T* out, Count count) {
  const hn::ScalableTag<T> d;
  const auto by = hn::Set(d, factor);
  const auto up = hn::Set(d, shift);
  over(
      d, count, [&](Count i) HWY_ATTR { hn::StoreU(hn::MulAdd(by, hn::LoadU(d, x + i), up), d, out + i); },
      [&](Count i) HWY_ATTR { out[i] = std::fma(factor, x[i], shift); });
}

void round_all(const float* x, float* out, Count count) {
  const hn::ScalableTag<float> d;
  const hn::RebindToUnsigned<decltype(d)> bits;
  const auto round = [&](auto v) HWY_ATTR {
    const auto u = hn::BitCast(bits, v);
    const auto odd = hn::And(hn::ShiftRight<16>(u), hn::Set(bits, 1U));
    const auto up = hn::Add(u, hn::Add(odd, hn::Set(bits, 0x7FFFU)));
    const auto cut = hn::BitCast(d, hn::And(up, hn::Set(bits, 0xFFFF0000U)));
    return hn::IfThenElse(hn::IsNaN(v), v, cut);
  };
  over(
      d, count, [&](Count i) HWY_ATTR { hn::StoreU(round(hn::LoadU(d, x + i)), d, out + i); },
      [&](Count i) HWY_ATTR { out[i] = hn::GetLane(round(hn::Set(d, x[i]))); });
}

/// Eight running sums whatever the vector's width, so that every instruction set adds in the same order.
template <class T, class Value>
HWY_INLINE double sum_of(Count count, const Value& value) {
  double sums[8] = {};
  Count at = 0;
  for (; at + 8 <= count; at += 8)
    for (Count k = 0; k < 8; ++k) sums[k] += value(at + k);
  for (Count k = 0; at + k < count; ++k) sums[k] += value(at + k);
  return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

template <class T>
double sum_all(const T* x, Count count) {
  return sum_of<T>(count, [x](Count i) HWY_ATTR { return static_cast<double>(x[i]); });
}

template <class T>
double sum_of_squares_all(const T* x, Count count) {
  return sum_of<T>(count,
                   [x](Count i) HWY_ATTR { return static_cast<double>(x[i]) * static_cast<double>(x[i]); });
}

template <class T>
double dot_all(const T* x, const T* y, Count count) {
  return sum_of<T>(
      count, [x, y](Count i) HWY_ATTR { return static_cast<double>(x[i]) * static_cast<double>(y[i]); });
}

template <class T>
void add_to_sums_all(const T* x, double* sums, Count count) {
  for (Count i = 0; i < count; ++i) sums[i] += static_cast<double>(x[i]);
}

template <class T>
void sgd_step_all(T rate, T momentum, T decay, bool first, const T* gradient, T* velocity, T* parameter,
                  Count count) {
  const hn::ScalableTag<T> d;
  const T keep = first ? T{0} : momentum;
  const auto v_keep = hn::Set(d, keep);
  const auto v_decay = hn::Set(d, decay);
  const auto v_rate = hn::Set(d, rate);
  over(
      d, count,
      [&](Count i) HWY_ATTR {
        const auto p = hn::LoadU(d, parameter + i);
        const auto direction = hn::MulAdd(v_decay, p, hn::LoadU(d, gradient + i));
        const auto v = first ? direction : hn::MulAdd(v_keep, hn::LoadU(d, velocity + i), direction);
        hn::StoreU(v, d, velocity + i);
        hn::StoreU(hn::NegMulAdd(v_rate, v, p), d, parameter + i);
      },
      [&](Count i) HWY_ATTR {
        const T direction = std::fma(decay, parameter[i], gradient[i]);
        velocity[i] = first ? direction : std::fma(keep, velocity[i], direction);
        parameter[i] = std::fma(-rate, velocity[i], parameter[i]);
      });
}

template <class T>
void adam_step_all(const AdamStep& step, const T* gradient, T* first_moment, T* second_moment, T* parameter,
                   Count count) {
  const auto beta1 = static_cast<T>(step.beta1);
  const auto beta2 = static_cast<T>(step.beta2);
  const auto rest1 = static_cast<T>(1 - step.beta1);
  const auto rest2 = static_cast<T>(1 - step.beta2);
  const auto rate = static_cast<T>(step.rate / step.correction1);
  const auto scale = static_cast<T>(1 / std::sqrt(step.correction2));
  const auto epsilon = static_cast<T>(step.epsilon);
  const auto decay = static_cast<T>(step.decay);
  const auto shrink = static_cast<T>(step.shrink);
  const hn::ScalableTag<T> d;
  over(
      d, count,
      [&](Count i) HWY_ATTR {
        const auto p = hn::Mul(hn::LoadU(d, parameter + i), hn::Set(d, shrink));
        const auto g = hn::MulAdd(hn::Set(d, decay), p, hn::LoadU(d, gradient + i));
        const auto m =
            hn::MulAdd(hn::Set(d, beta1), hn::LoadU(d, first_moment + i), hn::Mul(hn::Set(d, rest1), g));
        const auto v = hn::MulAdd(hn::Set(d, beta2), hn::LoadU(d, second_moment + i),
                                  hn::Mul(hn::Set(d, rest2), hn::Mul(g, g)));
        hn::StoreU(m, d, first_moment + i);
        hn::StoreU(v, d, second_moment + i);
        const auto denominator = hn::MulAdd(hn::Sqrt(v), hn::Set(d, scale), hn::Set(d, epsilon));
        hn::StoreU(hn::NegMulAdd(hn::Set(d, rate), hn::Div(m, denominator), p), d, parameter + i);
      },
      [&](Count i) HWY_ATTR {
        const T p = parameter[i] * shrink;
        const T g = std::fma(decay, p, gradient[i]);
        first_moment[i] = std::fma(beta1, first_moment[i], rest1 * g);
        second_moment[i] = std::fma(beta2, second_moment[i], rest2 * (g * g));
        const T denominator = std::fma(std::sqrt(second_moment[i]), scale, epsilon);
        parameter[i] = std::fma(-rate, first_moment[i] / denominator, p);
      });
}

// HWY_EXPORT takes functions, not templates.
#define REPRISE_NAMED(T, S)                                                                                \
  void binary_##S(Binary op, const T* a, Count a_step, const T* b, Count b_step, T* out, Count out_step,   \
                  Count count) {                                                                           \
    binary_all(op, a, a_step, b, b_step, out, out_step, count);                                            \
  }                                                                                                        \
  void add_scaled_##S(T factor, const T* x, T* y, Count count) {                                           \
    add_scaled_all(factor, x, y, count);                                                                   \
  }                                                                                                        \
  void affine_##S(T factor, T shift, const T* x, T* out, Count count) {                                    \
    affine_all(factor, shift, x, out, count);                                                              \
  }                                                                                                        \
  double sum_##S(const T* x, Count count) {                                                                \
    return sum_all(x, count);                                                                              \
  }                                                                                                        \
  double sum_of_squares_##S(const T* x, Count count) {                                                     \
    return sum_of_squares_all(x, count);                                                                   \
  }                                                                                                        \
  double dot_##S(const T* x, const T* y, Count count) {                                                    \
    return dot_all(x, y, count);                                                                           \
  }                                                                                                        \
  void add_to_sums_##S(const T* x, double* sums, Count count) {                                            \
    add_to_sums_all(x, sums, count);                                                                       \
  }                                                                                                        \
  void sgd_step_##S(T rate, T momentum, T decay, bool first, const T* gradient, T* velocity, T* parameter, \
                    Count count) {                                                                         \
    sgd_step_all(rate, momentum, decay, first, gradient, velocity, parameter, count);                      \
  }                                                                                                        \
  void adam_step_##S(const AdamStep& step, const T* gradient, T* first_moment, T* second_moment,           \
                     T* parameter, Count count) {                                                          \
    adam_step_all(step, gradient, first_moment, second_moment, parameter, count);                          \
  }
REPRISE_NAMED(float, f32)
REPRISE_NAMED(double, f64)
#undef REPRISE_NAMED

}  // namespace
}  // namespace reprise::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reprise {
#define REPRISE_EXPORT(S)         \
  HWY_EXPORT(binary_##S);         \
  HWY_EXPORT(add_scaled_##S);     \
  HWY_EXPORT(affine_##S);         \
  HWY_EXPORT(sum_##S);            \
  HWY_EXPORT(sum_of_squares_##S); \
  HWY_EXPORT(dot_##S);            \
  HWY_EXPORT(add_to_sums_##S);    \
  HWY_EXPORT(sgd_step_##S);       \
  HWY_EXPORT(adam_step_##S);
REPRISE_EXPORT(f32)
REPRISE_EXPORT(f64)
#undef REPRISE_EXPORT
HWY_EXPORT(round_all);

namespace nn::loops {

void round_to_bf16(const float* x, float* out, std::int64_t count) {
  HWY_DYNAMIC_DISPATCH(round_all)(x, out, count);
}

#define REPRISE_DISPATCH(T, S)                                                                              \
  template <>                                                                                               \
  void binary(Binary op, const T* a, std::int64_t a_step, const T* b, std::int64_t b_step, T* out,          \
              std::int64_t out_step, std::int64_t count) {                                                  \
    HWY_DYNAMIC_DISPATCH(binary_##S)(op, a, a_step, b, b_step, out, out_step, count);                       \
  }                                                                                                         \
  template <>                                                                                               \
  void add_scaled(T factor, const T* x, T* y, std::int64_t count) {                                         \
    HWY_DYNAMIC_DISPATCH(add_scaled_##S)(factor, x, y, count);                                              \
  }                                                                                                         \
  template <>                                                                                               \
  void affine(T factor, T shift, const T* x, T* out, std::int64_t count) {                                  \
    HWY_DYNAMIC_DISPATCH(affine_##S)(factor, shift, x, out, count);                                         \
  }                                                                                                         \
  template <>                                                                                               \
  double sum(const T* x, std::int64_t count) {                                                              \
    return HWY_DYNAMIC_DISPATCH(sum_##S)(x, count);                                                         \
  }                                                                                                         \
  template <>                                                                                               \
  double sum_of_squares(const T* x, std::int64_t count) {                                                   \
    return HWY_DYNAMIC_DISPATCH(sum_of_squares_##S)(x, count);                                              \
  }                                                                                                         \
  template <>                                                                                               \
  double dot(const T* x, const T* y, std::int64_t count) {                                                  \
    return HWY_DYNAMIC_DISPATCH(dot_##S)(x, y, count);                                                      \
  }                                                                                                         \
  template <>                                                                                               \
  void add_to_sums(const T* x, double* sums, std::int64_t count) {                                          \
    HWY_DYNAMIC_DISPATCH(add_to_sums_##S)(x, sums, count);                                                  \
  }                                                                                                         \
  template <>                                                                                               \
  void sgd_step(T rate, T momentum, T decay, bool first, const T* gradient, T* velocity, T* parameter,      \
                std::int64_t count) {                                                                       \
    HWY_DYNAMIC_DISPATCH(sgd_step_##S)(rate, momentum, decay, first, gradient, velocity, parameter, count); \
  }                                                                                                         \
  template <>                                                                                               \
  void adam_step(const AdamStep& step, const T* gradient, T* first_moment, T* second_moment, T* parameter,  \
                 std::int64_t count) {                                                                      \
    HWY_DYNAMIC_DISPATCH(adam_step_##S)(step, gradient, first_moment, second_moment, parameter, count);     \
  }
REPRISE_DISPATCH(float, f32)
REPRISE_DISPATCH(double, f64)
#undef REPRISE_DISPATCH

}  // namespace nn::loops
}  // namespace reprise
#endif
