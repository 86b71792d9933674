#include "row_table.hpp"

#include <cstddef>
#include <stdexcept>

namespace reprise::bench {
namespace {

template <class Result>
Result check(Result result, const char* what) {
  if (result < 0) throw std::runtime_error(std::string("HDF5 cannot ") + what);
  return result;
}

hid_t row_type() {
  const hid_t type = H5Tcreate(H5T_COMPOUND, sizeof(Row));
  H5Tinsert(type, "key_high", offsetof(Row, key_high), H5T_NATIVE_UINT64);
  H5Tinsert(type, "key_low", offsetof(Row, key_low), H5T_NATIVE_UINT64);
  H5Tinsert(type, "i", offsetof(Row, i), H5T_NATIVE_UINT64);
  H5Tinsert(type, "value", offsetof(Row, value), H5T_NATIVE_DOUBLE);
  H5Tinsert(type, "wall_seconds", offsetof(Row, wall_seconds), H5T_NATIVE_FLOAT);
  H5Tinsert(type, "cpu_seconds", offsetof(Row, cpu_seconds), H5T_NATIVE_FLOAT);
  H5Tinsert(type, "rank", offsetof(Row, rank), H5T_NATIVE_UINT32);
  H5Tinsert(type, "origin", offsetof(Row, origin), H5T_NATIVE_UINT32);
  return type;
}

hid_t access_for(RowTable::Mode mode) {
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  if (mode == RowTable::Mode::swmr) {
    H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
  }
  return access;
}

}  // namespace

RowTable::RowTable(const std::string& file, Mode mode) : type_(row_type()) {
  const hid_t access = access_for(mode);
  file_ = check(H5Fcreate(file.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access), "create a file");
  H5Pclose(access);
  const hsize_t none = 0, unlimited = H5S_UNLIMITED, chunk = 1024;
  const hid_t space = H5Screate_simple(1, &none, &unlimited);
  const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_chunk(properties, 1, &chunk);
  H5Pset_fletcher32(properties);
  dataset_ = check(H5Dcreate2(file_, "results", type_, space, H5P_DEFAULT, properties, H5P_DEFAULT),
                   "create a data set");
  H5Pclose(properties);
  H5Sclose(space);
  if (mode == Mode::swmr) check(H5Fstart_swmr_write(file_), "write for readers beside");
}

RowTable::~RowTable() {
  close();
}

void RowTable::append(const Row& row) {
  const hsize_t first = rows_++, one = 1;
  check(H5Dset_extent(dataset_, &rows_), "extend a data set");
  const hid_t in_file = check(H5Dget_space(dataset_), "get a data space");
  const hid_t in_memory = H5Screate_simple(1, &one, nullptr);
  check(H5Sselect_hyperslab(in_file, H5S_SELECT_SET, &first, nullptr, &one, nullptr), "select a row");
  check(H5Dwrite(dataset_, type_, in_memory, in_file, H5P_DEFAULT, &row), "write a row");
  H5Sclose(in_memory);
  H5Sclose(in_file);
}

void RowTable::flush() {
  check(H5Fflush(file_, H5F_SCOPE_LOCAL), "flush a file");
}

void RowTable::close() {
  if (file_ < 0) return;
  H5Dclose(dataset_);
  H5Tclose(type_);
  const auto closed = H5Fclose(file_);
  file_ = -1;
  check(closed, "close a file");
}

std::vector<Row> RowTable::read(const std::string& file, Mode mode) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  const hid_t access = access_for(mode);
  const hid_t opened =
      H5Fopen(file.c_str(), mode == Mode::swmr ? H5F_ACC_RDONLY | H5F_ACC_SWMR_READ : H5F_ACC_RDONLY, access);
  H5Pclose(access);
  check(opened, "open a file");
  const hid_t dataset = H5Dopen2(opened, "results", H5P_DEFAULT);
  std::vector<Row> rows;
  herr_t result = -1;
  if (dataset >= 0) {
    const hid_t space = H5Dget_space(dataset), type = row_type();
    rows.resize(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)));
    result = rows.empty() ? 0 : H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, rows.data());
    H5Tclose(type);
    H5Sclose(space);
    H5Dclose(dataset);
  }
  H5Fclose(opened);
  check(result, "read a data set");
  return rows;
}

}  // namespace reprise::bench
