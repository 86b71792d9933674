#pragma once

#include <string>
#include <string_view>

#include "pipeline/job/complaints.hpp"

namespace reprise {

/// toml11's account of a syntax error (a title, source lines with carets, hints) as one of ours, at the place
/// that it points to last.
Refusal translate_syntax_error(const Source& source, std::string_view account);

}  // namespace reprise
