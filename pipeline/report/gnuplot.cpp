#include "pipeline/report/gnuplot.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "pipeline/base/process.hpp"

namespace reprise::reporting {
namespace {

constexpr const char* kScript = "figures.gp";

}  // namespace

GnuplotOutcome run_gnuplot(const std::string& program, const std::string& script,
                           const std::filesystem::path& folder) {
  {
    std::ofstream file(folder / kScript, std::ios::binary);
    file << script;
    if (!file.flush()) {
      throw std::runtime_error(
          fmt::format("can't write {}: {}", (folder / kScript).string(), std::strerror(errno)));
    }
  }
  try {
    constexpr std::chrono::minutes longest{10};
    const auto outcome = run_process({program, "-d", kScript}, {folder, longest});
    return {outcome.succeeded(), outcome.output + outcome.errors};
  } catch (const ProgramMissing& error) {
    throw GnuplotMissing(fmt::format("{}; install it with: apt-get install gnuplot-nox", error.what()));
  }
}

}  // namespace reprise::reporting
