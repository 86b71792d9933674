#include "pipeline/reflect/codec.hpp"

#include <fmt/format.h>

namespace reprise {
namespace {

template <class T>
std::string show(ByteView element) {
  T value;
  std::memcpy(&value, element.data(), sizeof(T));
  return fmt::format("{}", value);
}

std::string show_element(ByteView element, const ColumnSchema& column) {
  switch (column.type) {
    case ElementType::boolean:
      return element.front() != std::byte{0} ? "true" : "false";
    case ElementType::i32:
      return show<std::int32_t>(element);
    case ElementType::i64:
      return show<std::int64_t>(element);
    case ElementType::u8:
      return fmt::format("{}", std::to_integer<unsigned>(element.front()));
    case ElementType::u32:
      return show<std::uint32_t>(element);
    case ElementType::u64:
      return show<std::uint64_t>(element);
    case ElementType::f32:
      return show<float>(element);
    case ElementType::f64:
      return show<double>(element);
    case ElementType::bf16: {
      std::uint16_t bits = 0;
      std::memcpy(&bits, element.data(), sizeof(bits));
      return fmt::format("{}", std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16U));
    }
    case ElementType::key: {
      Key key;
      std::memcpy(&key, element.data(), sizeof(key));
      return key.hex();
    }
    case ElementType::enumeration: {
      std::int32_t value = 0;
      std::memcpy(&value, element.data(), sizeof(value));
      for (const auto& [name, number] : column.enumerators) {
        if (number == value) return name;
      }
      return fmt::format("{}", value);
    }
    case ElementType::text:
      break;
  }
  return "?";
}

}  // namespace

FieldView take_field(ByteReader& row, const ColumnSchema& column) {
  const std::size_t size = element_size(column.type);
  if (column.type == ElementType::text || column.extent == Extent::ragged) {
    const auto count = detail::checked_count(row, row.value<std::uint64_t>(), size);
    return {{}, row.take(count * size)};
  }
  if (column.extent == Extent::array) {
    const auto rank = detail::checked_count(row, row.value<std::uint64_t>(), sizeof(std::uint64_t));
    const auto shape = row.take(rank * sizeof(std::uint64_t));
    ByteReader extents(shape);
    std::uint64_t count = 1;
    while (!extents.empty()) {
      const auto extent = extents.value<std::uint64_t>();
      if (extent != 0 && count > row.rest().size() / extent)
        throw DamagedFile("an encoded array is too large");
      count *= extent;
    }
    return {shape, row.take(detail::checked_count(row, count, size) * size)};
  }
  return {{}, row.take(column.length * size)};
}

std::string show_field(const FieldView& field, const ColumnSchema& column) {
  if (column.type == ElementType::text) return fmt::format("\"{}\"", text_of(field.elements));
  const std::size_t size = element_size(column.type);
  if (column.extent == Extent::scalar) return show_element(field.elements, column);
  const std::size_t count = field.elements.size() / size;
  constexpr std::size_t shown = 4;
  std::string text = "[";
  for (std::size_t i = 0; i < std::min(count, shown); ++i) {
    if (i > 0) text += ", ";
    text += show_element(field.elements.subspan(i * size, size), column);
  }
  if (count > shown) text += fmt::format(", ... {} values", count);
  return text + "]";
}

std::string show_row(ByteView row, const StructSchema& schema, std::size_t longest) {
  ByteReader reader(row);
  std::string text;
  for (const auto& column : schema) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{} = {}", column.name, show_field(take_field(reader, column), column));
    if (text.size() > longest) return text.substr(0, longest) + " ...";
  }
  return text;
}

}  // namespace reprise
