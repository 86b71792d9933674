#pragma once

#include <cstdint>
#include <vector>

#include "pipeline/reflect/codec.hpp"
#include "pipeline/store/h5.hpp"

namespace reprise {

/// Gathers encoded rows of one struct and writes them as columns, one data set a field.
///
/// A scalar field is a data set [rows]; a fixed one [rows, length]. A vector or array is [rows, ...shape]
/// when all rows agree on the shape (attribute layout = "uniform"); otherwise its values stand one row after
/// another in <name>, with <name>.offsets [rows + 1] and, for arrays, <name>.shapes and <name>.shape_offsets
/// (layout = "flat"). Text is stored as zero-padded UTF-8 of fixed length; where a text holds zeros or
/// padding would blow up the column, as bytes in the flat layout. Every data set says its unit and its
/// description.
class ColumnsWriter {
 public:
  explicit ColumnsWriter(const StructSchema& schema);
  /// Throws DamagedFile when `row` is not a row of the schema.
  void add(ByteView row);
  void write(const h5::Group& group) const;
  std::size_t rows() const { return rows_; }
  /// Bytes held, before compression.
  std::size_t bytes() const;

 private:
  struct Column {
    ColumnSchema schema;
    Bytes values;
    std::vector<std::uint64_t> offsets;  ///< in elements, rows + 1; empty for scalar and fixed
    std::vector<std::uint64_t> shapes;
    std::vector<std::uint64_t> shape_offsets;
  };
  static bool fits_padded(const Column& column, std::size_t rows);
  static void write_column(const h5::Group& group, const Column& column, std::size_t rows);
  std::vector<Column> columns_;
  std::size_t rows_ = 0;
};

/// Reads rows back from columns, as the bytes that were added.
class ColumnsReader {
 public:
  /// Throws DamagedFile when `group` isn't what ColumnsWriter writes, or has not `rows` rows.
  ColumnsReader(const h5::Group& group, std::size_t rows);
  const StructSchema& schema() const { return schema_; }
  /// Bytes of all rows, before compression and without shapes and counts.
  std::size_t bytes() const;
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
};

}  // namespace reprise
