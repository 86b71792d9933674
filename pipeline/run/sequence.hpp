#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

namespace reprise {

/// The inputs of a map: `size` of them, made on demand, so that 10^7 inputs take no memory. `at` is pure and
/// may be called from several threads, more than once for an index.
template <class T>
struct Sequence {
  std::size_t size = 0;
  std::function<T(std::size_t)> at;

  Sequence(std::size_t count, std::function<T(std::size_t)> make) : size(count), at(std::move(make)) {}
  Sequence(std::vector<T> values)  // NOLINT(google-explicit-constructor): a vector of inputs is a sequence
      : size(values.size()),
        at([held = std::make_shared<const std::vector<T>>(std::move(values))](std::size_t i) {
          return (*held)[i];
        }) {}
};

/// All combinations of values, the last varying fastest, each made into an input by `make`.
template <class Make, class... Axis>
auto grid(Make make, std::vector<Axis>... axes) {
  using Input = std::invoke_result_t<Make, const Axis&...>;
  const std::size_t size = (axes.size() * ... * std::size_t{1});
  return Sequence<Input>(size, [make, held = std::make_tuple(std::move(axes)...)](std::size_t index) {
    return std::apply(
        [&](const auto&... axis) {
          std::size_t stride = (axis.size() * ... * std::size_t{1});
          const auto pick = [&](const auto& values) -> decltype(auto) {
            stride /= values.size();
            return values[index / stride % values.size()];
          };
          // A braced list is evaluated from left to right; arguments of a call are not.
          const auto chosen = std::tuple<const Axis&...>{pick(axis)...};
          return std::apply(make, chosen);
        },
        held);
  });
}

}  // namespace reprise
