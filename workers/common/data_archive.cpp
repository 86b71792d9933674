#include "workers/common/data_archive.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "pipeline/base/errors.hpp"

namespace reprise {
namespace {

std::string show(const ArrayRule& rule) {
  std::vector<std::string> sizes;
  for (const auto& size : rule.dims) sizes.push_back(size ? std::to_string(*size) : "any");
  return fmt::format("{} [{}]",
                     rule.elements.empty() ? "numbers" : fmt::format("{}", fmt::join(rule.elements, " or ")),
                     fmt::join(sizes, ", "));
}

bool fits(const h5::Dims& dims, const ArrayRule& rule) {
  return std::ranges::equal(dims, rule.dims,
                            [](hsize_t is, const auto& must) { return must ? is == *must : is > 0; });
}

bool fits(const std::string& element, const ArrayRule& rule) {
  if (rule.elements.empty())
    return element.starts_with("int") || element.starts_with("uint") || element.starts_with("float");
  return std::ranges::find(rule.elements, element) != rule.elements.end();
}

h5::File opened(const std::filesystem::path& path) {
  try {
    return h5::File::open(path);
  } catch (const DamagedFile& damage) {
    throw UsageError(
        fmt::format("{} is no whole HDF5 file ({}); write or fetch it again", path.string(), damage.what()));
  }
}

}  // namespace

void DataArray::refuse(const std::string& what) const {
  throw UsageError(fmt::format("{} {}", where_, what));
}

DataArchive::DataArchive(std::filesystem::path file) : path_(std::move(file)), file_(opened(path_)) {}

void DataArchive::refuse(const std::string& name, const std::string& what) const {
  throw UsageError(fmt::format("{}: data set {} {}", path_.string(), name, what));
}

std::vector<std::string> DataArchive::names(const std::string& group) const {
  if (group != "/" && (!has(group) || !file_.root().is_group(group)))
    throw UsageError(fmt::format("{} has no group {}", path_.string(), group));
  try {
    return group == "/" ? file_.root().members() : file_.root().open_group(group).members();
  } catch (const DamagedFile& damage) {
    throw UsageError(fmt::format("{}: group {} can't be listed, so the file is damaged: {}", path_.string(),
                                 group, damage.what()));
  }
}

DataArray DataArchive::array(const std::string& name, const ArrayRule& rule) const {
  if (!has(name)) refuse(name, fmt::format("is missing; it would be {}", show(rule)));
  try {
    if (file_.root().is_group(name)) refuse(name, fmt::format("is a group; it would be {}", show(rule)));
    auto data = file_.root().open_dataset(name);
    const auto element = data.element();
    const auto dims = data.dims();
    if (!fits(element, rule) || !fits(dims, rule))
      refuse(name, fmt::format("is {} {}; it must be {}", element, reprise::show(dims), show(rule)));
    return {fmt::format("{}: data set {}", path_.string(), name), std::move(data)};
  } catch (const DamagedFile& damage) {
    refuse(name, fmt::format("can't be opened, so the file is damaged: {}", damage.what()));
  }
}

std::string show(const h5::Dims& dims) {
  return fmt::format("[{}]", fmt::join(dims, ", "));
}

}  // namespace reprise
