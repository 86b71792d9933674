#include <fmt/format.h>

#include <cstdlib>
#include <string_view>
#include <system_error>

#include "pipeline/base/errors.hpp"
#include "pipeline/data/data_set.hpp"

namespace reprise {

namespace fs = std::filesystem;

namespace {

struct Root {
  fs::path folder;
  std::string origin;
};

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

std::vector<fs::path> split_path(std::string_view joined) {
  std::vector<fs::path> folders;
  while (!joined.empty()) {
    const auto end = std::min(joined.find(':'), joined.size());
    if (end > 0) folders.emplace_back(joined.substr(0, end));
    joined.remove_prefix(std::min(end + 1, joined.size()));
  }
  return folders;
}

std::vector<Root> roots() {
  std::vector<Root> result;
  std::error_code error;
  for (const auto& folder : split_path(environment("REPRISE_DATA"))) {
    const auto absolute = fs::absolute(folder, error);
    result.push_back({error ? folder : absolute, "$REPRISE_DATA"});
  }
  // The XDG base directory specification: paths that aren't absolute are ignored, empty is as good as unset.
  const fs::path data_home = environment("XDG_DATA_HOME");
  const fs::path home = environment("HOME");
  if (data_home.is_absolute()) {
    result.push_back({data_home / "reprise", "$XDG_DATA_HOME"});
  } else if (home.is_absolute()) {
    result.push_back({home / ".local/share/reprise", "your data"});
  }
  const auto listed = environment("XDG_DATA_DIRS");
  for (const auto& folder : split_path(listed.empty() ? "/usr/local/share:/usr/share" : listed)) {
    if (folder.is_absolute()) result.push_back({folder / "reprise", "the system's data"});
  }
  return result;
}

std::string problem_with(const DataFile& file, const fs::path& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found)
    return file.optional ? "" : fmt::format("lacks {}{}", file.folder ? "the folder " : "", file.name);
  if (error) return fmt::format("{} can't be read: {}", file.name, error.message());
  if (file.folder) {
    if (!fs::is_directory(status)) return file.name + " is not a folder";
    const bool empty = fs::is_empty(path, error);
    if (error) return fmt::format("{} can't be read: {}", file.name, error.message());
    return empty ? file.name + " is empty" : "";
  }
  if (!fs::is_regular_file(status)) return file.name + " is not a file";
  const auto size = fs::file_size(path, error);
  if (error) return fmt::format("{} can't be read: {}", file.name, error.message());
  if (file.size && size != *file.size) {
    return fmt::format("{} has {} bytes where {} are expected", file.name, size, *file.size);
  }
  return {};
}

std::string problem_with(const DataSet& data, const fs::path& folder) {
  std::error_code error;
  const auto status = fs::status(folder, error);
  if (status.type() == fs::file_type::not_found) return "no such folder";
  if (error) return fmt::format("can't be read: {}", error.message());
  if (!fs::is_directory(status)) return "not a folder";
  for (const auto& file : data.files) {
    if (auto problem = problem_with(file, folder / file.name); !problem.empty()) return problem;
  }
  return {};
}

}  // namespace

std::vector<SearchedFolder> search(const DataSet& data) {
  expects(!data.id.empty() && !data.files.empty(), "a data set has an id and files");
  std::vector<SearchedFolder> result;
  const auto look_into = [&](const fs::path& folder, const std::string& origin) {
    result.push_back({folder, origin, problem_with(data, folder)});
  };
  for (const auto& root : roots()) look_into(root.folder / data.id, root.origin);
  for (const auto& folder : data.system_folders) look_into(folder, "Debian's package");
  return result;
}

std::optional<Located> locate(const DataSet& data) {
  for (const auto& searched : search(data)) {
    if (!searched.problem.empty()) continue;
    Located located{searched.folder, {}};
    for (const auto& file : data.files) located.files.push_back(searched.folder / file.name);
    return located;
  }
  return std::nullopt;
}

Located require(const DataSet& data) {
  auto located = locate(data);
  if (!located) throw UsageError(explain_missing(data));
  return *std::move(located);
}

std::string explain_missing(const DataSet& data) {
  auto text =
      fmt::format("the data set {} ({}) is missing or not whole.\nLooked into:\n", data.id, data.description);
  for (const auto& [folder, origin, problem] : search(data)) {
    text += fmt::format("  {} ({}): {}\n", folder.string(), origin, problem.empty() ? "there" : problem);
  }
  if (!data.how_to_get.empty()) text += fmt::format("How to get it: {}\n", data.how_to_get);
  const auto home = fmt::format("${{XDG_DATA_HOME:-$HOME/.local/share}}/reprise/{}", data.id);
  if (data.debian_package.empty()) {
    std::string names;
    for (const auto& file : data.files)
      if (!file.optional) names += fmt::format("{}{}", names.empty() ? "" : ", ", file.name);
    return text +
           fmt::format("Put {} into \"{}\", or name another folder's parent in REPRISE_DATA.", names, home);
  }
  text += fmt::format("With root:    apt-get install {}\n", data.debian_package);
  text += fmt::format("Without root: apt-get download {0} && dpkg-deb -x {0}_*.deb unpacked",
                      data.debian_package);
  if (!data.system_folders.empty()) {
    text += fmt::format(" && mkdir -p \"{}\"", home);
    for (const auto& file : data.files) {
      text +=
          fmt::format(" && cp unpacked{} \"{}/\"", (data.system_folders.front() / file.name).string(), home);
    }
  }
  return text;
}

}  // namespace reprise
