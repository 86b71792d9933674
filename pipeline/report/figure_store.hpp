#pragma once

#include <string>

#include "pipeline/report/published.hpp"
#include "pipeline/store/h5.hpp"

namespace reprise::reporting {

/// A figure below `group`; published_store.hpp has the layout.
void write_figure(const h5::Group& group, const Figure& figure);

/// What write_figure wrote. Throws DamagedFile where something is missing or of another kind.
Figure read_figure(const h5::Group& group, const std::string& id);

}  // namespace reprise::reporting
