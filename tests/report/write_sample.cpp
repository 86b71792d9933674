#include <exception>
#include <iostream>

#include "pipeline/report/write_report.hpp"
#include "tests/report/sample_document.hpp"

/// Writes the sample report into the folder named by the first argument.
int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: sample_report OUT\n";
    return 2;
  }
  try {
    for (const auto& problem : reprise::write_report(reprise::sample_report(), argv[1]))
      std::cerr << problem << '\n';
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
