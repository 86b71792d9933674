#include "pipeline/store/h5.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "pipeline/base/errors.hpp"

namespace reprise::h5 {
namespace {

herr_t keep_deepest(unsigned /*depth*/, const H5E_error2_t* error, void* reason) {
  if (error->desc != nullptr && *error->desc != '\0') *static_cast<std::string*>(reason) = error->desc;
  return 0;
}

std::string last_reason() {
  std::string reason = "no reason given";
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, keep_deepest, &reason);
  H5Eclear2(H5E_DEFAULT);
  return reason;
}

Handle space_of(const Dims& dims) {
  if (dims.empty()) return {H5Screate(H5S_SCALAR), H5Sclose, "scalar data space"};
  return {H5Screate_simple(static_cast<int>(dims.size()), dims.data(), nullptr), H5Sclose, "data space"};
}

bool is_empty(const Dims& dims) {
  return std::find(dims.begin(), dims.end(), 0U) != dims.end();
}

/// A block in memory and in the file.
std::pair<Handle, Handle> select_block(const Dataset& dataset, const Dims& start, const Dims& extent) {
  Handle file_space(H5Dget_space(dataset.id()), H5Sclose, "get a data space");
  check(H5Sselect_hyperslab(file_space.get(), H5S_SELECT_SET, start.data(), nullptr, extent.data(), nullptr),
        "select a block");
  return {space_of(extent), std::move(file_space)};
}

/// Rows [first, first + count) in memory and in the file.
std::pair<Handle, Handle> select_rows(const Dataset& dataset, hsize_t first, hsize_t count) {
  Dims extent = dataset.dims();
  Dims start(extent.size(), 0);
  start.at(0) = first;
  extent.at(0) = count;
  return select_block(dataset, start, extent);
}

void write_text(hid_t where, const std::string& name, std::string_view text) {
  be_quiet();
  const Handle type = string_type(std::max<std::size_t>(text.size(), 1));
  const Handle space(H5Screate(H5S_SCALAR), H5Sclose, "scalar data space");
  if (H5Aexists(where, name.c_str()) > 0) check(H5Adelete(where, name.c_str()), "replace attribute " + name);
  const Handle attribute(H5Acreate2(where, name.c_str(), type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT),
                         H5Aclose, "create attribute " + name);
  std::string padded(text);
  padded.resize(std::max<std::size_t>(text.size(), 1), '\0');
  check(H5Awrite(attribute.get(), type.get(), padded.data()), "write attribute " + name);
}

std::string read_text(hid_t where, const std::string& name) {
  be_quiet();
  const Handle attribute(H5Aopen(where, name.c_str(), H5P_DEFAULT), H5Aclose, "open attribute " + name);
  const Handle type(H5Aget_type(attribute.get()), H5Tclose, "type of attribute " + name);
  if (H5Tget_class(type.get()) != H5T_STRING || H5Tis_variable_str(type.get()) > 0) {
    throw DamagedFile(fmt::format("attribute {} is not a string of fixed length", name));
  }
  const Handle space(H5Aget_space(attribute.get()), H5Sclose, "space of attribute " + name);
  if (H5Sget_simple_extent_npoints(space.get()) != 1)
    throw DamagedFile("attribute " + name + " is not one string");
  constexpr std::size_t most = std::size_t{1} << 20U;
  if (H5Tget_size(type.get()) > most)
    throw DamagedFile("attribute " + name + " is too long to be one of ours");
  std::string text(H5Tget_size(type.get()), '\0');
  check(H5Aread(attribute.get(), type.get(), text.data()), "read attribute " + name);
  text.erase(std::find(text.begin(), text.end(), '\0'), text.end());
  return text;
}

std::string read_text_or(hid_t where, const std::string& name, std::string_view otherwise) {
  be_quiet();
  return H5Aexists(where, name.c_str()) > 0 ? read_text(where, name) : std::string(otherwise);
}

template <class T>
void write_number(hid_t where, const std::string& name, T value) {
  be_quiet();
  const Handle space(H5Screate(H5S_SCALAR), H5Sclose, "scalar data space");
  const Handle attribute(
      H5Acreate2(where, name.c_str(), native_type<T>(), space.get(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
      "create attribute " + name);
  check(H5Awrite(attribute.get(), native_type<T>(), &value), "write attribute " + name);
}

template <class T>
T read_number(hid_t where, const std::string& name) {
  be_quiet();
  const Handle attribute(H5Aopen(where, name.c_str(), H5P_DEFAULT), H5Aclose, "open attribute " + name);
  const Handle space(H5Aget_space(attribute.get()), H5Sclose, "space of attribute " + name);
  if (H5Sget_simple_extent_npoints(space.get()) != 1)
    throw DamagedFile("attribute " + name + " is not a number");
  T value{};
  check(H5Aread(attribute.get(), native_type<T>(), &value), "read attribute " + name);
  return value;
}

hid_t bool_type() {
  static const hid_t type = [] {
    const hid_t made = H5Tenum_create(H5T_NATIVE_INT8);
    signed char value = 0;
    H5Tenum_insert(made, "FALSE", &value);
    value = 1;
    H5Tenum_insert(made, "TRUE", &value);
    return made;
  }();
  return type;
}

}  // namespace

void be_quiet() {
  thread_local const bool quiet = H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr) >= 0;
  (void)quiet;
}

template <class Result>
Result check(Result result, std::string_view what) {
  if (result < 0) throw DamagedFile(fmt::format("HDF5 cannot {}: {}", what, last_reason()));
  return result;
}
template int check<int>(int, std::string_view);
template hid_t check<hid_t>(hid_t, std::string_view);

Handle::Handle(hid_t id, Close close, std::string_view what) : id_(id), close_(close) {
  check(id, what);
}

void Handle::finish(std::string_view what) {
  check(close_(std::exchange(id_, H5I_INVALID_HID)), what);
}

// clang-format off
template <> hid_t native_type<bool>() { return bool_type(); }
template <> hid_t native_type<std::int8_t>() { return H5T_NATIVE_INT8; }
template <> hid_t native_type<std::uint8_t>() { return H5T_NATIVE_UINT8; }
template <> hid_t native_type<std::byte>() { return H5T_NATIVE_UINT8; }
template <> hid_t native_type<std::uint16_t>() { return H5T_NATIVE_UINT16; }
template <> hid_t native_type<std::int32_t>() { return H5T_NATIVE_INT32; }
template <> hid_t native_type<std::uint32_t>() { return H5T_NATIVE_UINT32; }
template <> hid_t native_type<std::int64_t>() { return H5T_NATIVE_INT64; }
template <> hid_t native_type<std::uint64_t>() { return H5T_NATIVE_UINT64; }
template <> hid_t native_type<float>() { return H5T_NATIVE_FLOAT; }
template <> hid_t native_type<double>() { return H5T_NATIVE_DOUBLE; }
// clang-format on

Handle string_type(std::size_t size) {
  be_quiet();
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose, "copy the string type");
  check(H5Tset_size(type.get(), size), "size a string type");
  check(H5Tset_cset(type.get(), H5T_CSET_UTF8), "make a string type UTF-8");
  check(H5Tset_strpad(type.get(), H5T_STR_NULLPAD), "pad a string type");
  return type;
}

