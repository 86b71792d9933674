#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct XXH3_state_s;

namespace reprise {

/// A 128-bit hash (XXH3) that names a task with its input, and so its result.
struct Key {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  auto operator<=>(const Key&) const = default;

  /// 32 hexadecimal digits.
  std::string hex() const;
  /// Throws UsageError when `text` is not 32 hexadecimal digits.
  static Key from_hex(std::string_view text);
};

Key hash_bytes(std::span<const std::byte> bytes);

/// The same of bytes that come in pieces.
class Hasher {
 public:
  Hasher();
  void add(std::span<const std::byte> bytes);
  Key hash() const;

 private:
  struct Free {
    void operator()(XXH3_state_s* state) const;
  };
  std::unique_ptr<XXH3_state_s, Free> state_;
};

/// Names an earlier result as a task's input: the reader's key then depends on it.
template <class Output>
struct Ref {
  Key key;
  bool operator==(const Ref&) const = default;
};

}  // namespace reprise

template <>
struct std::hash<reprise::Key> {
  std::size_t operator()(const reprise::Key& key) const noexcept { return key.low; }
};
