#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <system_error>

#include "pipeline/base/errors.hpp"
#include "pipeline/base/nearest.hpp"
#include "pipeline/job/source.hpp"

namespace reprise {

namespace fs = std::filesystem;

namespace {

/// Job files beside one that isn't there.
std::vector<std::string> job_files_in(const fs::path& folder) {
  constexpr std::size_t most = 1000;
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator each(folder, error), end; !error && each != end && names.size() < most;
       each.increment(error)) {
    if (each->path().extension() == ".toml") names.push_back(each->path().filename().string());
  }
  return names;
}

[[noreturn]] void refuse_missing(const fs::path& path) {
  const auto folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  std::error_code error;
  if (!fs::exists(folder, error)) {
    throw UsageError(fmt::format("{}: no such file: there is no folder {}", path.string(), folder.string()));
  }
  auto name = nearest(path.filename().string(), job_files_in(folder));
  if (name.empty()) {
    throw UsageError(
        fmt::format("{}: no such file; jobs that come with reprise are in jobs/", path.string()));
  }
  throw UsageError(
      fmt::format("{}: no such file; did you mean {}?", path.string(), (path.parent_path() / name).string()));
}

}  // namespace

Source read_source(const fs::path& path) {
  if (path.empty()) throw UsageError("the name of the job file is empty");
  std::error_code error;
  const auto status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) refuse_missing(path);
  if (error) throw UsageError(fmt::format("{}: can't be read: {}", path.string(), error.message()));
  if (fs::is_directory(status)) {
    const auto jobs = job_files_in(path);
    const auto hint =
        jobs.empty() ? std::string() : fmt::format(", such as {}", (path / jobs.front()).string());
    throw UsageError(fmt::format("{}: is a folder; a job file is wanted{}", path.string(), hint));
  }
  if (!fs::is_regular_file(status)) {
    throw UsageError(fmt::format("{}: is not a regular file; save the job to one", path.string()));
  }
  const auto too_large = [&](std::uintmax_t size) {
    return UsageError(fmt::format("{}: has {} bytes; a job file has at most {} (1 MiB), is this one?",
                                  path.string(), size, kLargestJobFile));
  };
  const auto size = fs::file_size(path, error);
  if (!error && size > kLargestJobFile) throw too_large(size);

  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text(kLargestJobFile + 1, '\0');
  if (file) file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad()) {
    throw UsageError(fmt::format("{}: can't be read: {}", path.string(),
                                 std::error_code(errno, std::generic_category()).message()));
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kLargestJobFile) throw too_large(text.size());
  return check_text(path.string(), std::move(text));
}

}  // namespace reprise
