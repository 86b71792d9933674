#pragma once

#include "pipeline/report/document.hpp"

namespace reprise {

/// A report with everything in it that a report can show, and with text that wants escaping. Its numbers are
/// made up.
Report sample_report();

/// One experiment of it: tables with every role, figures with every style.
Published sample_experiment();

}  // namespace reprise