Dims Dataset::dims() const {
  const Handle space(H5Dget_space(handle_.get()), H5Sclose, "get a data space");
  const int rank = check(H5Sget_simple_extent_ndims(space.get()), "get a rank");
  Dims dims(static_cast<std::size_t>(rank));
  if (rank > 0) check(H5Sget_simple_extent_dims(space.get(), dims.data(), nullptr), "get dimensions");
  return dims;
}

void Dataset::read_into(hid_t memory_type, void* out) const {
  be_quiet();
  check(H5Dread(handle_.get(), memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, out), "read a data set");
}

void Dataset::read_rows(hsize_t first, hsize_t count, hid_t memory_type, void* out) const {
  be_quiet();
  if (count == 0) return;
  const auto [memory_space, file_space] = select_rows(*this, first, count);
  check(H5Dread(handle_.get(), memory_type, memory_space.get(), file_space.get(), H5P_DEFAULT, out),
        "read rows of a data set");
}

void Dataset::read_block(const Dims& start, const Dims& extent, hid_t memory_type, void* out) const {
  be_quiet();
  expects(start.size() == extent.size() && start.size() == dims().size(),
          "a block has a data set's dimensions");
  if (is_empty(extent)) return;
  const auto [memory_space, file_space] = select_block(*this, start, extent);
  check(H5Dread(handle_.get(), memory_type, memory_space.get(), file_space.get(), H5P_DEFAULT, out),
        "read a block of a data set");
}

