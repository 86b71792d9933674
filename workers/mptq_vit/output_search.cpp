#include "workers/mptq_vit/output_search.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/density/flush_denormals.hpp"
#include "kernels/expects.hpp"
#include "kernels/quantise/candidates.hpp"
#include "kernels/vision/product_search.hpp"
#include "workers/mptq_vit/step_products.hpp"
#include "workers/mptq_vit/units.hpp"

namespace reprise::mptq_vit {
namespace {

using nn::Operand;
using nn::SearchKind;

constexpr float kLeastScale = 1e-12F;

/// Factors of a quantizer's scale (of the positive one, where there are two), all groups at once.
std::vector<nn::Quantizer> scaled(const nn::Quantizer& start, const OutputRule& rule) {
  std::vector<nn::Quantizer> all;
  for (std::int32_t i = 0; i < rule.candidates; ++i) {
    const double factor = rule.least + i * (rule.most - rule.least) / rule.candidates;
    auto& one = all.emplace_back(start);
    for (float& scale : one.outer.empty() ? one.scale : one.outer)
      scale = std::max(static_cast<float>(static_cast<double>(scale) * factor), kLeastScale);
  }
  return all;
}

/// Where a search begins, and what it looks at.
struct Candidates {
  nn::Quantizer start;
  std::vector<nn::Quantizer> others;
  bool of_outputs = true;  ///< whether they depend on the other operand's quantizer
};

class Search {
 public:
  Search(const Recipe& recipe, const Units& units, int bits) : recipe_(recipe), units_(units), bits_(bits) {}

  void add(const StepProduct& at, const nn::ProductSearch& search, QuantizerTable& table) const {
    const auto left = candidates_of_site(search.product(), Operand::left, at.left);
    const auto right = at.weight ? candidates_of_weight(search.product(), *at.weight)
                                 : candidates_of_site(search.product(), Operand::right, *at.right);
    auto chosen_left = left.start;
    auto chosen_right = right.start;
    const auto improve_left = [&] {
      if (!left.others.empty())
        chosen_left = search.search(Operand::left, chosen_left, left.others,
                                    left.of_outputs ? chosen_right : nn::Quantizer{});
    };
    const auto improve_right = [&] {
      chosen_right = search.search(Operand::right, chosen_right, right.others, chosen_left);
    };
    // Weights before what they multiply; of attention, what stands left first. Where the left one does not
    // depend on the right one, another round changes nothing.
    const bool depend = !left.others.empty() && left.of_outputs;
    for (std::int32_t round = 0; round < (depend ? recipe_.outputs.rounds : 1); ++round) {
      if (!at.weight) improve_left();
      improve_right();
      if (at.weight) improve_left();
    }
    add(table, units_.unit_of_site(at.left), search.product(), Operand::left, chosen_left);
    add(table, at.weight ? *at.weight : units_.unit_of_site(*at.right), search.product(), Operand::right,
        chosen_right);
  }

 private:
  [[nodiscard]] Candidates symmetric(const nn::Product& product, Operand operand, std::int64_t groups) const {
    Candidates found;
    found.start = nn::symmetric_quantizer(nn::operand_ranges(product, operand, groups), bits_);
    found.others = scaled(found.start, recipe_.outputs);
    return found;
  }

  [[nodiscard]] Candidates candidates_of_weight(const nn::Product& product, std::size_t unit) const {
    const auto& weight = units_.weights().at(unit);
    std::int64_t groups = 1;
    if (weight.kind == nn::WeightKind::qkv) groups = 3;
    if (weight.kind == nn::WeightKind::patch_embed && recipe_.outputs.patches_by_channel)
      groups = weight.rows;
    return symmetric(product, Operand::right, groups);
  }

