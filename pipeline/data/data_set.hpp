#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/base/key.hpp"

namespace reprise {

/// One file of a data set.
struct DataFile {
  std::string name;                    ///< below the data set's folder
  std::optional<std::uintmax_t> size;  ///< bytes it must have
  std::optional<Key> digest;           ///< what digest_file() must give
  bool folder = false;                 ///< a folder of files instead, which must not be empty
  bool optional = false;               ///< read where it is there
};

/// Data that a paper needs and reprise doesn't bring along. A paper declares it, the user installs it.
struct DataSet {
  std::string id;  ///< "fashion-mnist"; the folder's name below each place where data is kept
  std::string description;
  std::vector<DataFile> files;
  std::string debian_package;                         ///< empty when Debian has none
  std::string how_to_get;                             ///< in words, besides the package
  std::vector<std::filesystem::path> system_folders;  ///< where the Debian package puts the files
  std::function<std::string(const std::filesystem::path&)>
      check;  ///< optional: what is wrong in a folder, or ""
};

/// A data set that is there, whole as far as names and sizes say.
struct Located {
  std::filesystem::path folder;
  std::vector<std::filesystem::path> files;  ///< in the data set's order
};

/// A folder that was looked into.
struct SearchedFolder {
  std::filesystem::path folder;
  std::string origin;   ///< why there: "$REPRISE_DATA", "your data", "the system's data", "Debian's package"
  std::string problem;  ///< why it isn't there: "no such folder", "lacks x.gz"; empty when it is
};

/// Looks into $REPRISE_DATA (folders joined by ':'), $XDG_DATA_HOME/reprise or ~/.local/share/reprise, each
/// of $XDG_DATA_DIRS with /reprise, below each for the folder named for the data set; then into its system
/// folders.
std::vector<SearchedFolder> search(const DataSet& data);

/// The first folder that has all files with the right sizes.
std::optional<Located> locate(const DataSet& data);

/// The same; throws UsageError with explain_missing() when it is nowhere.
Located require(const DataSet& data);

/// Where it was looked for and why it wasn't there, and the commands that get it, with root and without.
std::string explain_missing(const DataSet& data);

/// What is wrong with the contents, a line each: expected digests and the data set's own check. Reads all of
/// it.
std::vector<std::string> check(const DataSet& data, const Located& located);

/// XXH3-128 of a file's bytes. Throws Error when it can't be read.
Key digest_file(const std::filesystem::path& file);

/// Of the files' names and contents: goes into the keys of tasks that read them, so that other data gives
/// other keys, wherever it is.
Key digest(const DataSet& data, const Located& located);

/// The same for data too large to be read through by every task: of a file of more than 256 MiB its size and
/// 1024 blocks spread over it, of a folder all names and sizes and the contents of 1024 files spread over it.
Key fingerprint(const DataSet& data, const Located& located);

}  // namespace reprise
