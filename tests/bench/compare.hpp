#pragma once

#include <string>
#include <vector>

namespace reprise::bench {

/// Two benchmarks that do the same work, and the counter by which they are compared.
struct Comparison {
  std::string what;      ///< "rows written"
  std::string ours;      ///< benchmark with its arguments: "segments/100000"
  std::string baseline;  ///< likewise
  std::string counter;   ///< "rows/s"; more is better
};

/// Takes `--name=text` from the command line; `otherwise` when it isn't there.
std::string take_text(int& argc, char** argv, const std::string& name, const std::string& otherwise);

/// Takes `--name=number` from the command line; `otherwise` when it isn't there. Throws std::invalid_argument
/// on anything but digits.
std::size_t take_option(int& argc, char** argv, const std::string& name, std::size_t otherwise);

/// Runs the registered benchmarks, then prints ours beside its baseline, and their ratio, for every pair of
/// which both were run; medians where there are repetitions. Returns the exit code: 1 when a benchmark
/// failed.
int run_and_compare(int argc, char** argv, const std::vector<Comparison>& comparisons);

}  // namespace reprise::bench
