#include "kernels/data/safetensors_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "kernels/data/bytes.hpp"

namespace reprise::nn {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kMostHeaderBytes = 100'000'000;
constexpr std::string_view kMetadata = "__metadata__";

struct NamedType {
  std::string_view name;
  DataType type;
  StoredTensor::Elements stored;
  std::uint64_t bytes;  ///< of an element in the file
};

using Elements = StoredTensor::Elements;
constexpr NamedType kTypes[] = {
    {"F32", DataType::f32, Elements::as_they_are, 4},   {"F64", DataType::f64, Elements::as_they_are, 8},
    {"BF16", DataType::bf16, Elements::as_they_are, 2}, {"I8", DataType::s8, Elements::as_they_are, 1},
    {"U8", DataType::u8, Elements::as_they_are, 1},     {"I32", DataType::s32, Elements::as_they_are, 4},
    {"F16", DataType::f32, Elements::f16, 2},           {"I64", DataType::s32, Elements::i64, 8},
};

/// Quoted for a message: what is strange in it escaped, and not too much of it.
std::string quoted(const std::string& text) {
  constexpr std::size_t most = 100;
  return Json(text.substr(0, most)).dump(-1, ' ', true, Json::error_handler_t::replace) +
         (text.size() > most ? "..." : "");
}

std::string shown(const Json& value) {
  auto text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
  if (text.size() > 100) text = text.substr(0, 100) + "...";
  return text;
}

/// Parses the header, and refuses what a lenient parser would let pass: a key said twice, of which it would
/// keep the last, and nesting that no header has, which would only cost memory.
Json parse(std::string_view text, const std::filesystem::path& file) {
  std::vector<std::set<std::string>> keys;
  const auto check = [&](int depth, Json::parse_event_t event, Json& value) {
    if (event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start) {
      if (depth > 2)
        throw DataError(file, "its header nests deeper than names, descriptions and lists of numbers");
      if (event == Json::parse_event_t::object_start) keys.emplace_back();
    }
    if (event == Json::parse_event_t::object_end) keys.pop_back();
    if (event == Json::parse_event_t::key) {
      const auto& key = value.get_ref<const std::string&>();
      if (!keys.back().insert(key).second)
        throw DataError(file, fmt::format("its header says {} twice", quoted(key)));
    }
    return true;
  };
  try {
    return Json::parse(text, check);
  } catch (const Json::exception& error) {
    throw DataError(file, fmt::format("its header is not valid JSON in UTF-8: {}", error.what()));
  }
}

/// Reads the description of one tensor; `fail` throws with the tensor's name.
class Description {
 public:
  Description(const std::string& name, const Json& value, const std::filesystem::path& file)
      : name_(name), value_(value), file_(file) {
    if (!value.is_object())
      fail(fmt::format("is described by {} where an object with dtype, shape and data_offsets belongs",
                       shown(value)));
  }

  StoredTensor read() const {
    StoredTensor tensor;
    tensor.name = name_;
    const auto& type = type_of_elements();
    tensor.type = type.type;
    tensor.stored = type.stored;
    const auto elements = read_shape(tensor.shape, type.bytes);
    const auto offsets = numbers("data_offsets");
    if (offsets.size() != 2)
      fail(fmt::format("has {} data_offsets; two belong there, begin and end", offsets.size()));
    tensor.begin = offsets[0];
    tensor.end = offsets[1];
    if (tensor.begin > tensor.end)
      fail(fmt::format("begins at byte {}, behind its end at {}", tensor.begin, tensor.end));
    if (tensor.end - tensor.begin != elements * type.bytes)
      fail(fmt::format("has {} bytes; {} elements of {} in shape {} need {}", tensor.end - tensor.begin,
                       elements, type.name, to_string(tensor.shape), elements * type.bytes));
    if (tensor.begin % type.bytes != 0)
      fail(fmt::format("begins at byte {}, which is not a multiple of its elements' {} bytes", tensor.begin,
                       type.bytes));
    return tensor;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw DataError(file_, fmt::format("tensor {} {}", quoted(name_), what));
  }

  const Json& field(const char* key) const {
    const auto found = value_.find(key);
    if (found == value_.end()) fail(fmt::format("has no {}", key));
    return *found;
  }

  const NamedType& type_of_elements() const {
    const Json& name = field("dtype");
    for (const auto& type : kTypes)
      if (name.is_string() && name.get_ref<const std::string&>() == type.name) return type;
    fail(fmt::format("has dtype {}; F32, F64, F16, BF16, I8, U8, I32 and I64 can be read", shown(name)));
  }

  std::vector<std::uint64_t> numbers(const char* key) const {
    const Json& list = field(key);
    if (!list.is_array())
      fail(fmt::format("has {} {}; a list of whole numbers belongs there", key, shown(list)));
    std::vector<std::uint64_t> values;
    for (const auto& value : list) {
      if (!value.is_number_unsigned())
        fail(fmt::format("has {} in its {}; a whole number from 0 to 2^64 - 1 belongs there", shown(value),
                         key));
      values.push_back(value.get<std::uint64_t>());
    }
    return values;
  }

