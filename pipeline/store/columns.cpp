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

void append_number(h5::Appender& column, std::uint64_t number) {
  column.append(std::as_bytes(std::span(&number, 1)));
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

void ColumnLayout::add(const FieldView& field) {
  const std::uint64_t count = field.elements.size() / element_size(schema.type);
  std::vector<std::uint64_t> shape;
  if (schema.extent == Extent::array) {
    ByteReader reader(field.shape);
    while (!reader.empty()) shape.push_back(reader.value<std::uint64_t>());
  } else if (varies(schema)) {
    shape = {count};
  }
  if (rows == 0) row_shape = shape;
  one_shape &= shape == row_shape;
  ++rows;
  elements += count;
  longest = std::max(longest, count);
  dimensions += shape.size();
  if (is_text(schema) && !holds_zeros)
    holds_zeros = std::ranges::find(field.elements, std::byte{0}) != field.elements.end();
}

bool ColumnLayout::padded() const {
  constexpr std::size_t always_fine = std::size_t{1} << 20U;
  return is_text(schema) && !holds_zeros && longest * rows <= always_fine + 8 * elements;
}

bool ColumnLayout::flat() const {
  if (is_text(schema)) return !padded();
  return varies(schema) && (rows == 0 || !one_shape);
}

ColumnsLayout::ColumnsLayout(const StructSchema& schema) {
  for (const auto& column : schema) columns_.push_back({column});
}

void ColumnsLayout::add(ByteView row) {
  ByteReader reader(row);
  for (auto& column : columns_) column.add(take_field(reader, column.schema));
  if (!reader.empty()) throw DamagedFile("a row is longer than its schema");
  ++rows_;
}

ColumnsAppender::ColumnsAppender(const h5::Group& group, const ColumnsLayout& layout) {
  std::vector<std::string> names;
  for (const auto& column : layout.columns()) {
    names.push_back(column.schema.name);
    columns_.push_back(create(group, column));
  }
  group.set_attribute("fields", fmt::format("{}", fmt::join(names, ",")));
}

ColumnsAppender::Column ColumnsAppender::create(const h5::Group& group, const ColumnLayout& layout) {
  const auto& schema = layout.schema;
  const auto& name = schema.name;
  h5::Dims dims{layout.flat() ? layout.elements : layout.rows};
  h5::Layout stored;
  auto type = stored_type(schema);
  if (layout.padded()) {
    type = h5::string_type(layout.longest);
  } else if (schema.extent == Extent::fixed) {
    dims.push_back(schema.length);
  } else if (!layout.flat()) {
    dims.insert(dims.end(), layout.row_shape.begin(), layout.row_shape.end());
  }
  if (schema.type == ElementType::key) {
    dims.push_back(2);
    stored.deflate = 0;  // hashes don't compress
  }
  Column column{.schema = schema,
                .values = h5::Appender(group.create_dataset(name, type.get(), dims, stored))};
  describe(column.values.dataset(), schema, layout.flat() ? "flat" : "uniform");
  if (layout.padded()) column.padded_to = layout.longest;
  if (!layout.flat()) return column;
  const auto numbers = [&](std::string_view what, std::uint64_t count) {
    return h5::Appender(
        group.create_dataset(fmt::format("{}.{}", name, what), h5::native_type<std::uint64_t>(), {count}));
  };
  column.offsets = numbers("offsets", layout.rows + 1);
  append_number(*column.offsets, 0);
  if (schema.extent != Extent::array) return column;
  column.shapes = numbers("shapes", layout.dimensions);
  column.shape_offsets = numbers("shape_offsets", layout.rows + 1);
  append_number(*column.shape_offsets, 0);
  return column;
}

void ColumnsAppender::add_field(Column& column, const FieldView& field) {
  expects(column.padded_to == 0 || field.elements.size() <= column.padded_to,
          "the layout has seen all texts");
  const std::size_t zeros = column.padded_to > 0 ? column.padded_to - field.elements.size() : 0;
  column.values.append(field.elements, zeros);
  if (!column.offsets) return;
  column.elements += field.elements.size() / element_size(column.schema.type);
  append_number(*column.offsets, column.elements);
  if (!column.shapes) return;
  column.dimensions += field.shape.size() / sizeof(std::uint64_t);
  column.shapes->append(field.shape);
  append_number(*column.shape_offsets, column.dimensions);
}

void ColumnsAppender::add(ByteView row) {
  ByteReader reader(row);
  add_front(reader);
  if (!reader.empty()) throw DamagedFile("a row is longer than its schema");
}

void ColumnsAppender::add_front(ByteReader& rows) {
  for (auto& column : columns_) add_field(column, take_field(rows, column.schema));
}

void ColumnsAppender::finish() {
  for (auto& column : columns_) {
    column.values.finish();
    for (auto* each : {&column.offsets, &column.shapes, &column.shape_offsets}) {
      if (*each) (*each)->finish();
    }
  }
}

void ColumnsWriter::add(ByteView row) {
  layout_.add(row);
  append(encoded_, row);
}

void ColumnsWriter::write(const h5::Group& group) const {
  ColumnsAppender columns(group, layout_);
  ByteReader reader(encoded_);
  for (std::size_t i = 0; i < rows(); ++i) columns.add_front(reader);
  columns.finish();
}

ColumnsReader::ColumnsReader(const h5::Group& group, std::size_t rows) : rows_(rows) {
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

std::size_t ColumnsReader::rows_in(std::size_t wanted) const {
  const std::size_t mean = std::max<std::size_t>(bytes() / std::max<std::size_t>(rows_, 1), 1);
  return std::clamp<std::size_t>(wanted / mean, 1, 4096);
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
