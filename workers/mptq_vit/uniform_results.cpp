#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "workers/common/presentation.hpp"
#include "workers/mptq_vit/published_accuracy.hpp"
#include "workers/mptq_vit/uniform_bits.hpp"

namespace reprise::mptq_vit {
namespace {

std::string bits_text(int bits) {
  return fmt::format("{}/{}", bits, bits);
}

std::optional<PublishedAccuracy> published_at(const UniformResults& results, std::size_t model,
                                              std::size_t method, std::size_t b) {
  return published_uniform(results.models[model], results.methods[method], results.scheme, results.bits[b]);
}

/// The paper's own layout: methods and bits down, models across.
Table accuracy_table(const UniformResults& results) {
  std::vector<std::string> method{"single precision"};
  std::vector<std::string> bits{"32/32"};
  for (const auto b : results.bits)
    for (const auto one : results.methods) {
      method.push_back(title_of(one));
      bits.push_back(bits_text(b));
    }
  Table table{"accuracy",
              "Accuracy at uniform bits",
              "Top-1 accuracy in percent, mean over calibration sets; the error is that of the test images "
              "and of the calibration sets' spread. Bold: the best of its bits. Published: ImageNet; "
              "MPTQ-ViT's own cells were not seen. Agrees: within the larger of 0.5 points and 2 sqrt(SE^2 + "
              "sigma^2), SE of the test images and sigma between calibration sets; in single precision "
              "within 0.1 points, DeiT 0.2, and on fewer images than all within 2 SE.",
              {parameter("method", "method", method), parameter("bits", "W/A", bits)}};
  for (std::size_t m = 0; m < results.models.size(); ++m) {
    const auto model = results.models[m];
    std::vector<std::string> published;
    std::vector<std::string> agreement;
    std::vector<Estimate> found;
    std::vector<Emphasis> emphasis;
    const auto show_published = [&](std::optional<double> percent) {
      published.push_back(percent ? fmt::format("{:.2f}", *percent) : "?");
    };
    const bool comparable = single_precision_problem(model, results.single_precision[m]).empty();
    show_published(published_single_precision(model));
    agreement.push_back(single_precision_verdict(model, results.single_precision[m]));
    found.push_back(or_missing(mean_accuracy({results.single_precision[m]})));
    emphasis.push_back(Emphasis::none);
    for (std::size_t b = 0; b < results.bits.size(); ++b) {
      double best = -1;
      const auto first = found.size();
      for (std::size_t k = 0; k < results.methods.size(); ++k) {
        const auto seen = published_at(results, m, k, b);
        show_published(seen ? std::optional(seen->percent) : std::nullopt);
        agreement.push_back(!seen         ? "-"
                            : !comparable ? "not tested"
                                          : quantized_verdict(seen->percent, results.accuracy[m][b][k]));
        found.push_back(or_missing(mean_accuracy(results.accuracy[m][b][k])));
        best = std::max(best, std::isnan(found.back().value) ? -1 : found.back().value);
      }
      for (auto i = first; i < found.size(); ++i)
        emphasis.push_back(found[i].value == best ? Emphasis::best : Emphasis::none);
    }
    const auto id = std::string(name_of(model));
    if (!is_trained_here(model)) {
      Column column{"published_" + id, title_of(model) + ": published", "%", Role::published, published};
      table.columns.push_back(std::move(column));
    }
    auto column = measured("measured_" + id, title_of(model) + (is_trained_here(model) ? "" : ": measured"),
                           "%", found);
    column.emphasis = std::move(emphasis);
    column.digits = 4;
    table.columns.push_back(std::move(column));
    if (!is_trained_here(model))
      table.columns.push_back(
          {"agreement_" + id, title_of(model) + ": agreement", "", Role::verdict, agreement});
  }
  return table;
}

/// A step of an ablation: one method over another, by the same images.
struct Ablation {
  Method method;
  Method over;
};
constexpr std::array kAblations{Ablation{Method::sqb_optm, Method::minmax},
                                Ablation{Method::sq, Method::minmax},
                                Ablation{Method::sqb, Method::minmax},
                                Ablation{Method::sqb, Method::sq},
                                Ablation{Method::fixed_gelu, Method::minmax},
                                Ablation{Method::optm_gelu, Method::fixed_gelu},
                                Ablation{Method::optm_gelu_sign, Method::fixed_gelu},
                                Ablation{Method::optm_gelu, Method::optm_gelu_sign},
                                Ablation{Method::optm_softmax, Method::minmax},
                                Ablation{Method::optm, Method::minmax},
                                Ablation{Method::sqb_optm, Method::optm},
                                Ablation{Method::mptq, Method::sqb_optm},
                                Ablation{Method::sqb_optm, Method::repq},
                                Ablation{Method::mptq, Method::repq},
                                Ablation{Method::mptq, Method::tsptq},
                                Ablation{Method::mptq, Method::fq_vit},
                                Ablation{Method::mptq, Method::fq_vit_ptf},
                                Ablation{Method::mptq, Method::fq_vit_attention4}};

/// None where no two of these methods were run.
std::optional<Table> gain_table(const UniformResults& results) {
  std::vector<std::string> model;
  std::vector<std::string> bits;
  std::vector<std::string> method;
  std::vector<std::string> over;
  std::vector<std::vector<Estimate>> gain;
  std::size_t seeds = 0;
  for (std::size_t m = 0; m < results.models.size(); ++m)
    for (std::size_t b = 0; b < results.bits.size(); ++b)
      for (const auto& [one, other] : kAblations) {
        const auto gains = results.gains(m, b, one, other);
        if (gains.empty()) continue;
        seeds = gains.size();
        model.push_back(title_of(results.models[m]));
        bits.push_back(bits_text(results.bits[b]));
        method.push_back(title_of(one));
        over.push_back(title_of(other));
        gain.resize(seeds);
        for (std::size_t s = 0; s < seeds; ++s) gain[s].push_back(or_missing(gains[s]));
      }
  if (model.empty()) return std::nullopt;
  Table table{"gains",
              "Gains, image by image",
              "Difference of top-1 accuracies in points, with the standard error of pairs over the test "
              "images, for each calibration set.",
              {parameter("model", "model", model), parameter("bits", "W/A", bits),
               parameter("method", "method", method), parameter("over", "over", over)}};
  for (std::size_t s = 0; s < seeds; ++s) {
    auto column = measured(fmt::format("gain_{}", s),
                           fmt::format("calibration set {}", kFirstCalibrationSeed + s), "%", gain[s]);
    column.role = Role::difference;
    column.digits = 3;
    table.columns.push_back(std::move(column));
  }
  return table;
}

}  // namespace

std::vector<Table> tables_of(const UniformResults& results) {
  std::vector<Table> tables{accuracy_table(results)};
  if (auto gains = gain_table(results)) tables.push_back(*std::move(gains));
  return tables;
}

std::vector<Figure> figures_of(const UniformResults& results) {
  Figure figure{"accuracy_by_bits",
                "Accuracy by bits",
                "Top-1 accuracy over bits of weights and activations, mean over calibration sets with its "
                "error; the line is the model in single precision.",
                {},
                2};
  for (std::size_t m = 0; m < results.models.size(); ++m) {
    Panel panel{title_of(results.models[m]), {"bits", "bit"}, {"top-1 accuracy", "%"}, {}};
    for (std::size_t k = 0; k < results.methods.size(); ++k) {
      std::vector<double> x;
      std::vector<Estimate> y;
      for (std::size_t b = 0; b < results.bits.size(); ++b) {
        x.push_back(results.bits[b]);
        y.push_back(or_missing(mean_accuracy(results.accuracy[m][b][k])));
      }
      panel.series.push_back(points(title_of(results.methods[k]), x, y, static_cast<int>(k)));
    }
    if (const auto whole = mean_accuracy({results.single_precision[m]}))
      panel.marks.push_back({whole->value, "single precision", false});
    figure.panels.push_back(std::move(panel));
  }
  return {figure};
}

}  // namespace reprise::mptq_vit
