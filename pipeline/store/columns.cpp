#include "pipeline/store/columns.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace reprise {
namespace {

/// The HDF5 type of one element. A key is two u64, in a dimension of its own.
h5::Handle stored_type(const ColumnSchema& column) {
  const auto copy = [](hid_t type) { return h5::Handle(H5Tcopy(type), H5Tclose, "copy a type"); };
  switch (column.type) {
    case ElementType::boolean:
      return copy(h5::native_type<bool>());
    case ElementType::i32:
      return copy(h5::native_type<std::int32_t>());
    case ElementType::i64:
      return copy(h5::native_type<std::int64_t>());
    case ElementType::u8:
    case ElementType::text:
      return copy(h5::native_type<std::uint8_t>());
    case ElementType::u32:
      return copy(h5::native_type<std::uint32_t>());
    case ElementType::u64:
    case ElementType::key:
      return copy(h5::native_type<std::uint64_t>());
    case ElementType::f32:
      return copy(h5::native_type<float>());
    case ElementType::f64:
      return copy(h5::native_type<double>());
    case ElementType::bf16:
      return copy(h5::native_type<std::uint16_t>());
    case ElementType::enumeration: {
      h5::Handle type(H5Tenum_create(H5T_NATIVE_INT32), H5Tclose, "make an enumeration");
      for (const auto& [name, value] : column.enumerators) {
        h5::check(H5Tenum_insert(type.get(), name.c_str(), &value), "name an enumeration's value");
      }
      return type;
    }
  }
  throw std::logic_error("unknown element type");
}

bool is_text(const ColumnSchema& column) {
  return column.type == ElementType::text;
}
bool varies(const ColumnSchema& column) {
  return is_text(column) || column.extent == Extent::ragged || column.extent == Extent::array;
}

void describe(const h5::Dataset& dataset, const ColumnSchema& column, std::string_view layout) {
  dataset.set_attribute("description", column.description);
  dataset.set_attribute("unit", column.unit);
  dataset.set_attribute("type", name_of(column.type));
  dataset.set_attribute("extent", name_of(column.extent));
  dataset.set_attribute("layout", layout);
}

template <class Names>
auto parse_name(std::string_view name, Names last, std::string_view what) {
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    if (name_of(static_cast<Names>(i)) == name) return static_cast<Names>(i);
  }
  throw DamagedFile(
      fmt::format("a column has the unknown {} \"{}\"; was it written by a newer version?", what, name));
}

std::vector<std::pair<std::string, std::int32_t>> read_enumerators(const h5::Dataset& dataset) {
  const h5::Handle type(H5Dget_type(dataset.id()), H5Tclose, "get a type");
  std::vector<std::pair<std::string, std::int32_t>> result;
  if (H5Tget_class(type.get()) != H5T_ENUM || H5Tget_size(type.get()) != sizeof(std::int32_t)) {
    throw DamagedFile("a column of enumeration values is not one of HDF5's enumerations of 32 bits");
  }
  const int count = h5::check(H5Tget_nmembers(type.get()), "count an enumeration's values");
  for (int i = 0; i < count; ++i) {
    std::int32_t value = 0;
    h5::check(H5Tget_member_value(type.get(), static_cast<unsigned>(i), &value),
              "read an enumeration's value");
    char* name = H5Tget_member_name(type.get(), static_cast<unsigned>(i));
    if (name == nullptr) throw DamagedFile("an enumeration's value has no name");
    result.emplace_back(name, value);
    H5free_memory(name);
  }
  return result;
}

}  // namespace

ColumnsWriter::ColumnsWriter(const StructSchema& schema) {
  for (const auto& column : schema) {
    columns_.push_back({column, {}, {}, {}, {}});
    if (varies(column)) columns_.back().offsets.push_back(0);
    if (column.extent == Extent::array) columns_.back().shape_offsets.push_back(0);
  }
}

void ColumnsWriter::add(ByteView row) {
  ByteReader reader(row);
  for (auto& column : columns_) {
    const auto field = take_field(reader, column.schema);
    append(column.values, field.elements);
    if (!varies(column.schema)) continue;
    column.offsets.push_back(column.offsets.back() +
                             field.elements.size() / element_size(column.schema.type));
    if (column.schema.extent != Extent::array) continue;
    ByteReader shape(field.shape);
    while (!shape.empty()) column.shapes.push_back(shape.value<std::uint64_t>());
    column.shape_offsets.push_back(column.shapes.size());
  }
  if (!reader.empty()) throw DamagedFile("a row is longer than its schema");
  ++rows_;
}

