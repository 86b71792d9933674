#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include "pipeline/base/bytes.hpp"
#include "pipeline/reflect/schema.hpp"

namespace reprise {

/// The canonical bytes of a reflected struct: its fields in order, little-endian, without padding. A string,
/// a vector and an array's values are preceded by their count (u64), an array's shape by its rank. Keys are
/// hashes of these bytes, messages carry them, and segments store them split into columns.
static_assert(std::endian::native == std::endian::little, "the canonical encoding is little-endian");

namespace detail {

template <Element T>
void encode_elements(Bytes& out, const T* values, std::size_t count) {
  append(out, std::as_bytes(std::span(values, count)));
}

template <class T>
void encode_value(Bytes& out, const T& value) {
  if constexpr (Reflected<T>) {
    for_each_field<T>([&](const auto& each) { encode_value(out, value.*each.member); });
  } else if constexpr (ReflectedEnum<T>) {
    append_value(out, static_cast<std::int32_t>(value));
  } else if constexpr (Element<T>) {
    append_value(out, value);
  } else if constexpr (IsArray<T>::value) {
    encode_elements(out, value.data(), value.size());
  } else if constexpr (IsNdArray<T>::value) {
    expects(element_count(value.shape) == value.values.size(),
            "an NdArray has as many values as its shape says");
    append_value(out, std::uint64_t{value.shape.size()});
    encode_elements(out, value.shape.data(), value.shape.size());
    encode_elements(out, value.values.data(), value.values.size());
  } else {  // std::string, std::vector
    append_value(out, std::uint64_t{value.size()});
    append(out, std::as_bytes(std::span(value.data(), value.size())));
  }
}

/// A count read from outside: the bytes it promises must be there before anything is allocated for it.
inline std::size_t checked_count(const ByteReader& in, std::uint64_t count, std::size_t element) {
  if (count > in.rest().size() / element) throw DamagedFile("an encoded value promises more than there is");
  return static_cast<std::size_t>(count);
}

template <class T>
void decode_elements(ByteReader& in, T* values, std::size_t count) {
  const auto bytes = in.take(count * sizeof(T));
  if (count > 0) std::memcpy(values, bytes.data(), bytes.size());
}

template <class T>
void decode_value(ByteReader& in, T& value) {
  if constexpr (Reflected<T>) {
    for_each_field<T>([&](const auto& each) { decode_value(in, value.*each.member); });
  } else if constexpr (ReflectedEnum<T>) {
    value = static_cast<T>(in.value<std::int32_t>());
    if (name_of(value).empty()) throw DamagedFile("an encoded enumeration has no such value");
  } else if constexpr (std::is_same_v<T, bool>) {
    value = in.value<std::uint8_t>() != 0;
  } else if constexpr (Element<T>) {
    value = in.value<T>();
  } else if constexpr (IsArray<T>::value) {
    decode_elements(in, value.data(), value.size());
  } else if constexpr (IsNdArray<T>::value) {
    using Scalar = typename decltype(value.values)::value_type;
    value.shape.resize(checked_count(in, in.value<std::uint64_t>(), sizeof(std::uint64_t)));
    decode_elements(in, value.shape.data(), value.shape.size());
    std::uint64_t count = 1;
    for (const auto extent : value.shape) {
      if (extent != 0 && count > in.rest().size() / extent)
        throw DamagedFile("an encoded array is too large");
      count *= extent;
    }
    value.values.resize(checked_count(in, count, sizeof(Scalar)));
    decode_elements(in, value.values.data(), value.values.size());
  } else {
    using Scalar = typename T::value_type;
    value.resize(checked_count(in, in.value<std::uint64_t>(), sizeof(Scalar)));
    decode_elements(in, value.data(), value.size());
  }
}

}  // namespace detail

template <Reflected T>
void encode(Bytes& out, const T& value) {
  detail::encode_value(out, value);
}

template <Reflected T>
Bytes encode(const T& value) {
  Bytes out;
  out.reserve(64);  // most rows fit at once
  encode(out, value);
  return out;
}

/// Throws DamagedFile when the bytes are not exactly one T.
template <Reflected T>
T decode(ByteView bytes) {
  ByteReader in(bytes);
  T value{};
  detail::decode_value(in, value);
  if (!in.empty()) throw DamagedFile("an encoded value is longer than its type");
  return value;
}

/// The extent of one field at the front of a row: where its elements are. Walks a row by its schema alone.
struct FieldView {
  ByteView shape;     ///< u64 each; empty unless the extent is array
  ByteView elements;  ///< the values' bytes
};
FieldView take_field(ByteReader& row, const ColumnSchema& column);

/// One field of an encoded row as text, for messages: "0.5", "[1, 2, ... 20 values]".
std::string show_field(const FieldView& field, const ColumnSchema& column);
/// A whole encoded row as text: "dim = 3, bandwidth = 0.5". Long rows are cut with an ellipsis.
std::string show_row(ByteView row, const StructSchema& schema, std::size_t longest = 400);

}  // namespace reprise
