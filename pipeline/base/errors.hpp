#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace reprise {

/// What `reprise` exits with; documented in the README and in `reprise --help`.
enum class ExitCode : int {
  done = 0,          ///< everything asked for is there
  failed = 1,        ///< tasks failed or were set aside, or something broke
  usage = 2,         ///< the job file or the command line is wrong
  interrupted = 75,  ///< stopped before the end; the same command goes on from there (EX_TEMPFAIL)
};

/// An error a user can act on: its message says what is wrong, where, and what would be right.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message, ExitCode code = ExitCode::failed)
      : std::runtime_error(message), code_(code) {}
  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

/// The job file, the command line or a data file is wrong; nothing was run.
class UsageError : public Error {
 public:
  explicit UsageError(const std::string& message) : Error(message, ExitCode::usage) {}
};

/// A file of a run is damaged, foreign, or of a newer version.
class DamagedFile : public Error {
 public:
  using Error::Error;
};

/// The run was asked to stop; thrown out of a task at its next checkpoint.
class Interrupted : public Error {
 public:
  Interrupted() : Error("interrupted", ExitCode::interrupted) {}
};

/// Guards a precondition; stays on in release builds.
inline void expects(bool holds, std::string_view what) {
  if (!holds) throw std::logic_error("precondition broken: " + std::string(what));
}

}  // namespace reprise
