#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <memory>
#include <system_error>

#include "pipeline/base/bytes.hpp"
#include "pipeline/base/errors.hpp"
#include "pipeline/data/data_set.hpp"

namespace reprise {

namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t kReadThrough = std::uintmax_t{256}
                                        << 20;  ///< larger files' fingerprints are of blocks
constexpr std::size_t kBlocks = 1024;
constexpr std::size_t kBlockBytes = std::size_t{64} << 10;

[[noreturn]] void refuse(const fs::path& file) {
  const auto reason = std::error_code(errno, std::generic_category()).message();
  throw Error(fmt::format("{} can't be read: {}", file.string(), reason));
}

class Hash {
 public:
  Hash() : state_(XXH3_createState(), XXH3_freeState) {
    if (state_ == nullptr) throw std::bad_alloc();
    XXH3_128bits_reset(state_.get());
  }
  void add(const void* bytes, std::size_t count) { XXH3_128bits_update(state_.get(), bytes, count); }
  [[nodiscard]] Key key() const {
    const auto hash = XXH3_128bits_digest(state_.get());
    return {hash.high64, hash.low64};
  }

 private:
  std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> state_;
};

Key blocks_of(const fs::path& file, std::uintmax_t size) {
  Hash hash;
  hash.add(&size, sizeof size);
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  std::vector<char> block(kBlockBytes);
  for (std::size_t i = 0; i < kBlocks; ++i) {
    const auto from = (size - kBlockBytes) * i / (kBlocks - 1);
    if (!in.seekg(static_cast<std::streamoff>(from)) || !in.read(block.data(), kBlockBytes)) refuse(file);
    hash.add(block.data(), block.size());
  }
  return hash.key();
}

Key fingerprint_file(const fs::path& file) {
  const auto size = fs::file_size(file);
  return size <= kReadThrough ? digest_file(file) : blocks_of(file, size);
}

std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

void append_named(Bytes& all, const std::string& name) {
  append_value(all, std::uint64_t{name.size()});
  append(all, bytes_of(name));
}

/// Of all names and sizes below a folder, and of the contents of some of the files, or all.
Key folder_digest(const fs::path& folder, bool through) {
  const auto files = files_below(folder);
  const std::size_t step = through ? 1 : files.size() / kBlocks + 1;
  Bytes all;
  for (std::size_t i = 0; i < files.size(); ++i) {
    append_named(all, files[i].lexically_relative(folder).generic_string());
    append_value(all, std::uint64_t{fs::file_size(files[i])});
    if (i % step == 0) append_value(all, through ? digest_file(files[i]) : fingerprint_file(files[i]));
  }
  return hash_bytes(all);
}

Key digest_of(const DataFile& file, const fs::path& path, bool through) {
  if (file.folder) return folder_digest(path, through);
  return through ? digest_file(path) : fingerprint_file(path);
}

Key combined(const DataSet& data, const Located& located, bool through) {
  expects(located.files.size() == data.files.size(), "a located data set has all its files");
  Bytes all;
  for (std::size_t i = 0; i < data.files.size(); ++i) {
    if (data.files[i].optional && !fs::exists(located.files[i])) continue;
    append_named(all, data.files[i].name);
    append_value(all, digest_of(data.files[i], located.files[i], through));
  }
  return hash_bytes(all);
}

/// What the file system says about a folder or file that goes away meanwhile is an error to the user as well.
template <class Make>
Key guarded(const Make& make) {
  try {
    return make();
  } catch (const fs::filesystem_error& error) {
    throw Error(fmt::format("{} can't be read: {}", error.path1().string(), error.code().message()));
  }
}

}  // namespace

Key digest_file(const fs::path& file) {
  Hash hash;
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (!in) refuse(file);
  std::vector<char> block(std::size_t{1} << 20);
  while (in) {
    in.read(block.data(), static_cast<std::streamsize>(block.size()));
    if (in.bad()) refuse(file);
    hash.add(block.data(), static_cast<std::size_t>(in.gcount()));
  }
  return hash.key();
}

Key digest(const DataSet& data, const Located& located) {
  return guarded([&] { return combined(data, located, true); });
}

Key fingerprint(const DataSet& data, const Located& located) {
  return guarded([&] { return combined(data, located, false); });
}

std::vector<std::string> check(const DataSet& data, const Located& located) {
  expects(located.files.size() == data.files.size(), "a located data set has all its files");
  std::vector<std::string> problems;
  for (std::size_t i = 0; i < data.files.size(); ++i) {
    try {
      if (data.files[i].optional && !fs::exists(located.files[i])) continue;
      const auto found = guarded([&] { return digest_of(data.files[i], located.files[i], true); });
      if (data.files[i].digest && found != *data.files[i].digest) {
        problems.push_back(fmt::format("{} has other contents than expected: its digest is {}, not {}",
                                       located.files[i].string(), found.hex(), data.files[i].digest->hex()));
      }
    } catch (const Error& error) {
      problems.emplace_back(error.what());
    }
  }
  if (data.check) {
    if (auto problem = data.check(located.folder); !problem.empty()) problems.push_back(std::move(problem));
  }
  return problems;
}

}  // namespace reprise
