#include <fmt/format.h>
#include <xxhash.h>

#include <cerrno>
#include <fstream>
#include <memory>
#include <system_error>

#include "pipeline/base/bytes.hpp"
#include "pipeline/base/errors.hpp"
#include "pipeline/data/data_set.hpp"

namespace reprise {

namespace fs = std::filesystem;

Key digest_file(const fs::path& file) {
  const auto refuse = [&] {
    const auto reason = std::error_code(errno, std::generic_category()).message();
    throw Error(fmt::format("{} can't be read: {}", file.string(), reason));
  };
  const std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> state(XXH3_createState(),
                                                                              XXH3_freeState);
  if (state == nullptr) throw std::bad_alloc();
  XXH3_128bits_reset(state.get());

  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (!in) refuse();
  std::vector<char> block(std::size_t{1} << 20);
  while (in) {
    in.read(block.data(), static_cast<std::streamsize>(block.size()));
    if (in.bad()) refuse();
    XXH3_128bits_update(state.get(), block.data(), static_cast<std::size_t>(in.gcount()));
  }
  const auto hash = XXH3_128bits_digest(state.get());
  return {hash.high64, hash.low64};
}

Key digest(const DataSet& data, const Located& located) {
  expects(located.files.size() == data.files.size(), "a located data set has all its files");
  Bytes all;
  for (std::size_t i = 0; i < data.files.size(); ++i) {
    const auto& name = data.files[i].name;
    append_value(all, std::uint64_t{name.size()});
    append(all, bytes_of(name));
    append_value(all, digest_file(located.files[i]));
  }
  return hash_bytes(all);
}

std::vector<std::string> check(const DataSet& data, const Located& located) {
  expects(located.files.size() == data.files.size(), "a located data set has all its files");
  std::vector<std::string> problems;
  for (std::size_t i = 0; i < data.files.size(); ++i) {
    try {
      const auto found = digest_file(located.files[i]);
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
