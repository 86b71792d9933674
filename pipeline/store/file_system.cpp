#include "pipeline/store/file_system.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "pipeline/base/errors.hpp"

namespace reprise {
namespace {

namespace fs = std::filesystem;

std::string advice(int reason) {
  switch (reason) {
    case ENOSPC:
    case EDQUOT:
      return "; free some space or raise the quota, then run the same command again: what was published is "
             "kept";
    case EROFS:
    case EACCES:
    case EPERM:
      return "; the run folder must be writable: choose another with --runs";
    case ENOENT:
      return "; the run folder may have been removed or renamed while it was in use";
    case EMFILE:
    case ENFILE:
      return "; too many files are open: raise `ulimit -n`";
    default:
      return "";
  }
}

[[noreturn]] void fail(std::string_view what, const fs::path& file, int reason) {
  throw Error(fmt::format("cannot {} {}: {}{}", what, file.string(), std::strerror(reason), advice(reason)));
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  /// Closing may be the first to report a failed write (NFS, quotas).
  int close() {
    const int result = ::close(fd_);
    fd_ = -1;
    return result;
  }

 private:
  int fd_;
};

void write_all(Descriptor& out, const fs::path& file, ByteView bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(out.get(), bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      fail("write", file, errno);
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  if (out.close() != 0) fail("close", file, errno);
}

void sync_path(const fs::path& path, int flags, std::string_view what) {
  const Descriptor opened(::open(path.c_str(), flags));
  if (!opened.open()) fail(what, path, errno);
  if (::fsync(opened.get()) != 0) fail(what, path, errno);
}

/// Where the file system has no links.
bool create_without_links(const fs::path& file, ByteView bytes) {
  Descriptor out(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!out.open()) {
    if (errno == EEXIST) return false;
    fail("create", file, errno);
  }
  write_all(out, file, bytes);
  return true;
}

class LocalFile final : public RandomAccessFile {
 public:
  explicit LocalFile(const fs::path& file)
      : file_(file), opened_(::open(file.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
    if (!opened_.open()) fail("create", file_, errno);
  }
  void write_at(std::uint64_t at, ByteView bytes) override {
    while (!bytes.empty()) {
      const auto written = ::pwrite(opened_.get(), bytes.data(), bytes.size(), static_cast<off_t>(at));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail("write", file_, errno);
      at += static_cast<std::uint64_t>(written);
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
  }
  void read_at(std::uint64_t at, std::span<std::byte> bytes) override {
    while (!bytes.empty()) {
      const auto got = ::pread(opened_.get(), bytes.data(), bytes.size(), static_cast<off_t>(at));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) fail("read", file_, errno);
      if (got == 0) return;
      at += static_cast<std::uint64_t>(got);
      bytes = bytes.subspan(static_cast<std::size_t>(got));
    }
  }
  void resize(std::uint64_t size) override {
    if (::ftruncate(opened_.get(), static_cast<off_t>(size)) != 0) fail("resize", file_, errno);
  }
  void close() override {
    if (opened_.close() != 0) fail("close", file_, errno);
  }

 private:
  fs::path file_;
  Descriptor opened_;
};

class LocalFileSystem final : public FileSystem {
 public:
  void write(const fs::path& file, ByteView bytes) override {
    Descriptor out(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (!out.open()) fail("create", file, errno);
    write_all(out, file, bytes);
  }
  void append(const fs::path& file, ByteView bytes) override {
    Descriptor out(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
    if (!out.open()) fail("open", file, errno);
    write_all(out, file, bytes);
  }
  std::unique_ptr<RandomAccessFile> create(const fs::path& file) override {
    return std::make_unique<LocalFile>(file);
  }
  void sync(const fs::path& file) override { sync_path(file, O_RDONLY | O_CLOEXEC, "sync"); }
  void rename(const fs::path& from, const fs::path& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) fail("rename to", to, errno);
  }
  void sync_folder(const fs::path& folder) override {
    sync_path(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, "sync folder");
  }
  void create_folders(const fs::path& folder) override {
    std::error_code error;
    if (folder.empty() || fs::is_directory(folder, error)) return;
    const auto parent = folder.has_filename() ? folder.parent_path() : folder.parent_path().parent_path();
    create_folders(parent);
    if (::mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST) fail("make folder", folder, errno);
    if (!fs::is_directory(folder, error)) fail("make folder", folder, ENOTDIR);
    sync_folder(parent.empty() ? fs::path(".") : parent);
  }
  void remove(const fs::path& file) override {
    if (::unlink(file.c_str()) != 0 && errno != ENOENT) fail("remove", file, errno);
  }
  bool create_exclusively(const fs::path& file, ByteView bytes) override {
    // A link appears with all its content, or not at all; opening exclusively would leave an empty file on a
    // full disk. Two hosts may have processes of one number.
    std::uint64_t unique = 0;
    if (::getrandom(&unique, sizeof(unique), 0) != sizeof(unique)) fail("draw a name for", file, errno);
    auto temporary = file;
    temporary += fmt::format(".{:016x}.tmp", unique);
    write(temporary, bytes);
    const int linked = ::link(temporary.c_str(), file.c_str());
    const int reason = errno;
    ::unlink(temporary.c_str());
    if (linked == 0) return true;
    if (reason == EEXIST) return false;
    if (reason != EPERM && reason != EOPNOTSUPP && reason != ENOSYS) fail("create", file, reason);
    return create_without_links(file, bytes);
  }
};

}  // namespace

FileSystem& local_file_system() {
  static LocalFileSystem files;
  return files;
}

void publish_file(FileSystem& files, const fs::path& target, ByteView bytes) {
  auto temporary = target;
  temporary += ".tmp";
  files.write(temporary, bytes);
  files.sync(temporary);
  files.rename(temporary, target);
  files.sync_folder(target.parent_path());
}

void replace_file(FileSystem& files, const fs::path& target, ByteView bytes) {
  auto temporary = target;
  temporary += ".tmp";
  files.write(temporary, bytes);
  files.rename(temporary, target);
}

Bytes read_front(const fs::path& file, std::size_t count) {
  const Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!in.open()) fail("open", file, errno);
  Bytes bytes(count);
  std::size_t have = 0;
  while (have < count) {
    const auto got = ::read(in.get(), bytes.data() + have, count - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("read", file, errno);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  bytes.resize(have);
  return bytes;
}

Bytes read_file(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  if (error) fail("read", file, error.value());
  return read_front(file, size);
}

Key hash_file(const fs::path& file, std::uint64_t first) {
  const Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!in.open()) fail("open", file, errno);
  Hasher hasher;
  Bytes block(std::size_t{1} << 20U);
  for (auto at = static_cast<off_t>(first);;) {
    const auto got = ::pread(in.get(), block.data(), block.size(), at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("read", file, errno);
    if (got == 0) return hasher.hash();
    hasher.add(ByteView(block).first(static_cast<std::size_t>(got)));
    at += got;
  }
}

}  // namespace reprise
