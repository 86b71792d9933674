#pragma once

#include <string>

#include "pipeline/report/contents.hpp"

namespace reprise::reporting {

/// Says in the page's head which program wrote it, so that a later report may replace it.
inline constexpr const char* kGenerator = "<meta name=\"generator\" content=\"reprise\">";

/// The whole report as one page that needs no network and no other file.
std::string html_page(const Contents& contents);

}  // namespace reprise::reporting
