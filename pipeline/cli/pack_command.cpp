#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "pipeline/cli/command.hpp"
#include "pipeline/run/pack.hpp"
#include "pipeline/run/progress.hpp"

namespace reprise {
namespace {

struct PackOptions {
  std::filesystem::path folder;
  std::filesystem::path target;
};

int pack_run(const PackOptions& options) {
  const auto target = options.target.empty() ? options.folder / "results.h5" : options.target;
  const auto result = pack(options.folder, target);
  fmt::print("{}: {} results\ndigest {}\n", target.string(), show_count(result.rows), result.digest);
  return static_cast<int>(ExitCode::done);
}

}  // namespace

void add_pack(CLI::App& app, Action& action) {
  auto options = std::make_shared<PackOptions>();
  auto* command =
      app.add_subcommand("pack", "Make one HDF5 file of a run, to publish; h5py, pandas and HDFView read it");
  command->add_option("folder", options->folder, "Run folder")->required();
  command->add_option("-o,--output", options->target, "File to write; FOLDER/results.h5 unless given");
  command->footer("Example:\n  reprise pack runs/kde -o kde.h5");
  command->callback([options, &action] { action = [options] { return pack_run(*options); }; });
}

}  // namespace reprise
