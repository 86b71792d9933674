#pragma once

#include <hdf5.h>

#include <cstdint>
#include <string>
#include <vector>

namespace reprise::bench {

/// One row of a result as a segment has it, key and provenance included: 48 bytes.
struct Row {
  std::uint64_t key_high = 0, key_low = 0;
  std::uint64_t i = 0;
  double value = 0;
  float wall_seconds = 0, cpu_seconds = 0;
  std::uint32_t rank = 0, origin = 0;
};

/// How one stores rows without a store: one HDF5 file with an extendible table of compound rows, appended to
/// in place. The baseline of bench_run, bench_store and kill_record. Throws std::runtime_error.
class RowTable {
 public:
  enum class Mode { plain, swmr };  ///< swmr: HDF5's mode for readers beside one writer
  explicit RowTable(const std::string& file, Mode mode = Mode::plain);
  ~RowTable();
  RowTable(const RowTable&) = delete;
  RowTable& operator=(const RowTable&) = delete;

  /// Extends the table by one row and writes it.
  void append(const Row& row);
  void flush();
  void close();

  /// Opens a file and reads all rows.
  static std::vector<Row> read(const std::string& file, Mode mode = Mode::plain);

 private:
  hid_t file_ = -1, type_ = -1, dataset_ = -1;
  hsize_t rows_ = 0;
};

}  // namespace reprise::bench
