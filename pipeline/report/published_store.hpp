#pragma once

#include "pipeline/report/published.hpp"
#include "pipeline/store/h5.hpp"

namespace reprise {

/// What an experiment published, below `group` (`/published/<experiment>`), for readers with h5py alone:
///
///   attributes                  experiment, title, description, order, complete
///   notes, layout               data sets of strings
///   tables/<id>                 attributes title, caption, place, columns (names in order, one a line)
///     <column>                  numbers or strings; attributes label, unit, role, digits
///     <column>_standard_error   numbers, where the column has them
///   figures/<id>                attributes title, caption, place, panels_across
///     panel_<k>                 attributes title, x_label, x_unit, x_log, x_from, x_to (and y_...)
///       series_<j>              attributes label, style, colour; data sets x, y, error, upper
///       x_tick_at, x_tick_label, mark_at, mark_label, mark_direction, annotation_x, annotation_y,
///       annotation_text
///   claims/<id>                 attributes statement, published, source, criterion, scale, place
///   findings/<claim>            attributes measured, value, standard_error, verdict, remark, rows, place
///
/// Data sets with nothing in them are left out. Members whose names hold a '/' are refused.
/// Throws std::invalid_argument where identifiers are missing, double or hold a '/'.
void write_published(const h5::Group& group, const Published& published);

/// What write_published wrote. Throws DamagedFile where something is missing or of another kind.
Published read_published(const h5::Group& group);

}  // namespace reprise
