#include "pipeline/store/origin.hpp"

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
