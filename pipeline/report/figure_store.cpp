#include "pipeline/report/figure_store.hpp"

#include <fmt/format.h>

#include "pipeline/report/named_values.hpp"

namespace reprise::reporting {
namespace {

using Numbers = std::vector<double>;
using Words = std::vector<std::string>;

void write_some(const h5::Group& group, const std::string& name, const Numbers& numbers) {
  if (!numbers.empty()) group.write(name, numbers);
}

Numbers read_numbers(const h5::Group& group, const std::string& name) {
  return group.has(name) ? group.open_dataset(name).read<double>() : Numbers{};
}

Words read_words(const h5::Group& group, const std::string& name) {
  return group.has(name) ? group.open_dataset(name).read_strings() : Words{};
}

/// Columns that belong together are of one length.
void expect_rows(bool same, const std::string& what) {
  if (!same) throw DamagedFile("the data sets of a panel's " + what + " differ in length");
}

void write_axis(const h5::Group& panel, const std::string& name, const Axis& axis) {
  panel.set_attribute(name + "_label", axis.label);
  panel.set_attribute(name + "_unit", axis.unit);
  panel.set_number<bool>(name + "_log", axis.log);
  if (axis.from) panel.set_number(name + "_from", *axis.from);
  if (axis.to) panel.set_number(name + "_to", *axis.to);
  if (axis.ticks.empty()) return;
  Numbers at;
  Words labels;
  for (const auto& tick : axis.ticks) {
    at.push_back(tick.at);
    labels.push_back(tick.label);
  }
  panel.write(name + "_tick_at", at);
  panel.write_strings(name + "_tick_label", labels);
}

Axis read_axis(const h5::Group& panel, const std::string& name) {
  Axis axis;
  axis.label = panel.attribute(name + "_label");
  axis.unit = panel.attribute(name + "_unit");
  axis.log = panel.number<bool>(name + "_log");
  if (panel.has_attribute(name + "_from")) axis.from = panel.number<double>(name + "_from");
  if (panel.has_attribute(name + "_to")) axis.to = panel.number<double>(name + "_to");
  const auto at = read_numbers(panel, name + "_tick_at");
  const auto labels = read_words(panel, name + "_tick_label");
  expect_rows(at.size() == labels.size(), name + " ticks");
  for (std::size_t i = 0; i < at.size(); ++i) axis.ticks.push_back({at[i], labels[i]});
  return axis;
}

void write_series(const h5::Group& group, const Series& series) {
  group.set_attribute("label", series.label);
  group.set_attribute("style", name_of(kStyles, series.style));
  group.set_number<std::int32_t>("colour", series.colour);
  write_some(group, "x", series.x);
  write_some(group, "y", series.y);
  write_some(group, "error", series.error);
  write_some(group, "upper", series.upper);
}

Series read_series(const h5::Group& group) {
  return {group.attribute("label"),
          value_of(kStyles, group.attribute("style")),
          read_numbers(group, "x"),
          read_numbers(group, "y"),
          read_numbers(group, "error"),
          read_numbers(group, "upper"),
          group.number<std::int32_t>("colour")};
}

void write_marks(const h5::Group& panel, const std::vector<Mark>& marks) {
  if (marks.empty()) return;
  Numbers at;
  Words labels, directions;
  for (const auto& mark : marks) {
    at.push_back(mark.at);
    labels.push_back(mark.label);
    directions.emplace_back(mark.vertical ? "vertical" : "horizontal");
  }
  panel.write("mark_at", at);
  panel.write_strings("mark_label", labels);
  panel.write_strings("mark_direction", directions);
}

std::vector<Mark> read_marks(const h5::Group& panel) {
  std::vector<Mark> marks;
  const auto at = read_numbers(panel, "mark_at");
  const auto labels = read_words(panel, "mark_label");
  const auto directions = read_words(panel, "mark_direction");
  expect_rows(at.size() == labels.size() && at.size() == directions.size(), "marks");
  for (std::size_t i = 0; i < at.size(); ++i)
    marks.push_back({at[i], labels[i], directions[i] == "vertical"});
  return marks;
}

void write_annotations(const h5::Group& panel, const std::vector<Annotation>& annotations) {
  if (annotations.empty()) return;
  Numbers x, y;
  Words texts;
  for (const auto& annotation : annotations) {
    x.push_back(annotation.x);
    y.push_back(annotation.y);
    texts.push_back(annotation.text);
  }
  panel.write("annotation_x", x);
  panel.write("annotation_y", y);
  panel.write_strings("annotation_text", texts);
}

std::vector<Annotation> read_annotations(const h5::Group& panel) {
  std::vector<Annotation> annotations;
  const auto x = read_numbers(panel, "annotation_x");
  const auto y = read_numbers(panel, "annotation_y");
  const auto texts = read_words(panel, "annotation_text");
  expect_rows(x.size() == y.size() && x.size() == texts.size(), "annotations");
  for (std::size_t i = 0; i < x.size(); ++i) annotations.push_back({x[i], y[i], texts[i]});
  return annotations;
}

}  // namespace

void write_figure(const h5::Group& group, const Figure& figure) {
  group.set_attribute("title", figure.title);
  group.set_attribute("caption", figure.caption);
  group.set_number<std::int32_t>("panels_across", figure.panels_across);
  for (std::size_t k = 0; k < figure.panels.size(); ++k) {
    const auto& panel = figure.panels[k];
    const auto to = group.create_group(fmt::format("panel_{}", k));
    to.set_attribute("title", panel.title);
    write_axis(to, "x", panel.x);
    write_axis(to, "y", panel.y);
    write_marks(to, panel.marks);
    write_annotations(to, panel.annotations);
    for (std::size_t j = 0; j < panel.series.size(); ++j) {
      write_series(to.create_group(fmt::format("series_{}", j)), panel.series[j]);
    }
  }
}

Figure read_figure(const h5::Group& group, const std::string& id) {
  Figure figure{id, group.attribute("title"), group.attribute("caption"), {}};
  figure.panels_across = group.number<std::int32_t>("panels_across");
  for (int k = 0; group.has(fmt::format("panel_{}", k)); ++k) {
    const auto from = group.open_group(fmt::format("panel_{}", k));
    Panel panel{from.attribute("title"), read_axis(from, "x"), read_axis(from, "y"), {}};
    panel.marks = read_marks(from);
    panel.annotations = read_annotations(from);
    for (int j = 0; from.has(fmt::format("series_{}", j)); ++j) {
      panel.series.push_back(read_series(from.open_group(fmt::format("series_{}", j))));
    }
    figure.panels.push_back(std::move(panel));
  }
  return figure;
}

}  // namespace reprise::reporting
