#include "pipeline/store/origin.hpp"

#include <algorithm>
#include <fstream>

#include "pipeline/base/version.hpp"
#include "pipeline/store/lock.hpp"

namespace reprise {
namespace {

std::string cpu_model() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("model name")) return line.substr(std::min(line.find(": ") + 2, line.size()));
  }
  return "unknown";
}

}  // namespace

std::uint32_t place_of(std::vector<Origin>& origins, const Origin& origin) {
  const auto found = std::find(origins.begin(), origins.end(), origin);
  const auto place = static_cast<std::uint32_t>(found - origins.begin());
  if (found == origins.end()) origins.push_back(origin);
  return place;
}

Origin this_origin() {
  const auto process = this_process();
  Origin origin;
  origin.host = process.host;
  origin.cpu = cpu_model();
  origin.job_id = process.job_id;
  origin.reprise = version();
  origin.revision = git_revision();
  origin.compiler = compiler();
  origin.libraries = libraries();
  return origin;
}

}  // namespace reprise
