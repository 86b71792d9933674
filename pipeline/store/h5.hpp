#pragma once

#include <hdf5.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pipeline/base/bytes.hpp"

/// A thin RAII layer over the serial HDF5 C API. Everything throws DamagedFile with HDF5's own reason;
/// nothing is printed.
namespace reprise::h5 {

/// Owns one HDF5 identifier.
class Handle {
 public:
  using Close = herr_t (*)(hid_t);
  Handle() = default;
  Handle(hid_t id, Close close, std::string_view what);
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(other.close_) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  hid_t get() const { return id_; }
  /// Closes it now, and throws where that fails.
  void finish(std::string_view what);

 private:
  hid_t id_ = H5I_INVALID_HID;
  Close close_ = nullptr;
};

/// Throws DamagedFile with `what` and HDF5's reason when a call's result is negative; else returns it.
template <class Result>
Result check(Result result, std::string_view what);

/// HDF5 prints its error stack unless told otherwise, once a thread.
void be_quiet();

using Dims = std::vector<hsize_t>;

/// The stored type of a C++ scalar. bool is HDF5's two-valued enumeration, as h5py has it.
template <class T>
hid_t native_type();

/// Where one-dimensional data or an array are, their size and type.
class Dataset {
 public:
  explicit Dataset(Handle handle) : handle_(std::move(handle)) {}

  Dims dims() const;
  hid_t id() const { return handle_.get(); }

  /// All of it, row-major; converted to T.
  template <class T>
  std::vector<T> read() const {
    std::size_t count = 1;
    for (const auto extent : dims()) count *= extent;
    std::vector<T> values(count);
    read_into(native_type<T>(), values.data());
    return values;
  }
  /// Rows [first, first + count) of the slowest dimension into `out`, as `memory_type`.
  void read_rows(hsize_t first, hsize_t count, hid_t memory_type, void* out) const;
  /// The elements [start, start + extent) of each dimension into `out`, row-major, as `memory_type`.
  void read_block(const Dims& start, const Dims& extent, hid_t memory_type, void* out) const;
  void read_into(hid_t memory_type, void* out) const;
  /// Rows [first, first + count) of the slowest dimension from `values`.
  void write_rows(hsize_t first, hsize_t count, hid_t memory_type, const void* values) const;
  /// Fixed-length strings, padding removed.
  std::vector<std::string> read_strings() const;
  /// Strings of fixed or, as h5py writes them, of variable length.
  std::vector<std::string> read_any_strings() const;
  /// What an element is, in NumPy's words: "uint8", "int32", "float64"; "text", or "something else".
  std::string element() const;

  void set_attribute(const std::string& name, std::string_view text) const;
  std::string attribute(const std::string& name) const;
  std::string attribute_or(const std::string& name, std::string_view otherwise) const;
  template <class T>
  void set_number(const std::string& name, T value) const;
  template <class T>
  T number(const std::string& name) const;

 private:
  Handle handle_;
};

/// How a data set is laid out: chunked, checksummed (fletcher32) and, where it pays, shuffled and deflated.
struct Layout {
  int deflate = 1;  ///< 0: not compressed
  std::size_t chunk_bytes = 256 * 1024;
};

class Group {
 public:
  explicit Group(Handle handle) : handle_(std::move(handle)) {}

  hid_t id() const { return handle_.get(); }
  Group create_group(const std::string& name) const;  ///< makes missing parents ("a/b/c")
  Group open_group(const std::string& name) const;
  Dataset open_dataset(const std::string& name) const;
  bool has(const std::string& name) const;
  bool is_group(const std::string& name) const;
  /// Names of all members, in alphabetical order.
  std::vector<std::string> members() const;

  /// A data set of elements of `type`, to be written.
  Dataset create_dataset(const std::string& name, hid_t type, const Dims& dims,
                         const Layout& layout = {}) const;
  /// A data set of raw memory whose element type is `type`.
  Dataset write_raw(const std::string& name, hid_t type, const void* values, const Dims& dims,
                    const Layout& layout = {}) const;
  template <class T>
  Dataset write(const std::string& name, std::span<const T> values, const Dims& dims,
                const Layout& layout = {}) const {
    return write_raw(name, native_type<T>(), values.data(), dims, layout);
  }
  template <class T>
  Dataset write(const std::string& name, const std::vector<T>& values) const {
    return write_raw(name, native_type<T>(), values.data(), {values.size()});
  }
  /// UTF-8 strings of fixed length (the longest), zero-padded: they compress and are covered by checksums.
  Dataset write_strings(const std::string& name, std::span<const std::string> values) const;

  void set_attribute(const std::string& name, std::string_view text) const;
  std::string attribute(const std::string& name) const;
  std::string attribute_or(const std::string& name, std::string_view otherwise) const;
  bool has_attribute(const std::string& name) const;
  template <class T>
  void set_number(const std::string& name, T value) const;
  template <class T>
  T number(const std::string& name) const;

 private:
  Handle handle_;
};

/// A new data set whose rows come one after another; they are written about a chunk at a time.
class Appender {
 public:
  explicit Appender(Dataset dataset);
  /// The next bytes of the rows, and so many zeros.
  void append(ByteView bytes, std::size_t zeros = 0);
  /// Writes what is left. Throws std::logic_error when there were not as many rows as the data set has.
  void finish();
  const Dataset& dataset() const { return dataset_; }

 private:
  void write_whole_rows();
  Dataset dataset_;
  Handle type_;
  std::size_t row_bytes_;  ///< 0 where a row holds nothing
  hsize_t rows_;
  hsize_t written_ = 0;
  Bytes pending_;
};

/// A string type of fixed size, zero-padded UTF-8.
Handle string_type(std::size_t size);

}  // namespace reprise::h5
