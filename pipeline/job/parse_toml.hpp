#pragma once

#include "pipeline/job/source.hpp"
#include "pipeline/job/toml_value.hpp"

namespace reprise {

/// Parses TOML 1.0. Throws Refusal at the first syntax error, and nothing else.
TomlTable parse_toml(const Source& source);

}  // namespace reprise
