#include "pipeline/run/isa.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "pipeline/base/errors.hpp"

namespace reprise {
namespace {

InstructionSets& known_sets() {
  static InstructionSets sets;
  return sets;
}

}  // namespace

const InstructionSets& instruction_sets() {
  return known_sets();
}
void set_instruction_sets(InstructionSets sets) {
  known_sets() = std::move(sets);
}

std::size_t isa_level(std::string_view name) {
  const auto& names = known_sets().names;
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) {
    throw UsageError(fmt::format("\"{}\" is no instruction set; known are {}", name, fmt::join(names, ", ")));
  }
  return static_cast<std::size_t>(found - names.begin());
}

}  // namespace reprise
