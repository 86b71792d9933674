#include "pipeline/cli/command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "pipeline/base/errors.hpp"
#include "pipeline/base/nearest.hpp"
#include "pipeline/base/shell.hpp"
#include "pipeline/base/version.hpp"
#include "pipeline/run/isa.hpp"

namespace reprise {
namespace {

constexpr const char* exit_codes =
    "Exit codes: 0 done, 1 something failed, 2 the job file or the command line is wrong,\n"
    "75 interrupted: the same command goes on from there.";

std::string version_text() {
  return fmt::format("reprise {} ({})\n{}\n{}, instruction set {}", version(), git_revision(), compiler(),
                     libraries(), instruction_sets().best());
}

/// The subcommand that was meant, as deep as it was understood.
const CLI::App& parsed_part(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? app : parsed_part(*chosen.front());
}

std::string unexpected(const CLI::App& app, const std::string& word) {
  std::vector<std::string> known;
  const bool option = word.starts_with('-');
  const auto& part = parsed_part(app);
  if (option) {
    for (const auto* each : part.get_options()) {
      for (const auto& name : each->get_lnames()) known.push_back("--" + name);
      for (const auto& name : each->get_snames()) known.push_back("-" + name);
    }
  } else {
    for (const auto* each : part.get_subcommands([](const CLI::App*) { return true; }))
      known.push_back(each->get_name());
  }
  const auto name = word.substr(0, word.find('='));
  const auto where = part.get_parent() == nullptr ? std::string("reprise") : "reprise " + part.get_name();
  return fmt::format("{} has no {} \"{}\"{}; see {} --help", where, option ? "option" : "argument", name,
                     did_you_mean(name, known), where);
}

}  // namespace

std::string Invocation::shown() const {
  std::string text = "reprise";
  for (const auto& argument : arguments) text += " " + shell_word(argument);
  return text;
}

int run_command_line(const Invocation& invocation) {
  CLI::App app{
      "Reproduces machine-learning and statistics papers as distributed, resumable batch experiments."};
  app.name("reprise");
  app.footer(std::string("Examples:\n  reprise list\n  reprise run jobs/smoke/kde.toml -n 2\n  reprise "
                         "report runs/kde -o report\n\n") +
             exit_codes);
  app.set_version_flag("--version", version_text(), "Print version, git revision and libraries, and exit");
  app.require_subcommand(0, 1);
  app.allow_extras(false);
  Action action;
  add_list(app, action);
  add_check(app, action);
  add_run(app, action, invocation);
  add_submit(app, action, invocation);
  add_requeue(app, action);
  add_status(app, action);
  add_why(app, action);
  add_report(app, action);
  add_pack(app, action);
  add_verify(app, action);
  add_data(app, action);
  try {
    std::vector<std::string> reversed(invocation.arguments.rbegin(), invocation.arguments.rend());
    app.parse(std::move(reversed));
  } catch (const CLI::ExtrasError&) {
    const auto rest =
        parsed_part(app).remaining(true).empty() ? app.remaining(true) : parsed_part(app).remaining(true);
    fmt::print(stderr, "reprise: {}\n", unexpected(app, rest.empty() ? std::string("?") : rest.front()));
    return static_cast<int>(ExitCode::usage);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help and --version
    const auto& part = parsed_part(app);
    fmt::print(stderr, "reprise: {}; see reprise{}{} --help\n", error.what(),
               part.get_parent() == nullptr ? "" : " ", part.get_parent() == nullptr ? "" : part.get_name());
    return static_cast<int>(ExitCode::usage);
  }
  if (!action) {
    fmt::print(stderr, "{}", app.help());
    return static_cast<int>(ExitCode::usage);
  }
  try {
    return action();
  } catch (const Error& error) {
    fmt::print(stderr, "reprise: {}\n", error.what());
    return static_cast<int>(error.code());
  } catch (const std::exception& error) {
    fmt::print(stderr, "reprise: {}\n", error.what());
    return static_cast<int>(ExitCode::failed);
  }
}

}  // namespace reprise