  [[nodiscard]] Candidates candidates_of_site(const nn::Product& product, Operand operand,
                                              std::size_t site) const {
    const auto& at = units_.sites().at(site);
    if (at.kind == nn::SiteKind::image) return {};
    if (at.kind == nn::SiteKind::fc2_input && recipe_.gelu == GeluRule::fixed) return signed_regions(product);
    if (at.kind == nn::SiteKind::probabilities && recipe_.probabilities != ProbabilityRule::as_others)
      return regions_of_probabilities(product);
    return symmetric(product, operand, product.kind == nn::Product::Kind::layer ? 1 : at.heads);
  }

  [[nodiscard]] Candidates signed_regions(const nn::Product& product) const {
    const nn::Search all{
        SearchKind::fixed_sign_regions, bits_, nn::operand_ranges(product, Operand::left, 1).at(0), {}};
    const auto settings = nn::settings(all);
    const auto plain = std::ranges::find(settings, 1.0, &nn::Setting::rho);
    Candidates found;
    found.start = nn::candidates(all).at(static_cast<std::size_t>(plain - settings.begin()));
    found.others = scaled(found.start, recipe_.outputs);
    return found;
  }

  /// Powers of two between two scales, one of which is fixed; compared with values in single precision.
  [[nodiscard]] Candidates regions_of_probabilities(const nn::Product& product) const {
    const bool twin = recipe_.probabilities == ProbabilityRule::twin;
    auto all = nn::candidates({twin ? SearchKind::twin_probabilities : SearchKind::probability_regions,
                               bits_,
                               nn::operand_ranges(product, Operand::left, 1).at(0),
                               {}});
    return {all.front(), {all.begin() + 1, all.end()}, false};
  }

  static void add(QuantizerTable& table, std::size_t unit, const nn::Product& product, Operand operand,
                  const nn::Quantizer& quantizer) {
    if (quantizer.kind == nn::QuantizerKind::none) return;
    table.add(static_cast<std::uint32_t>(unit), quantizer, nn::operand_error(product, operand, quantizer));
  }

  const Recipe& recipe_;
  const Units& units_;
  int bits_;
};

}  // namespace

QuantizerTable search_outputs(const OutputSearch& input, TaskContext& context) {
  const FlushDenormals flush;
  const auto& [score, least, most, candidates, rounds, images, by_channel] = input.recipe.outputs;
  expects(score != OutputScore::none && candidates >= 1 && rounds >= 1 && images >= 1 && least > 0,
          "a recipe that searches by outputs has candidates, rounds and images");
  expects(input.recipe.gelu == GeluRule::as_others || input.recipe.gelu == GeluRule::fixed,
          "a search by outputs knows the rules as_others and fixed at GELU");
  expects(input.recipe.probabilities == ProbabilityRule::as_others ||
              input.recipe.probabilities == ProbabilityRule::optm ||
              input.recipe.probabilities == ProbabilityRule::twin,
          "a search by outputs knows the rules as_others, optm and twin at softmax");
  const auto inputs = step_inputs(input.set, input.fold, context);
  const Units units(inputs->model->shape);
  const bool by_gradient = score == OutputScore::gradient;
  QuantizerTable table;
  if (input.step == 0)  // images stay as they are, as in the authors' programs
    table.add(static_cast<std::uint32_t>(units.unit_of_site(0)),
              {nn::QuantizerKind::none, kStemBits, {}, {}, {}}, 0);
  for (auto& each : step_products(*inputs, input.set, input.step, images, by_gradient)) {
    const nn::ProductSearch search(std::move(each.product),
                                   by_gradient ? nn::OutputMetric::gradient : nn::OutputMetric::cosine);
    for (const auto bits : input.bits) Search(input.recipe, units, bits).add(each, search, table);
  }
  return table;
}

double search_seconds(const OutputSearch& input) {
  const auto& rule = input.recipe.outputs;
  const auto images = std::min(rule.images, input.set.count);
  const double passes = 2.0 * rule.candidates * rule.rounds * static_cast<double>(input.bits.size());
  return forward_seconds(input.set.model.name, images) * passes /
         nn::step_count(shape_of(input.set.model.name));
}

}  // namespace reprise::mptq_vit
