#include "pipeline/store/h5_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>

#include "pipeline/base/errors.hpp"
#include "pipeline/store/h5_driver.hpp"

namespace reprise::h5 {
namespace {

Handle file_access() {
  be_quiet();
  Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "make file properties");
  check(H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG), "set the close degree");
  return access;
}

Handle core_access() {
  Handle access = file_access();
  check(H5Pset_fapl_core(access.get(), 1 << 20, 0), "keep a file in memory");
  return access;
}

Handle create_file(const std::string& name, const Handle& access) {
  check(H5Pset_libver_bounds(access.get(), H5F_LIBVER_EARLIEST, H5F_LIBVER_V18), "set the format's version");
  return {H5Fcreate(name.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.get()), H5Fclose, "create a file"};
}

Handle open_root(const Handle& file) {
  return {H5Gopen2(file.get(), "/", H5P_DEFAULT), H5Gclose, "open /"};
}

/// HDF5 takes two files in memory for the same one when their names are, and threads have files open at once.
std::string unique_name() {
  static std::atomic<std::uint64_t> count{0};
  return fmt::format("in memory {}", ++count);
}

}  // namespace

Image::Image() : file_(create_file(unique_name(), core_access())), root_(open_root(file_)) {}

Bytes Image::finish(ByteView prefix) {
  expects(prefix.empty() || (prefix.size() >= 512 && (prefix.size() & (prefix.size() - 1)) == 0),
          "a user block has 512 bytes or a larger power of two");
  check(H5Fflush(file_.get(), H5F_SCOPE_LOCAL), "flush a file in memory");
  const auto size = H5Fget_file_image(file_.get(), nullptr, 0);
  check(static_cast<herr_t>(size < 0 ? -1 : 0), "size a file in memory");
  Bytes bytes(prefix.size() + static_cast<std::size_t>(size));
  std::copy(prefix.begin(), prefix.end(), bytes.begin());
  const auto got =
      H5Fget_file_image(file_.get(), bytes.data() + prefix.size(), static_cast<std::size_t>(size));
  check(static_cast<herr_t>(got != size ? -1 : 0), "copy a file in memory");
  root_ = Group(Handle());
  file_ = Handle();
  return bytes;
}

File::File(Handle file) : file_(std::move(file)), root_(open_root(file_)) {}

File File::open(const std::filesystem::path& path) {
  const Handle access = file_access();
  // Nobody writes to a file that has its name: a lock would guard nothing, and parallel file systems may
  // refuse it.
  check(H5Pset_file_locking(access.get(), false, true), "do without locks");
  return File({H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose, "open " + path.string()});
}

File File::from_image(ByteView image, const std::string& name) {
  const Handle access = core_access();
  check(H5Pset_file_image(access.get(), const_cast<std::byte*>(image.data()), image.size()), "take an image");
  return File({H5Fopen(unique_name().c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose, "open " + name});
}

void write_file(RandomAccessFile& out, std::uint64_t offset,
                const std::function<void(const Group& root)>& fill) {
  DriverTarget target{out, offset};
  try {
    const Handle access = file_access();
    use_driver(access.get(), target);
    Handle file = create_file(unique_name(), access);
    try {
      fill(Group(open_root(file)));
    } catch (...) {
      target.closing = true;
      throw;
    }
    target.closing = true;
    file.finish("close a new file");
  } catch (...) {
    if (target.failure) std::rethrow_exception(target.failure);
    throw;
  }
  if (target.failure) std::rethrow_exception(target.failure);
}

}  // namespace reprise::h5
