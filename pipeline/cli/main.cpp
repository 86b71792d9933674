#include <limits.h>
#include <unistd.h>

#include "kernels/isa.hpp"
#include "pipeline/cli/command.hpp"
#include "pipeline/run/isa.hpp"

namespace {

std::string own_path(const char* called) {
  char path[PATH_MAX] = {};
  const auto length = ::readlink("/proc/self/exe", path, sizeof(path) - 1);
  return length > 0 ? std::string(path, static_cast<std::size_t>(length)) : std::string(called);
}

}  // namespace

/// The one place where pipeline, kernels and papers meet.
int main(int argc, char** argv) {
  reprise::InstructionSets sets;
  sets.names = {"sse41", "avx2", "avx512", "avx512_vnni", "avx512_bf16", "avx512_amx"};
  sets.best = [sets] { return sets.names.at(static_cast<std::size_t>(reprise::detect_isa())); };
  sets.limit = [](const std::string& name) {
    reprise::limit_isa(static_cast<reprise::Isa>(reprise::isa_level(name)));
  };
  reprise::set_instruction_sets(sets);
  return reprise::run_command_line({own_path(argv[0]), {argv + 1, argv + argc}});
}