void Dataset::write_rows(hsize_t first, hsize_t count, hid_t memory_type, const void* values) const {
  be_quiet();
  if (count == 0) return;
  const auto [memory_space, file_space] = select_rows(*this, first, count);
  check(H5Dwrite(handle_.get(), memory_type, memory_space.get(), file_space.get(), H5P_DEFAULT, values),
        "write rows of a data set");
}

std::vector<std::string> Dataset::read_strings() const {
  be_quiet();
  const Handle type(H5Dget_type(handle_.get()), H5Tclose, "get a type");
  if (H5Tget_class(type.get()) != H5T_STRING || H5Tis_variable_str(type.get()) > 0) {
    throw DamagedFile("a data set that should hold strings of fixed length does not");
  }
  const std::size_t size = H5Tget_size(type.get());
  std::size_t count = 1;
  for (const auto extent : dims()) count *= extent;
  std::string all(size * count, '\0');
  read_into(type.get(), all.data());
  std::vector<std::string> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view padded(all.data() + i * size, size);
    values[i] = padded.substr(0, std::min(padded.find('\0'), padded.size()));
  }
  return values;
}

std::vector<std::string> Dataset::read_any_strings() const {
  const Handle type(H5Dget_type(handle_.get()), H5Tclose, "get a type");
  if (H5Tget_class(type.get()) != H5T_STRING || H5Tis_variable_str(type.get()) <= 0) return read_strings();
  std::size_t count = 1;
  for (const auto extent : dims()) count *= extent;
  std::vector<char*> texts(count, nullptr);
  read_into(type.get(), texts.data());
  std::vector<std::string> values;
  for (char* const text : texts) {
    values.emplace_back(text == nullptr ? "" : text);
    H5free_memory(text);
  }
  return values;
}

std::string Dataset::element() const {
  be_quiet();
  const Handle type(H5Dget_type(handle_.get()), H5Tclose, "get a type");
  const auto bits = 8 * H5Tget_size(type.get());
  switch (H5Tget_class(type.get())) {
    case H5T_INTEGER:
      return fmt::format("{}{}", H5Tget_sign(type.get()) == H5T_SGN_NONE ? "uint" : "int", bits);
    case H5T_FLOAT:
      return fmt::format("float{}", bits);
    case H5T_STRING:
      return "text";
    default:
      return "something else";
  }
}

void Dataset::set_attribute(const std::string& name, std::string_view text) const {
  write_text(handle_.get(), name, text);
}
std::string Dataset::attribute(const std::string& name) const {
  return read_text(handle_.get(), name);
}
std::string Dataset::attribute_or(const std::string& name, std::string_view otherwise) const {
  return read_text_or(handle_.get(), name, otherwise);
}
template <class T>
void Dataset::set_number(const std::string& name, T value) const {
  write_number(handle_.get(), name, value);
}
template <class T>
T Dataset::number(const std::string& name) const {
  return read_number<T>(handle_.get(), name);
}

