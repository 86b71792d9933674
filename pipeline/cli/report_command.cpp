#include <fmt/chrono.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "pipeline/base/errors.hpp"
#include "pipeline/base/version.hpp"
#include "pipeline/cli/command.hpp"
#include "pipeline/report/write_report.hpp"
#include "pipeline/run/collect.hpp"

namespace reprise {
namespace {

struct ReportCommandOptions {
  std::vector<std::filesystem::path> folders;
  std::filesystem::path out = "report";
};

int report(const ReportCommandOptions& options) {
  Report report;
  for (const auto& folder : options.folders) report.runs.push_back(collect(folder));
  std::stable_sort(report.runs.begin(), report.runs.end(), [](const RunReport& a, const RunReport& b) {
    return std::pair(a.paper.id, a.job) < std::pair(b.paper.id, b.job);
  });
  report.title = report.runs.size() == 1 ? report.runs.front().paper.title
                                         : "What was measured beside what was published";
  report.generated_at = fmt::format("{:%Y-%m-%d %H:%M} UTC", fmt::gmtime(std::time(nullptr)));
  report.program_version = fmt::format("reprise {} ({})", version(), git_revision());
  for (const auto& missing : write_report(report, options.out)) fmt::print(stderr, "reprise: {}\n", missing);
  fmt::print("{}\n", (std::filesystem::absolute(options.out) / "index.html").lexically_normal().string());
  return static_cast<int>(ExitCode::done);
}

}  // namespace

void add_report(CLI::App& app, Action& action) {
  auto options = std::make_shared<ReportCommandOptions>();
  auto* command =
      app.add_subcommand("report", "Write the report of one or several runs, as far as they have got");
  command->add_option("folders", options->folders, "Run folders")->required()->expected(1, -1);
  command
      ->add_option("-o,--output", options->out, "Folder to write: index.html, report.md, tables/, figures/")
      ->capture_default_str();
  command->footer("Prints the path of the page.\n\nExample:\n  reprise report runs/kde -o report");
  command->callback([options, &action] { action = [options] { return report(*options); }; });
}

}  // namespace reprise
