#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

/// The instruction sets that kernels may be held to. The run pins one for all its ranks; what they are is the
/// kernels' business, so the program tells (set_instruction_sets) before a run starts.
struct InstructionSets {
  std::vector<std::string> names = {"generic"};  ///< in growing order
  std::function<std::string()> best = [] { return std::string("generic"); };
  std::function<void(const std::string&)> limit = [](const std::string&) {};
};

const InstructionSets& instruction_sets();
void set_instruction_sets(InstructionSets sets);

/// Place of a name in growing order. Throws UsageError listing the known ones.
std::size_t isa_level(std::string_view name);

}  // namespace reprise
