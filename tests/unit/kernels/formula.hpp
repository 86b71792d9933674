#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <string_view>
#include <vector>

/// Numbers that a name stands for, the same in any language: tests compare with values that another
/// implementation computed from them.
namespace reprise::formula {

/// FNV-1a of 64 bits.
constexpr std::uint64_t fnv(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : name) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3ULL;
  return hash;
}

constexpr std::uint64_t splitmix64(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31U);
}

/// Uniform on [0, 1), 24 bits.
constexpr double uniform(std::uint64_t hash, std::uint64_t i) {
  return static_cast<double>(splitmix64(hash + i) >> 40U) * 0x1p-24;
}
constexpr double uniform(std::string_view name, std::uint64_t i) {
  return uniform(fnv(name), i);
}

/// Standard normal (Box and Muller).
inline std::vector<double> normals(std::string_view name, std::size_t count) {
  std::vector<double> result(count);
  for (std::size_t i = 0; i < count; ++i)
    result[i] = std::sqrt(-2 * std::log(1 - uniform(name, 2 * i))) *
                std::cos(2 * std::numbers::pi * uniform(name, 2 * i + 1));
  return result;
}

/// A model's tensor: norm weights lie around 1, other weights within 2 / sqrt(inputs), all else within 1/5.
inline std::vector<float> weights(std::string_view name, const std::vector<std::int64_t>& shape) {
  std::size_t count = 1;
  std::size_t inputs = 1;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    count *= static_cast<std::size_t>(shape[axis]);
    if (axis > 0) inputs *= static_cast<std::size_t>(shape[axis]);
  }
  const bool norm =
      name.ends_with("norm.weight") || name.ends_with("norm1.weight") || name.ends_with("norm2.weight");
  const double width = norm                        ? 0.25
                       : name.ends_with(".weight") ? 2 / std::sqrt(static_cast<double>(inputs))
                                                   : 0.2;
  std::vector<float> result(count);
  const auto hash = fnv(name);
  for (std::size_t i = 0; i < count; ++i)
    result[i] = static_cast<float>((norm ? 1 : 0) + width * (2 * uniform(hash, i) - 1));
  return result;
}

/// [c, h, w], within 2.
inline std::vector<float> image(std::string_view name, std::size_t c, std::size_t h, std::size_t w) {
  std::vector<float> result(c * h * w);
  const auto hash = fnv(name);
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = static_cast<float>(4 * uniform(hash, i) - 2);
  return result;
}

}  // namespace reprise::formula
