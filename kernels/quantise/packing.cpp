#include "kernels/quantise/packing.hpp"

#include <algorithm>
#include <string>

#include "kernels/expects.hpp"

namespace reprise::nn {
namespace {

void check_bits(std::int32_t bits) {
  expects(bits >= 1 && bits <= 8, "packed codes have 1 to 8 bits");
}

}  // namespace

std::size_t packed_bytes(std::size_t codes, std::int32_t bits) {
  check_bits(bits);
  return (codes * static_cast<std::size_t>(bits) + 7) / 8;
}

std::vector<std::uint8_t> pack(std::span<const std::int32_t> codes, std::int32_t bits) {
  std::vector<std::uint8_t> result(packed_bytes(codes.size(), bits));
  std::uint32_t seen = 0;
  for (const auto code : codes)
    seen |= static_cast<std::uint32_t>(code);  // a negative one has its highest bit set
  expects(seen >> static_cast<std::uint32_t>(bits) == 0,
          "a code to be packed is negative or has more than its bits");
  if (bits == 8) {
    std::ranges::transform(codes, result.begin(),
                           [](std::int32_t code) { return static_cast<std::uint8_t>(code); });
    return result;
  }
  if (bits == 4) {
    for (std::size_t i = 0; i + 1 < codes.size(); i += 2)
      result[i / 2] = static_cast<std::uint8_t>(codes[i] | codes[i + 1] << 4);
    if (codes.size() % 2 == 1) result.back() = static_cast<std::uint8_t>(codes.back());
    return result;
  }
  std::uint32_t waiting = 0;  // the stream's next bits, fewer than 16
  std::int32_t held = 0;
  auto to = result.begin();
  for (const auto code : codes) {
    waiting |= static_cast<std::uint32_t>(code) << static_cast<std::uint32_t>(held);
    held += bits;
    if (held >= 8) {
      *to++ = static_cast<std::uint8_t>(waiting);
      waiting >>= 8U;
      held -= 8;
    }
  }
  if (held > 0) *to = static_cast<std::uint8_t>(waiting);
  return result;
}

std::vector<std::uint8_t> unpack(std::span<const std::uint8_t> packed, std::size_t count, std::int32_t bits) {
  const auto expected = packed_bytes(count, bits);
  if (packed.size() != expected) {
    const auto message = std::to_string(count) + " codes of " + std::to_string(bits) + " bits take " +
                         std::to_string(expected) + " bytes, but there are " + std::to_string(packed.size());
    expects(false, message.c_str());
  }
  if (bits == 8) return {packed.begin(), packed.end()};
  const auto used = static_cast<std::uint32_t>(count * static_cast<std::size_t>(bits) % 8);
  expects(used == 0 || packed.back() >> used == 0, "the bits after the last packed code are not zero");
  std::vector<std::uint8_t> result(count);
  if (bits == 4) {
    for (std::size_t i = 0; i + 1 < count; i += 2) {
      result[i] = packed[i / 2] & 15U;
      result[i + 1] = static_cast<std::uint8_t>(packed[i / 2] >> 4U);
    }
    if (count % 2 == 1) result.back() = packed.back();
    return result;
  }
  const std::uint32_t mask = (1U << static_cast<std::uint32_t>(bits)) - 1;
  std::uint32_t waiting = 0;
  std::int32_t held = 0;
  auto from = packed.begin();
  for (auto& code : result) {
    if (held < bits) {
      waiting |= static_cast<std::uint32_t>(*from++) << static_cast<std::uint32_t>(held);
      held += 8;
    }
    code = static_cast<std::uint8_t>(waiting & mask);
    waiting >>= static_cast<std::uint32_t>(bits);
    held -= bits;
  }
  return result;
}

}  // namespace reprise::nn
