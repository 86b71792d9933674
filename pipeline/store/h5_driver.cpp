#include "pipeline/store/h5_driver.hpp"

#include <algorithm>
#include <memory>

namespace reprise::h5 {
namespace {

/// What HDF5 keeps of an open file: its own part first.
struct DriverFile {
  H5FD_t base{};
  DriverTarget* target = nullptr;
  haddr_t allocated = 0;
  haddr_t end = 0;
};

DriverFile& of(H5FD_t* file) {
  return *reinterpret_cast<DriverFile*>(file);
}
const DriverFile& of(const H5FD_t* file) {
  return *reinterpret_cast<const DriverFile*>(file);
}

/// No exception may pass through HDF5.
template <class Action>
herr_t guarded(DriverTarget& target, const Action& action) {
  if (target.failure) return 0;
  try {
    action();
    return 0;
  } catch (...) {
    target.failure = std::current_exception();
    return target.closing ? 0 : -1;
  }
}

H5FD_t* open_file(const char* /*name*/, unsigned /*flags*/, hid_t access, haddr_t /*largest*/) {
  const auto* info = static_cast<DriverTarget* const*>(H5Pget_driver_info(access));
  if (info == nullptr) return nullptr;
  auto file = std::make_unique<DriverFile>();
  file->target = *info;
  return &file.release()->base;
}

herr_t close_file(H5FD_t* file) {
  const std::unique_ptr<DriverFile> owner(&of(file));
  return 0;
}

herr_t query(const H5FD_t* /*file*/, unsigned long* flags) {
  *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
           H5FD_FEAT_AGGREGATE_SMALLDATA;
  return 0;
}

haddr_t allocated(const H5FD_t* file, H5FD_mem_t /*type*/) {
  return of(file).allocated;
}

herr_t set_allocated(H5FD_t* file, H5FD_mem_t /*type*/, haddr_t address) {
  of(file).allocated = address;
  return 0;
}

haddr_t end_of_file(const H5FD_t* file, H5FD_mem_t /*type*/) {
  return of(file).end;
}

herr_t read(H5FD_t* base, H5FD_mem_t /*type*/, hid_t /*transfer*/, haddr_t address, std::size_t size,
            void* buffer) {
  const auto& file = of(base);
  const std::span<std::byte> bytes(static_cast<std::byte*>(buffer), size);
  std::fill(bytes.begin(), bytes.end(), std::byte{0});  // what is allocated and not written yet
  return guarded(*file.target, [&] { file.target->file.read_at(file.target->offset + address, bytes); });
}

herr_t write(H5FD_t* base, H5FD_mem_t /*type*/, hid_t /*transfer*/, haddr_t address, std::size_t size,
             const void* buffer) {
  auto& file = of(base);
  const ByteView bytes(static_cast<const std::byte*>(buffer), size);
  file.end = std::max<haddr_t>(file.end, address + size);
  return guarded(*file.target, [&] { file.target->file.write_at(file.target->offset + address, bytes); });
}

/// A file that is shorter than what HDF5 allocated counts as cut short when it is opened.
herr_t truncate(H5FD_t* base, hid_t /*transfer*/, hbool_t /*closing*/) {
  auto& file = of(base);
  if (file.end == file.allocated) return 0;
  file.end = file.allocated;
  return guarded(*file.target, [&] { file.target->file.resize(file.target->offset + file.end); });
}

hid_t driver() {
  static const hid_t id = [] {
    H5FD_class_t made{};
    made.name = "reprise";
    made.maxaddr = HADDR_MAX / 2;
    made.fc_degree = H5F_CLOSE_STRONG;
    made.fapl_size = sizeof(DriverTarget*);
    made.open = open_file;
    made.close = close_file;
    made.query = query;
    made.get_eoa = allocated;
    made.set_eoa = set_allocated;
    made.get_eof = end_of_file;
    made.read = read;
    made.write = write;
    made.truncate = truncate;
    std::fill(std::begin(made.fl_map), std::end(made.fl_map), H5FD_MEM_DEFAULT);
    return H5FDregister(&made);
  }();
  return check(id, "register a file driver");
}

}  // namespace

void use_driver(hid_t access_properties, DriverTarget& target) {
  be_quiet();
  DriverTarget* info = &target;
  check(H5Pset_driver(access_properties, driver(), &info), "set a file driver");
}

}  // namespace reprise::h5