Group Group::create_group(const std::string& name) const {
  be_quiet();
  const Handle links(H5Pcreate(H5P_LINK_CREATE), H5Pclose, "make link properties");
  check(H5Pset_create_intermediate_group(links.get(), 1), "ask for intermediate groups");
  return Group({H5Gcreate2(handle_.get(), name.c_str(), links.get(), H5P_DEFAULT, H5P_DEFAULT), H5Gclose,
                "create group " + name});
}

Group Group::open_group(const std::string& name) const {
  be_quiet();
  return Group({H5Gopen2(handle_.get(), name.c_str(), H5P_DEFAULT), H5Gclose, "open group " + name});
}

Dataset Group::open_dataset(const std::string& name) const {
  be_quiet();
  Dataset dataset({H5Dopen2(handle_.get(), name.c_str(), H5P_DEFAULT), H5Dclose, "open data set " + name});
  // Readers make room for what a data set says it holds: damage must not make it say more than can be there.
  constexpr double most_deflated = 1032;
  const Handle type(H5Dget_type(dataset.id()), H5Tclose, "get a type");
  auto claimed = static_cast<double>(H5Tget_size(type.get()));
  for (const auto extent : dataset.dims()) claimed *= static_cast<double>(extent);
  if (claimed > most_deflated * static_cast<double>(H5Dget_storage_size(dataset.id()))) {
    throw DamagedFile("data set " + name + " claims to hold more than its bytes can");
  }
  return dataset;
}

bool Group::has(const std::string& name) const {
  be_quiet();
  return H5Lexists(handle_.get(), name.c_str(), H5P_DEFAULT) > 0;
}

bool Group::is_group(const std::string& name) const {
  be_quiet();
  H5O_info_t info{};
  check(H5Oget_info_by_name2(handle_.get(), name.c_str(), &info, H5O_INFO_BASIC, H5P_DEFAULT),
        "look at " + name);
  return info.type == H5O_TYPE_GROUP;
}

std::vector<std::string> Group::members() const {
  be_quiet();
  H5G_info_t info{};
  check(H5Gget_info(handle_.get(), &info), "look into a group");
  std::vector<std::string> names;
  names.reserve(info.nlinks);
  for (hsize_t i = 0; i < info.nlinks; ++i) {
    const auto length =
        H5Lget_name_by_idx(handle_.get(), ".", H5_INDEX_NAME, H5_ITER_INC, i, nullptr, 0, H5P_DEFAULT);
    check(static_cast<herr_t>(length < 0 ? -1 : 0), "name a member of a group");
    std::string name(static_cast<std::size_t>(length) + 1, '\0');
    H5Lget_name_by_idx(handle_.get(), ".", H5_INDEX_NAME, H5_ITER_INC, i, name.data(), name.size(),
                       H5P_DEFAULT);
    name.pop_back();
    names.push_back(std::move(name));
  }
  return names;
}

Dataset Group::create_dataset(const std::string& name, hid_t type, const Dims& dims,
                              const Layout& layout) const {
  be_quiet();
  const Handle space = space_of(dims);
  const Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "make data set properties");
  if (!dims.empty() && !is_empty(dims)) {
    Dims chunk = dims;
    std::size_t row = H5Tget_size(type);
    for (std::size_t i = 1; i < dims.size(); ++i) row *= dims[i];
    chunk[0] = std::clamp<hsize_t>(layout.chunk_bytes / std::max<std::size_t>(row, 1), 1, dims[0]);
    check(H5Pset_chunk(properties.get(), static_cast<int>(chunk.size()), chunk.data()), "set chunks");
    if (layout.deflate > 0) {
      check(H5Pset_shuffle(properties.get()), "shuffle");
      check(H5Pset_deflate(properties.get(), static_cast<unsigned>(layout.deflate)), "deflate");
    }
    check(H5Pset_fletcher32(properties.get()), "checksum");
  }
  check(H5Pset_obj_track_times(properties.get(), false), "leave out times");
  const Handle links(H5Pcreate(H5P_LINK_CREATE), H5Pclose, "make link properties");
  check(H5Pset_create_intermediate_group(links.get(), 1), "ask for intermediate groups");
  return Dataset(
      {H5Dcreate2(handle_.get(), name.c_str(), type, space.get(), links.get(), properties.get(), H5P_DEFAULT),
       H5Dclose, "create data set " + name});
}

