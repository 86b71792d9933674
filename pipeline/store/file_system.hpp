#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "pipeline/base/bytes.hpp"
#include "pipeline/base/key.hpp"

namespace reprise {

/// A new file that is written and read back at any place. Functions throw as FileSystem's do.
class RandomAccessFile {
 public:
  RandomAccessFile() = default;
  RandomAccessFile(const RandomAccessFile&) = delete;
  RandomAccessFile& operator=(const RandomAccessFile&) = delete;
  virtual ~RandomAccessFile() = default;

  /// Writes all of `bytes`, beyond the end as well.
  virtual void write_at(std::uint64_t at, ByteView bytes) = 0;
  /// Fills the front of `bytes` with what there is from `at` up to the file's end.
  virtual void read_at(std::uint64_t at, std::span<std::byte> bytes) = 0;
  /// Cuts the file off, or fills it up with zeros.
  virtual void resize(std::uint64_t size) = 0;
  /// To be called when all is written: closing may be the first to report a failed write.
  virtual void close() = 0;
};

/// The one seam to the operating system through which a run folder is written, so that a test can fail, stop
/// or drop what was not yet synced at any step and check that nothing promised is lost. Every function throws
/// Error naming the file, the system's reason and what to do about it.
class FileSystem {
 public:
  FileSystem() = default;
  FileSystem(const FileSystem&) = delete;
  FileSystem& operator=(const FileSystem&) = delete;
  virtual ~FileSystem() = default;

  /// Creates the file, or empties it, and writes all of `bytes`. Not yet durable.
  virtual void write(const std::filesystem::path& file, ByteView bytes) = 0;
  /// Appends to a file (made when missing). Not yet durable.
  virtual void append(const std::filesystem::path& file, ByteView bytes) = 0;
  /// Creates the file, or empties it. What is written there is not yet durable.
  virtual std::unique_ptr<RandomAccessFile> create(const std::filesystem::path& file) = 0;
  /// Makes a file's bytes durable; its name is so only after sync_folder.
  virtual void sync(const std::filesystem::path& file) = 0;
  /// Replaces `to` by `from` in one step.
  virtual void rename(const std::filesystem::path& from, const std::filesystem::path& to) = 0;
  /// Makes the names in a folder durable.
  virtual void sync_folder(const std::filesystem::path& folder) = 0;
  /// Makes the folder and its missing parents, durably.
  virtual void create_folders(const std::filesystem::path& folder) = 0;
  virtual void remove(const std::filesystem::path& file) = 0;
  /// Creates a file that does not exist yet; false when it does. One caller of many wins.
  virtual bool create_exclusively(const std::filesystem::path& file, ByteView bytes) = 0;
};

/// The operating system's own.
FileSystem& local_file_system();

/// Writes `target` so that it is either whole or absent whatever happens: temporary name beside it, sync,
/// rename, sync of the folder, in this order. When it returns the file is durable.
void publish_file(FileSystem& files, const std::filesystem::path& target, ByteView bytes);

/// As publish_file but without syncs: whole or absent for a reader, though not durable (heartbeats,
/// progress).
void replace_file(FileSystem& files, const std::filesystem::path& target, ByteView bytes);

/// All of a file. Throws Error when it can't be read.
Bytes read_file(const std::filesystem::path& file);

/// The first `count` bytes of a file, fewer when it is shorter.
Bytes read_front(const std::filesystem::path& file, std::size_t count);

/// The hash of a file's bytes from `first` on, as hash_bytes has it, without holding them in memory.
Key hash_file(const std::filesystem::path& file, std::uint64_t first);

}  // namespace reprise
