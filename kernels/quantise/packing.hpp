#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// Codes of 1 to 8 bits as a stream of bits, least significant first: code i takes bits [i b, (i + 1) b) of
/// the stream, bit k of which is bit k mod 8 of byte k / 8. The last byte is filled with zeros.
namespace reprise::nn {

[[nodiscard]] std::size_t packed_bytes(std::size_t codes, std::int32_t bits);

/// Throws std::invalid_argument for other numbers of bits and for codes that don't fit.
[[nodiscard]] std::vector<std::uint8_t> pack(std::span<const std::int32_t> codes, std::int32_t bits);
/// Throws std::invalid_argument unless `packed` has exactly the bytes of `count` codes, the last filled with
/// zeros.
[[nodiscard]] std::vector<std::uint8_t> unpack(std::span<const std::uint8_t> packed, std::size_t count,
                                               std::int32_t bits);

}  // namespace reprise::nn
