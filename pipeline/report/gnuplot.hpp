#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>

namespace reprise::reporting {

/// gnuplot can't be started.
class GnuplotMissing : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What gnuplot said to a script: its exit status and the messages it wrote to standard error.
struct GnuplotOutcome {
  bool good = false;
  std::string messages;
};

/// Runs `program` on `script` with `folder` as its working folder, without a shell and without the user's
/// settings. Throws GnuplotMissing where the program can't be started.
GnuplotOutcome run_gnuplot(const std::string& program, const std::string& script,
                           const std::filesystem::path& folder);

}  // namespace reprise::reporting