std::size_t ColumnsWriter::bytes() const {
  std::size_t total = 0;
  for (const auto& column : columns_) {
    total += column.values.size() +
             8 * (column.offsets.size() + column.shapes.size() + column.shape_offsets.size());
  }
  return total;
}

void ColumnsWriter::write(const h5::Group& group) const {
  std::vector<std::string> names;
  for (const auto& column : columns_) {
    names.push_back(column.schema.name);
    write_column(group, column, rows_);
  }
  group.set_attribute("fields", fmt::format("{}", fmt::join(names, ",")));
}

/// Whether texts may be padded with zeros to the longest: none holds a zero, and a long one among many short
/// ones doesn't blow up the column.
bool ColumnsWriter::fits_padded(const Column& column, std::size_t rows) {
  constexpr std::size_t always_fine = std::size_t{1} << 20U;
  std::size_t longest = 1;
  for (std::size_t i = 0; i < rows; ++i)
    longest = std::max(longest, column.offsets[i + 1] - column.offsets[i]);
  return longest * rows <= always_fine + 8 * column.values.size() &&
         std::find(column.values.begin(), column.values.end(), std::byte{0}) == column.values.end();
}

void ColumnsWriter::write_column(const h5::Group& group, const Column& column, std::size_t rows) {
  const auto& schema = column.schema;
  const auto& name = schema.name;
  if (is_text(schema) && fits_padded(column, rows)) {
    std::vector<std::string> texts;
    texts.reserve(rows);
    for (std::size_t i = 0; i < rows; ++i) {
      texts.emplace_back(text_of(
          ByteView(column.values).subspan(column.offsets[i], column.offsets[i + 1] - column.offsets[i])));
    }
    describe(group.write_strings(name, texts), schema, "uniform");
    return;
  }
  std::vector<std::uint64_t> row_shape;  // what a row's dimensions are where all rows agree
  bool uniform = rows > 0;
  if (schema.extent == Extent::fixed) row_shape = {schema.length};
  if (schema.extent == Extent::ragged && uniform) row_shape = {column.offsets[1]};
  if (schema.extent == Extent::array && uniform) {
    row_shape.assign(column.shapes.begin(),
                     column.shapes.begin() + static_cast<std::ptrdiff_t>(column.shape_offsets[1]));
  }
  if (is_text(schema)) uniform = false;
  for (std::size_t i = 0; uniform && varies(schema) && i < rows; ++i) {
    if (schema.extent == Extent::ragged) {
      uniform = column.offsets[i + 1] - column.offsets[i] == row_shape[0];
    } else {
      uniform = std::equal(row_shape.begin(), row_shape.end(),
                           column.shapes.begin() + static_cast<std::ptrdiff_t>(column.shape_offsets[i]),
                           column.shapes.begin() + static_cast<std::ptrdiff_t>(column.shape_offsets[i + 1]));
    }
  }
  h5::Dims dims;
  if (uniform || !varies(schema)) {
    dims.push_back(rows);
    dims.insert(dims.end(), row_shape.begin(), row_shape.end());
  } else {
    dims.push_back(column.offsets.back());
  }
  h5::Layout layout;
  if (schema.type == ElementType::key) {
    dims.push_back(2);
    layout.deflate = 0;  // hashes don't compress
  }
  const auto dataset = group.write_raw(name, stored_type(schema).get(), column.values.data(), dims, layout);
  describe(dataset, schema, uniform || !varies(schema) ? "uniform" : "flat");
  if (uniform || !varies(schema)) return;
  group.write(name + ".offsets", column.offsets);
  if (schema.extent != Extent::array) return;
  group.write(name + ".shapes", column.shapes);
  group.write(name + ".shape_offsets", column.shape_offsets);
}

