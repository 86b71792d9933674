#pragma once

#include <limits>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace reprise {

/// What a column of a published table holds; the report sets published values beside measured ones by it.
enum class Role { parameter, published, theory, measured, difference, verdict };

/// How a cell stands out: the best of its column (bold), or not told apart from the best (underlined).
enum class Emphasis { none, best, tied };

/// One column of a table. A missing number is NaN, a missing string empty: both are shown as a dash.
struct Column {
  std::string name;   ///< identifier: the HDF5 data set's and the CSV column's name
  std::string label;  ///< heading in the report
  std::string unit;   ///< empty: dimensionless
  Role role = Role::measured;
  std::variant<std::vector<double>, std::vector<std::string>> values;
  std::vector<double> standard_error = {};  ///< empty, or one for each number
  int digits = 4;                           ///< significant digits shown
  std::vector<Emphasis> emphasis = {};      ///< empty, or one for each value; the caption says of what
};

/// A table of the report, stored in `results.h5` as one data set a column. All columns have one length.
struct Table {
  std::string id;  ///< identifier, unique within its experiment
  std::string title;
  std::string caption;  ///< says its denominators ("mean of 18 of 20")
  std::vector<Column> columns;
};

enum class SeriesStyle { line, dashed, dotted, points, error_bars, steps, band, bars, cloud };

/// One curve or set of points. A cloud is of so many points that they are small dots, under all curves. For a
/// band, `y` is its lower edge and `upper` its upper edge.
struct Series {
  std::string label;  ///< legend entry; empty: none
  SeriesStyle style = SeriesStyle::line;
  std::vector<double> x;
  std::vector<double> y;
  std::vector<double> error = {};  ///< standard errors, for error_bars
  std::vector<double> upper = {};  ///< for band
  int colour = -1;                 ///< index into the report's palette; -1: the next unused
};

/// A place on an axis with its name.
struct Tick {
  double at = 0;
  std::string label;
};

struct Axis {
  std::string label;
  std::string unit;
  bool log = false;
  std::optional<double> from = std::nullopt;
  std::optional<double> to = std::nullopt;
  std::vector<Tick> ticks =
      {};  ///< for named categories or the paper's own ticks; empty: chosen by the report
};

/// A line across a panel at a value of one axis, with its name beside it.
struct Mark {
  double at = 0;
  std::string label;
  bool vertical = true;
};

/// A word placed in a panel, at axis coordinates (the name of a region, say).
struct Annotation {
  double x = 0;
  double y = 0;
  std::string text;
};

struct Panel {
  std::string title;
  Axis x;
  Axis y;
  std::vector<Series> series;
  std::vector<Mark> marks = {};
  std::vector<Annotation> annotations = {};
};

/// A figure of one or several panels.
struct Figure {
  std::string id;  ///< identifier, unique within its experiment
  std::string title;
  std::string caption;
  std::vector<Panel> panels;
  int panels_across = 1;
};

/// What a paper claims and what would settle it; declared in the paper's folder, frozen with the job before
/// the first result.
struct Claim {
  std::string id;         ///< as in the paper's list of claims: "P5a"
  std::string statement;  ///< the claim in a sentence
  std::string published;  ///< the published value with its unit, or "?" where none was seen
  std::string source;     ///< where it was published, with the mark: "abstract [paper]"
  std::string criterion;  ///< what is tested, with every number in it
  std::string scale;      ///< the least sizes at which it may be settled
};

enum class Verdict { reproduced, not_reproduced, not_tested };

/// What a run found about one claim. `not_tested` with the reason in `remark` when the scale is too small or
/// rows are missing.
struct Finding {
  std::string claim;     ///< Claim::id
  std::string measured;  ///< the measured value as shown
  double value = std::numeric_limits<double>::quiet_NaN();
  double standard_error = std::numeric_limits<double>::quiet_NaN();  ///< NaN: not a statistical quantity
  Verdict verdict = Verdict::not_tested;
  std::string remark;  ///< denominators, deviations
  std::string rows;    ///< where in results.h5 it can be recomputed from: a task or table, and which rows
};

/// All that one experiment has published so far: what a report shows of it.
struct Published {
  std::string experiment;  ///< identifier
  std::string title;
  std::string description;               ///< a paragraph
  int order = 0;                         ///< place within the paper's section
  bool complete = false;                 ///< false: the experiment has not finished
  std::vector<std::string> notes = {};   ///< deviations and remarks, in plain words
  std::vector<std::string> layout = {};  ///< ids of tables and figures in the order of publication
  std::vector<Table> tables = {};
  std::vector<Figure> figures = {};
  std::vector<Claim> claims = {};  ///< as frozen
  std::vector<Finding> findings = {};
};

}  // namespace reprise
