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
      if (run.error_occurred || run.run_type != Run::RT_Iteration) continue;
      auto& counters =
          found_[run.run_name.args.empty() ? run.run_name.function_name
                                           : run.run_name.function_name + "/" + run.run_name.args];
      for (const auto& [name, counter] : run.counters) counters[name].push_back(counter.value);
    }
  }
  /// The median over repetitions; 0 when there was none.
  double value(const std::string& benchmark, const std::string& counter) {
    auto& values = found_[benchmark][counter];
    if (values.empty()) return 0.0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
  }
  bool failed = false;

 private:
  std::map<std::string, std::map<std::string, std::vector<double>>> found_;
};

}  // namespace

std::string take_text(int& argc, char** argv, const std::string& name, const std::string& otherwise) {
  const std::string start = "--" + name + "=";
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (!word.starts_with(start)) continue;
    std::rotate(argv + i, argv + i + 1, argv + argc);
    --argc;
    return word.substr(start.size());
  }
  return otherwise;
}

std::size_t take_option(int& argc, char** argv, const std::string& name, std::size_t otherwise) {
  const auto digits = take_text(argc, argv, name, std::to_string(otherwise));
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string::npos) {
    throw std::invalid_argument(fmt::format("--{}={}: not a number", name, digits));
  }
  return std::stoul(digits);
}

int run_and_compare(int argc, char** argv, const std::vector<Comparison>& comparisons) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  KeepingReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  fmt::print("\n{:<44} {:>12} {:>12} {:>8}\n", "", "ours", "baseline", "ratio");
  for (const auto& [what, ours, baseline, counter] : comparisons) {
    const double own = reporter.value(ours, counter);
    const double other = reporter.value(baseline, counter);
    if (own <= 0 || other <= 0) continue;
    fmt::print("{:<44} {:>12.4g} {:>12.4g} {:>8.3g}\n", what + ", " + counter, own, other, own / other);
  }
  return reporter.failed ? 1 : 0;
}

}  // namespace reprise::bench