ColumnsReader::ColumnsReader(const h5::Group& group, std::size_t rows) {
  const std::string fields = group.attribute("fields");
  for (std::size_t at = 0; at < fields.size();) {
    const auto comma = std::min(fields.find(',', at), fields.size());
    const auto name = fields.substr(at, comma - at);
    at = comma + 1;
    Column column{group.open_dataset(name)};
    ColumnSchema schema{name, column.values.attribute("description"), column.values.attribute("unit")};
    schema.type = parse_name(column.values.attribute("type"), ElementType::enumeration, "type");
    schema.extent = parse_name(column.values.attribute("extent"), Extent::array, "extent");
    if (schema.type == ElementType::enumeration) schema.enumerators = read_enumerators(column.values);
    column.flat = column.values.attribute("layout") == "flat";
    auto dims = column.values.dims();
    if (column.flat) {
      column.offsets = group.open_dataset(name + ".offsets").read<std::uint64_t>();
      if (column.offsets.size() != rows + 1 ||
          !std::is_sorted(column.offsets.begin(), column.offsets.end())) {
        throw DamagedFile(fmt::format("column {} has broken offsets", name));
      }
      if (schema.extent == Extent::array) {
        column.shapes = group.open_dataset(name + ".shapes").read<std::uint64_t>();
        column.shape_offsets = group.open_dataset(name + ".shape_offsets").read<std::uint64_t>();
        if (column.shape_offsets.size() != rows + 1 ||
            !std::is_sorted(column.shape_offsets.begin(), column.shape_offsets.end()) ||
            column.shape_offsets.back() != column.shapes.size()) {
          throw DamagedFile(fmt::format("column {} has broken shapes", name));
        }
      }
      if (dims.empty() || dims[0] != column.offsets.back()) {
        throw DamagedFile(fmt::format("column {} has not the values its offsets promise", name));
      }
    } else {
      if (dims.empty() || dims[0] != rows) {
        throw DamagedFile(fmt::format("column {} has not {} rows", name, rows));
      }
      column.row_shape.assign(dims.begin() + 1, dims.end());
      if (schema.type == ElementType::key && !column.row_shape.empty()) column.row_shape.pop_back();
      if (schema.extent == Extent::fixed) schema.length = element_count(column.row_shape);
    }
    schema_.push_back(std::move(schema));
    columns_.push_back(std::move(column));
  }
}

std::size_t ColumnsReader::bytes() const {
  std::size_t total = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const h5::Handle type(H5Dget_type(columns_[i].values.id()), H5Tclose, "get a type");
    std::size_t bytes = H5Tget_size(type.get());
    for (const auto extent : columns_[i].values.dims()) bytes *= extent;
    total += bytes;
  }
  return total;
}

std::vector<Bytes> ColumnsReader::read(std::size_t first, std::size_t count) const {
  std::vector<Bytes> rows(count);
  for (std::size_t column = 0; column < columns_.size(); ++column) read_column(column, first, rows);
  return rows;
}

void ColumnsReader::read_column(std::size_t index, std::size_t first, std::vector<Bytes>& rows) const {
  const auto& schema = schema_[index];
  const auto& column = columns_[index];
  const std::size_t size = element_size(schema.type);
  const std::size_t count = rows.size();
  if (is_text(schema) && !column.flat) {
    const h5::Handle type(H5Dget_type(column.values.id()), H5Tclose, "get a type");
    if (H5Tget_class(type.get()) != H5T_STRING || H5Tis_variable_str(type.get()) > 0) {
      throw DamagedFile(fmt::format("column {} does not hold strings of fixed length", schema.name));
    }
    const std::size_t width = H5Tget_size(type.get());
    std::string all(width * count, '\0');
    column.values.read_rows(first, count, type.get(), all.data());
    for (std::size_t i = 0; i < count; ++i) {
      const std::string_view padded(all.data() + i * width, width);
      const auto text = padded.substr(0, padded.find('\0'));
      append_value(rows[i], std::uint64_t{text.size()});
      append(rows[i], bytes_of(text));
    }
    return;
  }
  const auto type = stored_type(schema);
  const std::uint64_t begin = column.flat ? column.offsets[first] : first;
  const std::uint64_t end = column.flat ? column.offsets[first + count] : first + count;
  const std::uint64_t per_unit = column.flat ? 1 : element_count(column.row_shape);
  Bytes all((end - begin) * per_unit * size);
  column.values.read_rows(begin, end - begin, type.get(), all.data());
  ByteReader reader(all);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t elements =
        column.flat ? column.offsets[first + i + 1] - column.offsets[first + i] : per_unit;
    if (schema.extent == Extent::array) {
      const auto* shape =
          column.flat ? column.shapes.data() + column.shape_offsets[first + i] : column.row_shape.data();
      const std::uint64_t rank = column.flat
                                     ? column.shape_offsets[first + i + 1] - column.shape_offsets[first + i]
                                     : column.row_shape.size();
      append_value(rows[i], rank);
      append(rows[i], std::as_bytes(std::span(shape, rank)));
    } else if (varies(schema)) {
      append_value(rows[i], elements);
    }
    append(rows[i], reader.take(elements * size));
  }
}

}  // namespace reprise
