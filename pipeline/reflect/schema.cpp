#include "pipeline/reflect/schema.hpp"

#include "pipeline/base/errors.hpp"

namespace reprise {

std::size_t element_size(ElementType type) {
  switch (type) {
    case ElementType::boolean:
    case ElementType::u8:
    case ElementType::text:
      return 1;
    case ElementType::bf16:
      return 2;
    case ElementType::i32:
    case ElementType::u32:
    case ElementType::f32:
    case ElementType::enumeration:
      return 4;
    case ElementType::i64:
    case ElementType::u64:
    case ElementType::f64:
      return 8;
    case ElementType::key:
      return 16;
  }
  throw std::logic_error("unknown element type");
}

std::string_view name_of(ElementType type) {
  static constexpr std::array names = {"bool", "i32", "i64",  "u8",  "u32",  "u64",
                                       "f32",  "f64", "bf16", "key", "text", "enum"};
  return names.at(static_cast<std::size_t>(type));
}

std::string_view name_of(Extent extent) {
  static constexpr std::array names = {"scalar", "fixed", "ragged", "array"};
  return names.at(static_cast<std::size_t>(extent));
}

}  // namespace reprise
