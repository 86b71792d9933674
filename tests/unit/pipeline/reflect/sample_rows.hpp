#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "pipeline/reflect/codec.hpp"

namespace reprise::samples {

enum class Shape { round, square = 7 };
constexpr auto enumerators(const Shape*) {
  return std::array{Enumerator{"round", Shape::round}, Enumerator{"square", Shape::square}};
}

struct Point {
  double x = 0;
  float y = 0;
  bool operator==(const Point&) const = default;
};
constexpr auto fields(const Point*) {
  return std::tuple{field("x", &Point::x, "abscissa", "m"), field("y", &Point::y, "ordinate", "m")};
}

struct Small {
  std::uint64_t i = 0;
  bool operator==(const Small&) const = default;
};
constexpr auto fields(const Small*) {
  return std::tuple{field("i", &Small::i, "which one")};
}

/// A struct with a field of every type that there is.
struct Everything {
  bool flag = false;
  std::int32_t i32 = 0;
  std::int64_t i64 = 0;
  std::uint8_t u8 = 0;
  std::uint32_t u32 = 0;
  std::uint64_t u64 = 0;
  float f32 = 0;
  double f64 = 0;
  Bfloat16 bf16;
  Ref<Small> ref;
  std::string text;
  Shape shape = Shape::round;
  Point nested;
  std::array<float, 3> fixed{};
  std::array<bool, 2> flags{};
  std::vector<std::int32_t> ragged;
  std::vector<Ref<Small>> refs;
  NdArray<double> array{{0}, {}};
  NdArray<Bfloat16> half{{0}, {}};
  bool operator==(const Everything&) const = default;
};
constexpr auto fields(const Everything*) {
  using E = Everything;
  return std::tuple{field("flag", &E::flag, "a truth"),
                    field("i32", &E::i32, "a number"),
                    field("i64", &E::i64, "a number"),
                    field("u8", &E::u8, "a number"),
                    field("u32", &E::u32, "a number"),
                    field("u64", &E::u64, "a number"),
                    field("f32", &E::f32, "a number", "m"),
                    field("f64", &E::f64, "a number", "s"),
                    field("bf16", &E::bf16, "a number"),
                    field("ref", &E::ref, "an earlier result"),
                    field("text", &E::text, "a text"),
                    field("shape", &E::shape, "a choice"),
                    field("nested", &E::nested, "a struct"),
                    field("fixed", &E::fixed, "three numbers"),
                    field("flags", &E::flags, "two truths"),
                    field("ragged", &E::ragged, "some numbers"),
                    field("refs", &E::refs, "some results"),
                    field("array", &E::array, "an array", "K"),
                    field("half", &E::half, "an array of halves")};
}

/// Row i of a deterministic series whose lengths and shapes vary; `uniform` makes them all alike.
inline Everything everything(std::uint64_t i, bool uniform = false) {
  std::mt19937_64 random(i + 1);
  Everything row;
  row.flag = i % 2 == 1;
  row.i32 = static_cast<std::int32_t>(random());
  row.i64 = static_cast<std::int64_t>(random());
  row.u8 = static_cast<std::uint8_t>(random());
  row.u32 = static_cast<std::uint32_t>(random());
  row.u64 = random();
  row.f32 = 0.5F * static_cast<float>(i);
  row.f64 = -0.25 * static_cast<double>(i);
  row.bf16 = {static_cast<std::uint16_t>(random())};
  row.ref = {{random(), random()}};
  row.text = uniform ? "same" : std::string(i % 7, 'x') + "\u00e9\u4e2d";
  row.shape = i % 3 == 0 ? Shape::square : Shape::round;
  row.nested = {static_cast<double>(i), 2.0F * static_cast<float>(i)};
  row.fixed = {1.0F, static_cast<float>(i), -1.0F};
  row.flags = {i % 2 == 0, i % 3 == 0};
  for (std::uint64_t n = 0; n < (uniform ? 2 : i % 4); ++n)
    row.ragged.push_back(static_cast<std::int32_t>(i * n));
  for (std::uint64_t n = 0; n < (uniform ? 3 : i % 3); ++n) row.refs.push_back({{random(), n}});
  row.array.shape = uniform ? std::vector<std::uint64_t>{2, 2} : std::vector<std::uint64_t>{i % 3, 2};
  for (std::uint64_t n = 0; n < element_count(row.array.shape); ++n)
    row.array.values.push_back(0.5 * static_cast<double>(n));
  row.half.shape = uniform ? std::vector<std::uint64_t>{4} : std::vector<std::uint64_t>(i % 4, 2);
  for (std::uint64_t n = 0; n < element_count(row.half.shape); ++n)
    row.half.values.push_back({static_cast<std::uint16_t>(n)});
  return row;
}

}  // namespace reprise::samples
