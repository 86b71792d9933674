#pragma once

#include <chrono>
#include <exception>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <random>
#include <set>

#include "pipeline/base/errors.hpp"
#include "pipeline/store/file_system.hpp"

namespace reprise::samples {

/// The machine is gone: nothing may catch this but the test.
struct Crash final : std::exception {
  const char* what() const noexcept override { return "the machine is gone"; }
};

/// A file system that does one thing wrong: its k-th operation fails, or is the last one that happens. It
/// works on a real folder and keeps beside it what of that folder is durable: a file's bytes as of its last
/// sync, a folder's names as of its last sync_folder. lose_power() replaces the folder by what a crash of the
/// host may leave.
class FaultyFileSystem final : public FileSystem {
 public:
  enum class Fault { none, error, stop };
  /// What becomes of what was not synced: all of it is lost, or each piece by a coin.
  enum class Loss { everything, some };

  explicit FaultyFileSystem(std::filesystem::path root) : root_(std::move(root)) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root_)) {
      if (entry.is_directory()) folders_.insert(entry.path());
      if (!entry.is_regular_file()) continue;
      durable_names_[entry.path()] = live_names_[entry.path()] = last_file_;
      durable_bytes_[last_file_++] = read_file(entry.path());
    }
  }

  /// Operation number `at`, counted from 1, goes wrong.
  void arm(Fault fault, std::size_t at) {
    fault_ = fault;
    at_ = at;
  }
  /// sync() does nothing, as if it were missing from publish_file: to see that a test notices.
  void forget_to_sync_files() { forgets_ = true; }
  std::size_t operations() const {
    const std::scoped_lock lock(mutex_);
    return count_;
  }
  bool went_wrong() const {
    const std::scoped_lock lock(mutex_);
    return at_ != 0 && count_ >= at_;
  }
  /// Files of a folder whose names and bytes were durable when sync_folder last returned.
  std::set<std::filesystem::path> promised_in(const std::filesystem::path& folder) const {
    const std::scoped_lock lock(mutex_);
    const auto found = promised_.find(folder);
    return found == promised_.end() ? std::set<std::filesystem::path>() : found->second;
  }

  void write(const std::filesystem::path& file, ByteView bytes) override {
    const std::scoped_lock lock(mutex_);
    step([&] { local_file_system().write(file, bytes.first(bytes.size() / 2)); });
    local_file_system().write(file, bytes);
    const auto [it, made] = live_names_.try_emplace(file, last_file_);
    if (made) ++last_file_;
    durable_bytes_[it->second] = {};  // it was emptied; what came after is in memory
  }
  void append(const std::filesystem::path& file, ByteView bytes) override {
    const std::scoped_lock lock(mutex_);
    step([&] { local_file_system().append(file, bytes.first(bytes.size() / 2)); });
    local_file_system().append(file, bytes);
    const auto [it, made] = live_names_.try_emplace(file, last_file_);
    if (made) ++last_file_;
    durable_bytes_.try_emplace(it->second);
  }
  std::unique_ptr<RandomAccessFile> create(const std::filesystem::path& file) override {
    const std::scoped_lock lock(mutex_);
    step([] {});
    const auto [it, made] = live_names_.try_emplace(file, last_file_);
    if (made) ++last_file_;
    durable_bytes_[it->second] = {};
    return std::make_unique<FaultyFile>(*this, local_file_system().create(file));
  }
  void sync(const std::filesystem::path& file) override {
    const std::scoped_lock lock(mutex_);
    step([] {});
    if (!forgets_) durable_bytes_[live_names_.at(file)] = read_file(file);
  }
  void rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    const std::scoped_lock lock(mutex_);
    step([] {});
    local_file_system().rename(from, to);
    live_names_[to] = live_names_.at(from);
    live_names_.erase(from);
  }
  void sync_folder(const std::filesystem::path& folder) override {
    const std::scoped_lock lock(mutex_);
    step([] {});
    auto& promised = promised_[folder];
    promised.clear();
    std::erase_if(durable_names_, [&](const auto& name) { return name.first.parent_path() == folder; });
    for (const auto& [name, file] : live_names_) {
      if (name.parent_path() != folder) continue;
      durable_names_[name] = file;
      promised.insert(name);
    }
  }
  /// Durable at once, as FileSystem says.
  void create_folders(const std::filesystem::path& folder) override {
    const std::scoped_lock lock(mutex_);
    if (!std::filesystem::is_directory(folder)) step([] {});
    std::filesystem::create_directories(folder);
    for (auto each = folder; each != root_ && each.has_relative_path(); each = each.parent_path())
      folders_.insert(each);
  }
  void remove(const std::filesystem::path& file) override {
    const std::scoped_lock lock(mutex_);
    step([] {});
    local_file_system().remove(file);
    live_names_.erase(file);
  }
  bool create_exclusively(const std::filesystem::path& file, ByteView bytes) override {
    const std::scoped_lock lock(mutex_);
    step([] {});
    if (!local_file_system().create_exclusively(file, bytes)) return false;
    live_names_[file] = last_file_;
    durable_bytes_[last_file_++] = {};
    return true;
  }

  /// The folder as it is after a crash of the host.
  void lose_power(Loss loss, std::uint64_t seed = 0) {
    const std::scoped_lock lock(mutex_);
    std::mt19937_64 random(seed);
    const auto coin = [&] { return loss == Loss::some && random() % 2 == 0; };
    std::map<std::filesystem::path, Bytes> left;
    std::map<std::filesystem::path, std::size_t> names = durable_names_;
    for (const auto& [name, file] : live_names_) {
      const auto durable = durable_names_.find(name);
      if (durable != durable_names_.end() && durable->second == file) continue;
      if (coin()) names[name] = file;
    }
    for (const auto& [name, file] : durable_names_) {
      if (!live_names_.contains(name) && coin()) names.erase(name);
    }
    for (const auto& [name, file] : names) {
      left[name] = durable_bytes_.at(file);
      const auto live = live_names_.find(name);
      if (live != live_names_.end() && live->second == file && coin()) left[name] = read_file(name);
    }
    for (const auto& entry : std::filesystem::directory_iterator(root_))
      std::filesystem::remove_all(entry.path());
    for (const auto& folder : folders_) std::filesystem::create_directories(folder);
    // Booting takes a while.
    const auto then = std::filesystem::file_time_type::clock::now() - std::chrono::minutes(2);
    for (const auto& [name, bytes] : left) {
      local_file_system().write(name, bytes);
      std::filesystem::last_write_time(name, then);
    }
  }

 private:
  class FaultyFile final : public RandomAccessFile {
   public:
    FaultyFile(FaultyFileSystem& files, std::unique_ptr<RandomAccessFile> file)
        : files_(files), file_(std::move(file)) {}
    void write_at(std::uint64_t at, ByteView bytes) override {
      const std::scoped_lock lock(files_.mutex_);
      files_.step([&] { file_->write_at(at, bytes.first(bytes.size() / 2)); });
      file_->write_at(at, bytes);
    }
    void read_at(std::uint64_t at, std::span<std::byte> bytes) override { file_->read_at(at, bytes); }
    void resize(std::uint64_t size) override {
      const std::scoped_lock lock(files_.mutex_);
      files_.step([] {});
      file_->resize(size);
    }
    void close() override {
      const std::scoped_lock lock(files_.mutex_);
      files_.step([] {});
      file_->close();
    }

   private:
    FaultyFileSystem& files_;
    std::unique_ptr<RandomAccessFile> file_;
  };

  /// Counts an operation. `half_done` is what a failing one leaves behind.
  void step(const std::function<void()>& half_done) {
    ++count_;
    if (fault_ == Fault::none || count_ < at_) return;
    if (fault_ == Fault::stop) throw Crash();  // and everything after it
    if (count_ == at_) {
      half_done();
      throw Error("cannot write: No space left on device");
    }
  }

  std::filesystem::path root_;
  mutable std::mutex mutex_;
  Fault fault_ = Fault::none;
  std::size_t at_ = 0;
  std::size_t count_ = 0;
  bool forgets_ = false;
  std::size_t last_file_ = 0;
  std::map<std::filesystem::path, std::size_t> live_names_;
  std::map<std::filesystem::path, std::size_t> durable_names_;
  std::map<std::size_t, Bytes> durable_bytes_;
  std::set<std::filesystem::path> folders_;
  std::map<std::filesystem::path, std::set<std::filesystem::path>> promised_;
};

}  // namespace reprise::samples