  /// Returns the number of elements.
  std::uint64_t read_shape(Shape& shape, std::uint64_t element_bytes) const {
    const auto sizes = numbers("shape");
    if (sizes.size() > Shape::kMaxRank)
      fail(fmt::format("has {} axes; a tensor has at most six", sizes.size()));
    // Strides are products of sizes other than zero: none of these may overflow either.
    auto room = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) / element_bytes;
    bool empty = false;
    std::uint64_t elements = 1;
    for (const auto size : sizes) {
      empty = empty || size == 0;
      const auto counted = std::max<std::uint64_t>(size, 1);
      if (counted > room)
        fail(fmt::format("has shape {}: more bytes than can be counted", shown(field("shape"))));
      room /= counted;
      elements *= counted;
      shape.append(static_cast<std::int64_t>(size));
    }
    return empty ? 0 : elements;
  }

  const std::string& name_;
  const Json& value_;
  const std::filesystem::path& file_;
};

/// Throws DataError unless tensors, sorted by place, cover the data without gaps.
void check_cover(const std::vector<StoredTensor>& tensors, std::uint64_t data_bytes,
                 const std::filesystem::path& file) {
  std::uint64_t covered = 0;
  const StoredTensor* before = nullptr;
  for (const auto& tensor : tensors) {
    if (tensor.end > data_bytes)
      throw DataError(file,
                      fmt::format("tensor {} ends at byte {} of the data, of which there are {}: it was "
                                  "cut short or is damaged, fetch it again",
                                  quoted(tensor.name), tensor.end, data_bytes));
    if (tensor.begin < covered)
      throw DataError(file, fmt::format("tensors {} and {} overlap: the first ends at byte {}, the second "
                                        "begins at {}",
                                        quoted(before->name), quoted(tensor.name), covered, tensor.begin));
    if (tensor.begin > covered)
      throw DataError(file, fmt::format("bytes {} to {} of the data, before tensor {}, belong to no tensor",
                                        covered, tensor.begin, quoted(tensor.name)));
    covered = tensor.end;
    before = &tensor;
  }
  if (covered != data_bytes)
    throw DataError(file, fmt::format("the last {} bytes belong to no tensor", data_bytes - covered));
}

std::string_view name_of(const StoredTensor& tensor) {
  for (const auto& type : kTypes)
    if (type.type == tensor.type && type.stored == tensor.stored) return type.name;
  return "?";
}

}  // namespace

std::size_t safetensors_header_bytes(std::string_view first_eight, std::uint64_t file_bytes,
                                     const std::filesystem::path& file) {
  if (first_eight.size() < 8)
    throw DataError(file, fmt::format("has {} bytes; a safetensors file starts with eight that say how long "
                                      "its header is",
                                      first_eight.size()));
  std::uint64_t length = 0;
  std::memcpy(&length, first_eight.data(), 8);
  if (length > kMostHeaderBytes)
    throw DataError(file, fmt::format("says that its header has {} bytes; at most {} are allowed (is this a "
                                      "safetensors file?)",
                                      length, kMostHeaderBytes));
  if (length > file_bytes - 8)
    throw DataError(file, fmt::format("says that its header has {} bytes, but only {} follow: it was cut "
                                      "short, or is no safetensors file",
                                      length, file_bytes - 8));
  return static_cast<std::size_t>(length);
}

SafetensorsHeader parse_safetensors_header(std::string_view json, std::uint64_t data_bytes,
                                           const std::filesystem::path& file) {
  if (!json.starts_with('{')) throw DataError(file, "its header does not start with {");
  // The parser would take a zero byte for the text's end.
  if (json.find('\0') != json.npos) throw DataError(file, "its header is not valid JSON: it has a zero byte");
  const Json parsed = parse(json, file);
  SafetensorsHeader header;
  for (const auto& [name, value] : parsed.items()) {
    if (name != kMetadata) {
      header.tensors.push_back(Description(name, value, file).read());
      continue;
    }
    if (!value.is_object()) throw DataError(file, "its __metadata__ is not an object of strings");
    for (const auto& [key, text] : value.items()) {
      if (!text.is_string())
        throw DataError(file, fmt::format("its __metadata__ {} is {}; only strings belong there", quoted(key),
                                          shown(text)));
      header.metadata.emplace(key, text.get<std::string>());
    }
  }
  std::sort(header.tensors.begin(), header.tensors.end(), [](const auto& a, const auto& b) {
    return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
  });
  check_cover(header.tensors, data_bytes, file);
  return header;
}

std::string safetensors_header_text(const SafetensorsHeader& header) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  if (!header.metadata.empty()) json[std::string(kMetadata)] = header.metadata;
  std::string text;
  try {
    for (const auto& tensor : header.tensors) {
      if (tensor.name == kMetadata) throw std::invalid_argument("no tensor can be called __metadata__");
      auto& described = json[tensor.name];
      described["dtype"] = name_of(tensor);
      described["shape"] = std::vector<std::int64_t>(tensor.shape.begin(), tensor.shape.end());
      described["data_offsets"] = {tensor.begin, tensor.end};
    }
    text = json.dump();
  } catch (const nlohmann::ordered_json::exception& error) {
    throw std::invalid_argument(fmt::format("names and metadata must be UTF-8: {}", error.what()));
  }
  text.resize((text.size() + 7) / 8 * 8, ' ');
  return text;
}

}  // namespace reprise::nn
