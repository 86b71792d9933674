#include "tests/report/sample_figures.hpp"

#include <cmath>
#include <functional>
#include <limits>
#include <string>

namespace reprise {
namespace {

using Numbers = std::vector<double>;

Numbers spaced(double from, double to, int count) {
  Numbers values;
  for (int i = 0; i < count; ++i) values.push_back(from + (to - from) * i / (count - 1));
  return values;
}

Numbers of(const Numbers& x, const std::function<double(double)>& f) {
  Numbers y;
  for (const double each : x) y.push_back(f(each));
  return y;
}

/// A ripple in place of noise.
double ripple(double x) {
  return 0.02 * std::sin(17 * x);
}

Figure density_figure() {
  const auto fine = spaced(0.02, 3, 150);
  const auto coarse = spaced(0.1, 2.9, 15);
  Panel panel;
  panel.x = {"bandwidth h", "σ"};
  panel.y = {"log-density ratio ⟨ln ρ̂/ρ⟩/d", "nat"};
  for (int k = 0; k < 3; ++k) {
    const auto theory = [k](double x) { return std::exp(-x) * (1 + 0.3 * k) - 0.4 / (x + 0.3); };
    const auto alpha = "α = " + std::to_string(k + 1);
    panel.series.push_back({"theory, " + alpha, SeriesStyle::line, fine, of(fine, theory), {}, {}, k});
    panel.series.push_back({"simulation, " + alpha,
                            SeriesStyle::error_bars,
                            coarse,
                            of(coarse, [&](double x) { return theory(x) + ripple(x + k); }),
                            Numbers(coarse.size(), 0.03),
                            {},
                            k});
  }
  panel.marks = {{0.72, "h_CLT"}, {0.83, "h_G"}, {1.26, "h* (optimal)"}, {0, "Gaussian limit", false}};
  panel.annotations = {{0.3, -0.6, "condensed"}, {2.2, -0.75, "CLT regime"}};
  return {"density",
          "Density ratio (the paper's Figure 1)",
          "Lines: theory. Points: simulation, mean of 18 of 20 draws.",
          {panel}};
}

Panel decay_panel(const std::string& title, double power) {
  const Numbers n{16, 64, 256, 1024, 4096, 16384, 65536};
  Panel panel{title, {"number of draws n", "", true}, {"risk", "nat²", true}, {}};
  const auto law = [&](double each) { return 3 * std::pow(each, power); };
  panel.series = {
      {"95 % band",
       SeriesStyle::band,
       n,
       of(n, [&](double each) { return 0.6 * law(each); }),
       {},
       of(n, [&](double each) { return 1.6 * law(each); }),
       0},
      {"single runs", SeriesStyle::cloud, n, of(n, [&](double each) { return 1.3 * law(each); }), {}, {}, 7},
      {"theory n^(−4/5)", SeriesStyle::dashed, n, of(n, law), {}, {}, 0},
      {"lower bound", SeriesStyle::dotted, n, of(n, [&](double each) { return 0.4 * law(each); }), {}, {}, 1},
      {"measured",
       SeriesStyle::error_bars,
       n,
       of(n, [&](double each) { return 1.1 * law(each); }),
       of(n, [&](double each) { return 0.2 * law(each); }),
       {},
       2}};
  return panel;
}

Figure decay_figure() {
  return {"decay",
          "Decay of the risk, two spectra",
          "Both panels share their legend.",
          {decay_panel("isotropic", -0.8),
           decay_panel("power law, a title long enough that it wraps onto the next line", -0.5)},
          2};
}

Figure styles_figure() {
  const auto x = spaced(0, 10, 21);
  std::vector<Panel> panels;
  for (int k = 0; k < 3; ++k) {
    Panel panel{
        "panel " + std::to_string(k + 1), {"time since the start", "s"}, {"concentration", "mol/l"}, {}};
    for (int s = 0; s <= 2 * k; ++s) {
      const auto style = s % 3 == 0   ? SeriesStyle::steps
                         : s % 3 == 1 ? SeriesStyle::points
                                      : SeriesStyle::line;
      panel.series.push_back({"series number " + std::to_string(s), style, x,
                              of(x, [&](double t) { return 1e6 * (s + 1) * std::exp(-t / (k + 2)); })});
    }
    panels.push_back(panel);
  }
  panels[0].x.from = -2;
  panels[0].x.to = 12;
  panels[0].marks = {{4e5, "half of the yield", false}, {3.6e5, "published yield", false}};
  return {"styles", "Steps, points and lines", "Three panels with legends of their own.", panels, 3};
}

Figure many_figure() {
  const auto x = spaced(1, 5, 9);
  Panel panel{"",
              {"κ", ""},
              {"error of the estimate, relative to the largest eigenvalue of the covariance", "%"},
              {}};
  for (int s = 0; s < 11; ++s) {
    panel.series.push_back({"method " + std::to_string(s) + (s == 4 ? " with 'quotes', `date` & \\n" : ""),
                            s % 2 == 0 ? SeriesStyle::points : SeriesStyle::line, x,
                            of(x, [&](double each) { return (s + 1) * each; })});
  }
  panel.series[2].y[3] = std::numeric_limits<double>::quiet_NaN();
  return {"many", "Eleven series", "The legend is below the plot.", {panel}};
}

}  // namespace

std::vector<Figure> sample_figures() {
  return {density_figure(), decay_figure(), styles_figure(), many_figure()};
}

Figure sample_bars_figure() {
  const Numbers layers{1, 2, 3, 4, 5, 6};
  Panel panel{"", {"layer", ""}, {"accuracy lost", "%"}, {}};
  panel.x.ticks = {{1, "patch_embed"},      {2, "blocks.0.attn.qkv"}, {3, "blocks.0.attn.proj"},
                   {4, "blocks.0.mlp.fc1"}, {5, "blocks.0.mlp.fc2"},  {6, "head"}};
  panel.series = {{"published", SeriesStyle::bars, layers, {0.4, 1.2, 0.7, 2.1, 1.9, 0.2}},
                  {"measured",
                   SeriesStyle::bars,
                   layers,
                   {0.5, 1.0, 0.8, 2.4, 1.7, 0.3},
                   {0.1, 0.2, 0.1, 0.3, 0.2, 0.1}}};
  return {
      "layers", "Accuracy lost by layer", "Bars: mean of 20 of 20; error bars: standard errors.", {panel}};
}

Figure sample_empty_figure() {
  Panel panel{"", {"part left out", ""}, {"accuracy lost", "%"}, {}};
  panel.series = {{"measured", SeriesStyle::points, {}, {}}};
  return {"parts", "What each part contributes", "0 of 4 parts so far.", {panel}};
}

}  // namespace reprise
