#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "pipeline/reflect/codec.hpp"
#include "pipeline/store/h5.hpp"

namespace reprise {

/// How one field of all rows is to be stored, found by looking at each row once.
struct ColumnLayout {
  ColumnSchema schema;
  std::uint64_t rows = 0;
  std::uint64_t elements = 0;            ///< of all rows
  std::uint64_t longest = 1;             ///< elements of the row that has most
  std::uint64_t dimensions = 0;          ///< of all rows' shapes
  std::vector<std::uint64_t> row_shape;  ///< the first row's
  bool one_shape = true;                 ///< all rows have it
  bool holds_zeros = false;              ///< a text does

  void add(const FieldView& field);
  /// Texts padded with zeros to the longest: none holds a zero, and a long one among many short ones doesn't
  /// blow up the column.
  bool padded() const;
  /// Values one row after another, with offsets.
  bool flat() const;
};

/// How the rows of one struct are stored as columns, one data set a field.
///
/// A scalar field is a data set [rows]; a fixed one [rows, length]. A vector or array is [rows, ...shape]
/// when all rows agree on the shape (attribute layout = "uniform"); otherwise its values stand one row after
/// another in <name>, with <name>.offsets [rows + 1] and, for arrays, <name>.shapes and <name>.shape_offsets
/// (layout = "flat"). Text is stored as zero-padded UTF-8 of fixed length; where a text holds zeros or
/// padding would blow up the column, as bytes in the flat layout. Every data set says its unit and its
/// description.
class ColumnsLayout {
 public:
  explicit ColumnsLayout(const StructSchema& schema);
  /// Looks at a row. Throws DamagedFile when it is not a row of the schema.
  void add(ByteView row);
  std::size_t rows() const { return rows_; }
  const std::vector<ColumnLayout>& columns() const { return columns_; }

 private:
  std::vector<ColumnLayout> columns_;
  std::size_t rows_ = 0;
};

/// Writes encoded rows as columns as they come, holding no more than about a chunk of each.
class ColumnsAppender {
 public:
  /// `layout` has seen all the rows that are going to be added.
  ColumnsAppender(const h5::Group& group, const ColumnsLayout& layout);
  void add(ByteView row);
  /// Adds the row at the front of `rows`.
  void add_front(ByteReader& rows);
  /// Writes what is left. Throws std::logic_error when the rows were not those of the layout.
  void finish();

 private:
  struct Column {
    ColumnSchema schema;
    std::size_t padded_to = 0;  ///< for padded texts
    std::uint64_t elements = 0;
    std::uint64_t dimensions = 0;
    h5::Appender values;
    std::optional<h5::Appender> offsets;
    std::optional<h5::Appender> shapes;
    std::optional<h5::Appender> shape_offsets;
  };
  static Column create(const h5::Group& group, const ColumnLayout& layout);
  static void add_field(Column& column, const FieldView& field);
  std::vector<Column> columns_;
};

/// Gathers encoded rows of one struct in memory, and writes them.
class ColumnsWriter {
 public:
  explicit ColumnsWriter(const StructSchema& schema) : layout_(schema) {}
  /// Throws DamagedFile when `row` is not a row of the schema.
  void add(ByteView row);
  void write(const h5::Group& group) const;
  std::size_t rows() const { return layout_.rows(); }
  /// Bytes held.
  std::size_t bytes() const { return encoded_.size(); }

 private:
  ColumnsLayout layout_;
  Bytes encoded_;
};

/// Reads rows back from columns, as the bytes that were added.
class ColumnsReader {
 public:
  /// Throws DamagedFile when `group` isn't what ColumnsAppender writes, or has not `rows` rows.
  ColumnsReader(const h5::Group& group, std::size_t rows);
  const StructSchema& schema() const { return schema_; }
  /// Bytes of all rows, before compression and without shapes and counts.
  std::size_t bytes() const;
  /// How many rows take about so many bytes: at least 1, at most 4096.
  std::size_t rows_in(std::size_t bytes) const;
  /// Rows [first, first + count).
  std::vector<Bytes> read(std::size_t first, std::size_t count) const;

 private:
  struct Column {
    h5::Dataset values;
    bool flat = false;
    std::vector<std::uint64_t> row_shape;  ///< uniform: dimensions after the first
    std::vector<std::uint64_t> offsets;    ///< flat
    std::vector<std::uint64_t> shapes;
    std::vector<std::uint64_t> shape_offsets;
  };
  void read_column(std::size_t column, std::size_t first, std::vector<Bytes>& rows) const;
  StructSchema schema_;
  std::vector<Column> columns_;
  std::size_t rows_;
};

}  // namespace reprise
