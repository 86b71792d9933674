#include "pipeline/store/tensors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "pipeline/base/errors.hpp"
#include "pipeline/store/large_segment.hpp"

namespace reprise {
namespace {

constexpr std::string_view format = "reprise tensors 1";
constexpr TensorType all_types[] = {TensorType::f32, TensorType::f64, TensorType::bf16,
                                    TensorType::s8,  TensorType::u8,  TensorType::s32};

hid_t stored_type(TensorType type) {
  switch (type) {
    case TensorType::f64:
      return h5::native_type<double>();
    case TensorType::bf16:
      return h5::native_type<std::uint16_t>();
    case TensorType::s8:
      return h5::native_type<std::int8_t>();
    case TensorType::u8:
      return h5::native_type<std::uint8_t>();
    case TensorType::s32:
      return h5::native_type<std::int32_t>();
    case TensorType::f32:
      break;
  }
  return h5::native_type<float>();
}

void check_names(std::span<const TensorView> tensors) {
  std::set<std::string_view> names;
  for (const auto& [info, bytes] : tensors) {
    expects(bytes.size() == info.bytes(), "a tensor has the bytes of its type and shape");
    if (info.name.empty() || info.name == "." ||
        info.name.find_first_of(std::string_view("/\0", 2)) != std::string::npos)
      throw Error(
          fmt::format("a tensor can't be stored as \"{}\": names are not empty, not \".\", and have no "
                      "slashes (dots separate parts: layer1.0.weight)",
                      info.name));
    if (!names.insert(info.name).second)
      throw Error(fmt::format("two tensors to be stored have the name {}", info.name));
  }
}

void write_tensor(const h5::Group& root, const TensorView& tensor) {
  // Weights hardly compress.
  const auto dataset =
      root.write_raw(tensor.info.name, stored_type(tensor.info.type), tensor.bytes.data(),
                     h5::Dims(tensor.info.shape.begin(), tensor.info.shape.end()), {.deflate = 0});
  dataset.set_attribute("type", name_of(tensor.info.type));
  if (tensor.info.type == TensorType::bf16)
    dataset.set_attribute("description", "bfloat16: each value is the upper half of a 32-bit float");
}

TensorInfo read_info(const h5::Group& root, const std::string& name) {
  const auto dataset = root.open_dataset(name);
  const auto type = dataset.attribute("type");
  for (const auto each : all_types) {
    if (name_of(each) != type) continue;
    const h5::Handle stored(H5Dget_type(dataset.id()), H5Tclose, "get a type");
    if (H5Tequal(stored.get(), stored_type(each)) <= 0)
      throw DamagedFile(
          fmt::format("tensor {} is said to be of type {} but is stored as another", name, type));
    const auto dims = dataset.dims();
    return {name, each, {dims.begin(), dims.end()}};
  }
  throw DamagedFile(
      fmt::format("tensor {} is of type {}, which this version of reprise does not know", name, type));
}

}  // namespace

std::size_t size_of(TensorType type) {
  switch (type) {
    case TensorType::f64:
      return 8;
    case TensorType::bf16:
      return 2;
    case TensorType::s8:
    case TensorType::u8:
      return 1;
    case TensorType::f32:
    case TensorType::s32:
      break;
  }
  return 4;
}

std::string_view name_of(TensorType type) {
  switch (type) {
    case TensorType::f64:
      return "f64";
    case TensorType::bf16:
      return "bf16";
    case TensorType::s8:
      return "s8";
    case TensorType::u8:
      return "u8";
    case TensorType::s32:
      return "s32";
    case TensorType::f32:
      break;
  }
  return "f32";
}

std::size_t TensorInfo::bytes() const {
  std::size_t count = size_of(type);
  for (const auto size : shape) count *= size;
  return count;
}

void publish_tensors(FileSystem& files, const std::filesystem::path& target,
                     std::span<const TensorView> tensors) {
  check_names(tensors);
  SegmentHeader header;
  header.rows = {{"tensors", tensors.size()}};
  publish_large_segment(files, target, std::move(header), [&](const h5::Group& root) {
    root.set_attribute("format", format);
    for (const auto& tensor : tensors) write_tensor(root, tensor);
  });
}

TensorFile TensorFile::open_verified(const std::filesystem::path& file, std::size_t most_in_memory) {
  try {
    auto [header, opened] = open_verified_file(file, most_in_memory);
    const auto& root = opened.root();
    if (const auto found = root.attribute_or("format", "nothing known"); found != format)
      throw DamagedFile(fmt::format("holds {} where {} belongs", found, format));
    std::vector<TensorInfo> tensors;
    for (const auto& name : root.members()) tensors.push_back(read_info(root, name));
    if (header.row_count() != tensors.size())
      throw DamagedFile(
          fmt::format("has {} tensors; its header says {}", tensors.size(), header.row_count()));
    return {std::move(opened), std::move(tensors)};
  } catch (const DamagedFile& error) {
    throw DamagedFile(fmt::format("{}: {}", file.string(), error.what()));
  }
}

void TensorFile::read(const TensorInfo& tensor, std::span<std::byte> out) const {
  expects(out.size() == tensor.bytes(), "a tensor is read into as many bytes as it has");
  const auto dataset = file_.root().open_dataset(tensor.name);
  const auto dims = dataset.dims();
  expects(std::equal(dims.begin(), dims.end(), tensor.shape.begin(), tensor.shape.end()),
          "a tensor is read as its file describes it");
  if (!out.empty()) dataset.read_into(stored_type(tensor.type), out.data());
}

}  // namespace reprise