Dataset Group::write_raw(const std::string& name, hid_t type, const void* values, const Dims& dims,
                         const Layout& layout) const {
  Dataset dataset = create_dataset(name, type, dims, layout);
  if (!is_empty(dims)) {
    check(H5Dwrite(dataset.id(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), "write data set " + name);
  }
  return dataset;
}

Dataset Group::write_strings(const std::string& name, std::span<const std::string> values) const {
  std::size_t size = 1;
  for (const auto& value : values) size = std::max(size, value.size());
  std::string all(size * values.size(), '\0');
  for (std::size_t i = 0; i < values.size(); ++i) values[i].copy(all.data() + i * size, values[i].size());
  return write_raw(name, string_type(size).get(), all.data(), {values.size()});
}

void Group::set_attribute(const std::string& name, std::string_view text) const {
  write_text(handle_.get(), name, text);
}
std::string Group::attribute(const std::string& name) const {
  return read_text(handle_.get(), name);
}
std::string Group::attribute_or(const std::string& name, std::string_view otherwise) const {
  return read_text_or(handle_.get(), name, otherwise);
}
bool Group::has_attribute(const std::string& name) const {
  be_quiet();
  return H5Aexists(handle_.get(), name.c_str()) > 0;
}
template <class T>
void Group::set_number(const std::string& name, T value) const {
  write_number(handle_.get(), name, value);
}
template <class T>
T Group::number(const std::string& name) const {
  return read_number<T>(handle_.get(), name);
}

// clang-format off
#define REPRISE_H5_NUMBERS(T)                                               \
  template void Dataset::set_number<T>(const std::string&, T) const;        \
  template T Dataset::number<T>(const std::string&) const;                  \
  template void Group::set_number<T>(const std::string&, T) const;          \
  template T Group::number<T>(const std::string&) const;
REPRISE_H5_NUMBERS(bool)
REPRISE_H5_NUMBERS(std::int32_t)
REPRISE_H5_NUMBERS(std::uint32_t)
REPRISE_H5_NUMBERS(std::int64_t)
REPRISE_H5_NUMBERS(std::uint64_t)
REPRISE_H5_NUMBERS(double)
#undef REPRISE_H5_NUMBERS
// clang-format on

Appender::Appender(Dataset dataset)
    : dataset_(std::move(dataset)),
      type_(H5Dget_type(dataset_.id()), H5Tclose, "get a type"),
      row_bytes_(H5Tget_size(type_.get())) {
  const auto dims = dataset_.dims();
  for (std::size_t i = 1; i < dims.size(); ++i) row_bytes_ *= dims[i];
  rows_ = dims.at(0);
}

void Appender::append(ByteView bytes, std::size_t zeros) {
  constexpr std::size_t enough = Layout{}.chunk_bytes;
  reprise::append(pending_, bytes);
  pending_.resize(pending_.size() + zeros);
  if (pending_.size() >= enough) write_whole_rows();
}

void Appender::write_whole_rows() {
  const hsize_t count = row_bytes_ == 0 ? 0 : pending_.size() / row_bytes_;
  expects(count <= rows_ - written_, "a data set gets no more than its rows");
  dataset_.write_rows(written_, count, type_.get(), pending_.data());
  written_ += count;
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(count * row_bytes_));
}

void Appender::finish() {
  write_whole_rows();
  expects(pending_.empty() && (row_bytes_ == 0 || written_ == rows_), "a data set gets all of its rows");
}

}  // namespace reprise::h5
