#pragma once

#include <vector>

#include "pipeline/report/published.hpp"

namespace reprise::reporting {

/// The least and the greatest of the values shown along an axis.
struct Extent {
  double least = 0;
  double greatest = 0;
  bool empty = true;

  /// Takes in `value` if the axis can show it.
  void add(double value, bool log);
};

/// An axis with its range and ticks decided.
struct Scale {
  double from = 0;
  double to = 1;
  bool log = false;
  std::vector<Tick> ticks;    ///< labelled
  std::vector<double> minor;  ///< unlabelled

  /// Where `value` is between `from` (0) and `to` (1).
  double position(double value) const;
};

/// Range and ticks of `axis`: as the axis says, else from the values with some air around them.
/// At most about `most_ticks` are labelled. `from_zero`: the range includes zero (for bars).
Scale make_scale(const Axis& axis, const Extent& extent, int most_ticks, bool from_zero = false);

}  // namespace reprise::reporting
