#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "pipeline/store/h5_file.hpp"

namespace reprise {

/// What a data set of a user's file must be.
struct ArrayRule {
  std::vector<std::string> elements;               ///< in NumPy's words: "uint8"; empty: any number
  std::vector<std::optional<std::uint64_t>> dims;  ///< none: any size but 0
};

/// A data set in an HDF5 file that a user has brought, of a type and shape that were checked. Read in parts.
class DataArray {
 public:
  DataArray(std::string where, h5::Dataset data) : where_(std::move(where)), data_(std::move(data)) {}

  [[nodiscard]] h5::Dims dims() const { return data_.dims(); }
  /// Rows [first, first + out.size() / row) of the slowest dimension, converted to T.
  template <class T>
  void read_rows(std::uint64_t first, std::span<T> out) const {
    std::uint64_t row = 1;
    const auto extent = dims();
    for (std::size_t axis = 1; axis < extent.size(); ++axis) row *= extent[axis];
    guarded([&] { data_.read_rows(first, out.size() / row, h5::native_type<T>(), out.data()); });
  }
  /// The block [start, start + extent), row-major.
  template <class T>
  void read_block(const h5::Dims& start, const h5::Dims& extent, std::span<T> out) const {
    guarded([&] { data_.read_block(start, extent, h5::native_type<T>(), out.data()); });
  }
  template <class T>
  [[nodiscard]] std::vector<T> read() const {
    std::vector<T> values;
    guarded([&] { values = data_.read<T>(); });
    return values;
  }
  [[nodiscard]] std::vector<std::string> read_strings() const {
    std::vector<std::string> values;
    guarded([&] { values = data_.read_any_strings(); });
    return values;
  }
  /// Throws UsageError naming the file and the data set.
  [[noreturn]] void refuse(const std::string& what) const;

 private:
  template <class Read>
  void guarded(const Read& read) const {
    try {
      read();
    } catch (const DamagedFile& damage) {
      refuse(std::string("can't be read, so the file is damaged: ") + damage.what());
    }
  }

  std::string where_;
  h5::Dataset data_;
};

/// An HDF5 file that a user has brought. What it holds is looked at before it is believed; all that is wrong
/// is a UsageError that names the file, the data set, what was found and what would be right.
class DataArchive {
 public:
  explicit DataArchive(std::filesystem::path file);

  [[nodiscard]] const std::filesystem::path& file() const { return path_; }
  /// Names in a group, byte by byte in alphabetical order.
  [[nodiscard]] std::vector<std::string> names(const std::string& group = "/") const;
  [[nodiscard]] bool has(const std::string& name) const { return file_.root().has(name); }
  [[nodiscard]] DataArray array(const std::string& name, const ArrayRule& rule) const;
  [[noreturn]] void refuse(const std::string& name, const std::string& what) const;

 private:
  std::filesystem::path path_;
  h5::File file_;
};

/// "[200, 200, 3]"
[[nodiscard]] std::string show(const h5::Dims& dims);

}  // namespace reprise
