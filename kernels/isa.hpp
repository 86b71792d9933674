#pragma once

#include <string_view>

namespace reprise {

/// Instruction sets that kernels may be held to, in growing order. A run pins one, because kernels chosen by
/// the CPU give other bits on another CPU.
enum class Isa { sse41, avx2, avx512, avx512_vnni, avx512_bf16, amx };

/// The best that this CPU has. Freezes nothing.
[[nodiscard]] Isa detect_isa();

/// The best that kernels of this process use: what limit_isa() said, else what the CPU has.
[[nodiscard]] Isa active_isa();

/// Holds oneDNN and Highway to `isa`, or to what the CPU has if that is less. Call it before any kernel.
/// Throws std::logic_error when oneDNN has already chosen its kernels for another instruction set.
void limit_isa(Isa isa);

[[nodiscard]] std::string_view to_string(Isa isa);

/// Throws std::invalid_argument that lists the known names.
[[nodiscard]] Isa isa_from_string(std::string_view name);

}  // namespace reprise
