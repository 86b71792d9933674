#include "kernels/data/bytes.hpp"

#include <zlib.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <string>

namespace reprise {
namespace {

namespace fs = std::filesystem;

struct CloseGzip {
  void operator()(gzFile_s* file) const { gzclose(file); }
};

std::vector<fs::path> data_folders() {
  std::vector<fs::path> folders;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): read only, and set by no one here
  if (const char* listed = std::getenv("REPRISE_DATA"); listed != nullptr) {
    std::string_view rest = listed;
    while (!rest.empty()) {
      const std::size_t end = rest.find(':');
      if (end != 0) {
        folders.emplace_back(rest.substr(0, end));
      }
      rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    }
  }
  folders.emplace_back("data");
  folders.emplace_back("/usr/share/datasets");
  folders.emplace_back("/usr/lib/python3/dist-packages/sklearn/datasets/data");
  return folders;
}

}  // namespace

DataError::DataError(const fs::path& file, std::string_view what)
    : std::runtime_error(file.string() + ": " + std::string(what)) {}

std::vector<std::uint8_t> read_bytes(const fs::path& file) {
  const std::unique_ptr<gzFile_s, CloseGzip> stream(gzopen(file.c_str(), "rb"));
  if (!stream) {
    throw DataError(file, "cannot be opened: no such file, or no permission to read it");
  }
  gzbuffer(stream.get(), 1U << 18U);
  std::vector<std::uint8_t> bytes;
  std::vector<std::uint8_t> chunk(1U << 20U);
  for (;;) {
    const int got = gzread(stream.get(), chunk.data(), static_cast<unsigned>(chunk.size()));
    if (got < 0) {
      int code = 0;
      throw DataError(file, std::string("is damaged: ") + gzerror(stream.get(), &code));
    }
    bytes.insert(bytes.end(), chunk.begin(), chunk.begin() + got);
    if (static_cast<std::size_t>(got) < chunk.size()) {
      break;
    }
  }
  int code = 0;
  (void)gzerror(stream.get(), &code);
  if (code == Z_BUF_ERROR || code == Z_DATA_ERROR) {
    throw DataError(file, "is cut short: the compressed stream has no end; fetch the file again");
  }
  return bytes;
}

std::optional<fs::path> find_data(std::string_view name) {
  for (const fs::path& folder : data_folders()) {
    std::error_code ignored;
    if (fs::path candidate = folder / name; fs::is_regular_file(candidate, ignored)) {
      return candidate;
    }
  }
  return std::nullopt;
}

fs::path require_data(std::string_view name) {
  if (auto found = find_data(name)) {
    return *found;
  }
  std::string searched;
  for (const fs::path& folder : data_folders()) {
    searched += (searched.empty() ? "" : ", ") + folder.string();
  }
  throw DataError(fs::path(name),
                  "is in none of " + searched + "; set REPRISE_DATA to the folder that has it");
}

}  // namespace reprise
