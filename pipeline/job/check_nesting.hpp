#pragma once

#include "pipeline/job/source.hpp"

namespace reprise {

/// Refuses what toml11 would overflow the stack on (it recurses into brackets, and into tables when it drops
/// them), and binary integers longer than 64 digits, on which its arithmetic overflows. Throws Refusal.
void check_nesting(const Source& source);

}  // namespace reprise
