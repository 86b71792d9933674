// The standard normal distribution function and its inverse for a vector of numbers, compiled once for each
// target: included after Highway.
#if defined(REPRISE_GAUSSIAN_NORMAL_LAW_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef REPRISE_GAUSSIAN_NORMAL_LAW_INL
#undef REPRISE_GAUSSIAN_NORMAL_LAW_INL
#else
#define REPRISE_GAUSSIAN_NORMAL_LAW_INL
#endif

#include <hwy/highway.h>

#include <cstddef>
#include <cstdint>
#include <limits>

HWY_BEFORE_NAMESPACE();
namespace reprise::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {

/// Below, the distribution function is no normal number.
constexpr double kLeastNormalVariate = -37.5;

/// Powers of x that polynomials in x share.
template <class V>
struct Powers {
  HWY_INLINE explicit Powers(V x) : one(x), two(hn::Mul(x, x)), four(hn::Mul(two, two)) {}
  V one;
  V two;
  V four;
};

/// sum_i c_i x^i in four chains: one would be bound by the latency of its steps.
template <std::size_t kSize, class D, class V = hn::Vec<D>>
HWY_INLINE V polynomial(D d, const Powers<V>& x, const double (&c)[kSize]) {
  static_assert(kSize > 4);
  const auto chain = [&](std::size_t first) HWY_ATTR {
    std::size_t i = first + (kSize - 1 - first) / 4 * 4;
    V sum = hn::Set(d, c[i]);
    while (i > first) {
      i -= 4;
      sum = hn::MulAdd(sum, x.four, hn::Set(d, c[i]));
    }
    return sum;
  };
  return hn::MulAdd(hn::MulAdd(chain(3), x.one, chain(2)), x.two, hn::MulAdd(chain(1), x.one, chain(0)));
}

/// Quotients of polynomials below have positive coefficients: nothing cancels for x >= 0.
template <std::size_t kTop, std::size_t kBottom, class D, class V = hn::Vec<D>>
HWY_INLINE V ratio(D d, V x, const double (&top)[kTop], const double (&bottom)[kBottom]) {
  const Powers<V> powers(x);
  return hn::Div(polynomial(d, powers, top), polynomial(d, powers, bottom));
}

/// Mills' ratio of the upper tail to the density, for x in [0, 37.6]: relative error 7e-16, minimax.
constexpr double kMillsTop[] = {1.2533141373155003,   1.9033025372863017,    1.4325311349561753,
                                0.6848870208616278,   0.2267856175858835,    0.05368197547136808,
                                0.009076346801671693, 0.0010596413608208388, 7.799044308900923e-05,
                                2.7891596585251e-06};
constexpr double kMillsBottom[] = {1.0,
                                   2.316500269840525,
                                   2.4912942758523817,
                                   1.6419374043060244,
                                   0.73647804312761,
                                   0.23570596060273463,
                                   0.054736039421746034,
                                   0.009154337218572912,
                                   0.0010624305209910503,
                                   7.799044308299888e-05,
                                   2.789159658556889e-06};

/// x / s^2 for s = sqrt(-2 log(2 P(X > x))) in [0, 37.7]: relative error 1.4e-14, minimax.
constexpr double kQuantileTop[] = {0.6266570686577502,   1.485007065011541,     2.612586623363232,
                                   3.1436262431972346,   2.9729159282363544,    2.180190476617158,
                                   1.25716332212703,     0.5536780721333843,    0.17806002720073533,
                                   0.03766804322763323,  0.0042594341831056395, 0.00021760328283648047,
                                   4.25962646243137e-06, 2.2882242950015243e-08};
constexpr double kQuantileBottom[] = {1.0,
                                      2.3697284197117705,
                                      4.4190850610833,
                                      5.60893379368727,
                                      5.741742191191581,
                                      4.627477041408384,
                                      3.0225167176850842,
                                      1.5682681008829749,
                                      0.6347053490631348,
                                      0.19001399668647823,
                                      0.03846272953268652,
                                      0.004279539750752428,
                                      0.00021774867110534342,
                                      4.259687835729212e-06,
                                      2.288217992895457e-08};

/// 1 / k!
constexpr double kExponential[] = {
    1.0,        1.0,         1.0 / 2,      1.0 / 6,       1.0 / 24,       1.0 / 120,      1.0 / 720,
    1.0 / 5040, 1.0 / 40320, 1.0 / 362880, 1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600};

/// (log((1 + s) / (1 - s)) / s - 2) / s^2 as a polynomial in s^2, for numbers within sqrt(2) of one.
constexpr double kLogarithm[] = {0.666666666666667,  0.39999999999899505, 0.28571428625975487,
                                 0.2222221113479508, 0.18182889125261723, 0.15331721600556042,
                                 0.14616449685043406};

/// exp(-(x + rest)) for x in [0, 708] and a rest below 1e-3.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V exp_of_minus(D d, V x, V rest) {
  const V rounder = hn::Set(d, 0x1.8p52);
  const V shifted = hn::NegMulAdd(x, hn::Set(d, 1.4426950408889634), rounder);
  const V whole = hn::Sub(shifted, rounder);
  V f = hn::NegMulSub(whole, hn::Set(d, 0x1.62e42fefap-1), x);  // 35 bits of log 2: times a count, exact
  f = hn::Sub(hn::NegMulAdd(whole, hn::Set(d, 0x1.cf79abc9e3b39p-40), f), rest);
  const V y = polynomial(d, Powers<V>(f), kExponential);
  const hn::RebindToUnsigned<D> du;
  return hn::BitCast(d, hn::Add(hn::BitCast(du, y), hn::ShiftLeft<52>(hn::BitCast(du, shifted))));
}

