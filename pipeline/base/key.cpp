#include "pipeline/base/key.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <charconv>

#include "pipeline/base/errors.hpp"

namespace reprise {

std::string Key::hex() const {
  return fmt::format("{:016x}{:016x}", high, low);
}

Key Key::from_hex(std::string_view text) {
  Key key;
  const auto parse = [&](std::string_view half, std::uint64_t& value) {
    const auto [end, error] = std::from_chars(half.data(), half.data() + half.size(), value, 16);
    return error == std::errc{} && end == half.data() + half.size();
  };
  if (text.size() != 32 || !parse(text.substr(0, 16), key.high) || !parse(text.substr(16), key.low)) {
    throw UsageError(fmt::format("\"{}\" is not a key: a key has 32 hexadecimal digits", text));
  }
  return key;
}

Key hash_bytes(std::span<const std::byte> bytes) {
  const auto hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.high64, hash.low64};
}

void Hasher::Free::operator()(XXH3_state_s* state) const {
  XXH3_freeState(state);
}

Hasher::Hasher() : state_(XXH3_createState()) {
  if (!state_) throw std::bad_alloc();
  XXH3_128bits_reset(state_.get());
}

void Hasher::add(std::span<const std::byte> bytes) {
  XXH3_128bits_update(state_.get(), bytes.data(), bytes.size());
}

Key Hasher::hash() const {
  const auto hash = XXH3_128bits_digest(state_.get());
  return {hash.high64, hash.low64};
}

}  // namespace reprise
