#pragma once

#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace reprise {

/// The command line as typed, for messages and records.
struct Invocation {
  std::string program;                 ///< path of this executable
  std::vector<std::string> arguments;  ///< without the program
  std::string shown() const;           ///< "reprise run job.toml -n 4", quoted where a shell needs it
};

/// What a parsed command does; returns the exit code.
using Action = std::function<int()>;

/// Each adds a subcommand whose callback sets `action`.
void add_list(CLI::App& app, Action& action);
void add_check(CLI::App& app, Action& action);
void add_run(CLI::App& app, Action& action, const Invocation& invocation);
void add_submit(CLI::App& app, Action& action, const Invocation& invocation);
void add_requeue(CLI::App& app, Action& action);
void add_status(CLI::App& app, Action& action);
void add_why(CLI::App& app, Action& action);
void add_report(CLI::App& app, Action& action);
void add_pack(CLI::App& app, Action& action);
void add_verify(CLI::App& app, Action& action);
void add_data(CLI::App& app, Action& action);

/// Parses and runs a command; errors are printed to standard error. Returns the exit code.
int run_command_line(const Invocation& invocation);

}  // namespace reprise