/// log(x) for normal numbers x > 0, also relative to its size where x is near one.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V log_of(D d, V x) {
  const hn::RebindToUnsigned<D> du;
  constexpr std::uint64_t kRootOfHalf = 0x3FE6A09E667F3BCDU;
  constexpr std::uint64_t kOne = 0x3FF0000000000000U;
  const auto bits = hn::Add(hn::BitCast(du, x), hn::Set(du, kOne - kRootOfHalf));
  // The exponent's bits below those of 2^52 are 2^52 + exponent.
  const V exponent =
      hn::Sub(hn::BitCast(d, hn::Or(hn::ShiftRight<52>(bits), hn::Set(du, std::uint64_t{0x433} << 52U))),
              hn::Set(d, 0x1.0p52 + 1023.0));
  const V near_one = hn::BitCast(
      d, hn::Add(hn::And(bits, hn::Set(du, (std::uint64_t{1} << 52U) - 1)), hn::Set(du, kRootOfHalf)));
  const V f = hn::Sub(near_one, hn::Set(d, 1.0));
  const V s = hn::Div(f, hn::Add(f, hn::Set(d, 2.0)));
  const V z = hn::Mul(s, s);
  const V r = polynomial(d, Powers<V>(z), kLogarithm);
  const V curved = hn::Mul(s, hn::NegMulAdd(z, r, f));  // log(1 + f) = f - s (f - z r)
  const V small = hn::Sub(hn::Mul(exponent, hn::Set(d, 0x1.cf79abc9e3b39p-40)), curved);
  return hn::MulAdd(exponent, hn::Set(d, 0x1.62e42fefap-1), hn::Add(f, small));
}

/// P(X <= x). Zero below kLeastNormalVariate.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V cdf(D d, V x) {
  const V size = hn::Abs(x);
  // x^2 / 2 in two parts, the first exact: rounded, it would cost 1e-13 of the tail.
  const hn::RebindToUnsigned<D> du;
  const V high =
      hn::BitCast(d, hn::And(hn::BitCast(du, size), hn::Set(du, ~((std::uint64_t{1} << 27U) - 1))));
  const V half = hn::Set(d, 0.5);
  const V square = hn::Mul(hn::Mul(high, half), high);
  const V rest = hn::Mul(hn::Mul(hn::Sub(size, high), half), hn::Add(size, high));
  const V density = hn::Mul(exp_of_minus(d, square, rest), hn::Set(d, 0.39894228040143268));
  const V within = hn::Mul(density, ratio(d, size, kMillsTop, kMillsBottom));
  const V tail = hn::IfThenElse(hn::Gt(size, hn::Set(d, -kLeastNormalVariate)), hn::Zero(d), within);
  return hn::IfThenElse(hn::Lt(x, hn::Zero(d)), tail, hn::Sub(hn::Set(d, 1.0), tail));
}

/// The x of P(X <= x) = p, for normal numbers p in (0, 1).
template <class D, class V = hn::Vec<D>>
HWY_INLINE V quantile_within(D d, V p) {
  const V upper = hn::Sub(hn::Set(d, 1.0), p);
  const V tail = hn::Min(p, upper);
  const V square = hn::Mul(log_of(d, hn::Add(tail, tail)), hn::Set(d, -2.0));
  const V size = hn::Mul(square, ratio(d, hn::Sqrt(square), kQuantileTop, kQuantileBottom));
  return hn::CopySign(size, hn::Sub(p, upper));
}

/// The same for all p: infinite at 0 (and below the least normal number) and 1, no number outside.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V quantile(D d, V p) {
  const V least = hn::Set(d, std::numeric_limits<double>::min());
  const V one = hn::Set(d, 1.0);
  const V infinite =
      hn::CopySign(hn::Set(d, std::numeric_limits<double>::infinity()), hn::Sub(p, hn::Set(d, 0.5)));
  const V none = hn::Set(d, std::numeric_limits<double>::quiet_NaN());
  const V x = hn::IfThenElse(hn::And(hn::Ge(p, least), hn::Lt(p, one)), quantile_within(d, p), infinite);
  return hn::IfThenElse(hn::And(hn::Ge(p, hn::Zero(d)), hn::Le(p, one)), x, none);
}

}  // namespace
}  // namespace reprise::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
