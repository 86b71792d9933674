#include "compare.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>

namespace reprise::bench {
namespace {

/// Shows runs as usual and keeps their counters by name and arguments.
class KeepingReporter : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const auto& run : runs) {
      failed |= run.error_occurred;
      if (run.error_occurred) continue;
      auto& counters =
          found[run.run_name.args.empty() ? run.run_name.function_name
                                          : run.run_name.function_name + "/" + run.run_name.args];
      for (const auto& [name, counter] : run.counters) counters[name] = counter.value;
    }
  }
  std::map<std::string, std::map<std::string, double>> found;
  bool failed = false;
};

}  // namespace

std::size_t take_option(int& argc, char** argv, const std::string& name, std::size_t otherwise) {
  const std::string start = "--" + name + "=";
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (!word.starts_with(start)) continue;
    std::rotate(argv + i, argv + i + 1, argv + argc);
    --argc;
    const auto digits = word.substr(start.size());
    if (digits.empty() || digits.find_first_not_of("0123456789") != std::string::npos) {
      throw std::invalid_argument(word + ": not a number");
    }
    return std::stoul(digits);
  }
  return otherwise;
}

int run_and_compare(int argc, char** argv, const std::vector<Comparison>& comparisons) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  KeepingReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  fmt::print("\n{:<44} {:>12} {:>12} {:>8}\n", "", "ours", "baseline", "ratio");
  for (const auto& [what, ours, baseline, counter] : comparisons) {
    const auto value = [&](const std::string& name) {
      const auto run = reporter.found.find(name);
      if (run == reporter.found.end() || !run->second.contains(counter)) return 0.0;
      return run->second.at(counter);
    };
    if (value(ours) <= 0 || value(baseline) <= 0) continue;
    fmt::print("{:<44} {:>12.4g} {:>12.4g} {:>8.3g}\n", what + ", " + counter, value(ours), value(baseline),
               value(ours) / value(baseline));
  }
  return reporter.failed ? 1 : 0;
}

}  // namespace reprise::bench
