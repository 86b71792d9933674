#include "workers/mptq_vit/cost.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/expects.hpp"

namespace reprise::mptq_vit {
namespace {

nn::SiteKind input_of(nn::WeightKind weight) {
  switch (weight) {
    case nn::WeightKind::patch_embed:
      return nn::SiteKind::image;
    case nn::WeightKind::qkv:
      return nn::SiteKind::qkv_input;
    case nn::WeightKind::proj:
      return nn::SiteKind::proj_input;
    case nn::WeightKind::fc1:
      return nn::SiteKind::fc1_input;
    case nn::WeightKind::fc2:
      return nn::SiteKind::fc2_input;
    case nn::WeightKind::reduction:
      return nn::SiteKind::reduction_input;
    case nn::WeightKind::head:
      break;
  }
  return nn::SiteKind::head_input;
}

/// The site of this kind in a step.
std::size_t site_in(const Units& units, std::int32_t step, nn::SiteKind kind) {
  const auto found = std::ranges::find_if(
      units.sites(), [&](const nn::Site& site) { return site.step == step && site.kind == kind; });
  expects(found != units.sites().end(), "the step has such a site");
  return static_cast<std::size_t>(found - units.sites().begin());
}

/// Parameters that are never quantized: biases, norms, embeddings, tables of positions.
double others(const nn::VisionShape& shape) {
  const bool swin = shape.family == nn::VisionFamily::swin;
  const auto grid = shape.image / shape.patch;
  double count =
      swin ? 2 * static_cast<double>(shape.width) : static_cast<double>((2 + grid * grid) * shape.width);
  for (const auto& pair : nn::norm_pairs(shape)) count += 2 * static_cast<double>(pair.channels);
  for (std::size_t stage = 0; swin && stage < shape.depths.size(); ++stage) {
    const auto side = 2 * shape.window - 1;
    count += static_cast<double>(side * side * shape.heads[stage] * shape.depths[stage]);
  }
  const auto weights = nn::weights_of(shape);
  // Every layer but Swin's reduction has a bias; the final norm has the classifier's inputs.
  for (const auto& weight : weights)
    if (weight.kind != nn::WeightKind::reduction) count += static_cast<double>(weight.rows);
  return count + 2 * static_cast<double>(weights.back().columns);
}

double bits_or_single(const Allocation& bits, std::size_t unit) {
  return bits.empty() || bits[unit] == 0 ? 32 : bits[unit];
}

}  // namespace

std::vector<Product> products_of(const Units& units) {
  std::vector<Product> products;
  for (std::size_t w = 0; w < units.weight_count(); ++w) {
    const auto& weight = units.weights()[w];
    const auto site = site_in(units, weight.step, input_of(weight.kind));
    products.push_back(
        {static_cast<double>(units.sites()[site].elements * weight.rows), units.unit_of_site(site), w});
  }
  for (std::size_t s = 0; s < units.sites().size(); ++s) {
    const auto& site = units.sites()[s];
    const bool scores = site.kind == nn::SiteKind::logits;
    if (!scores && site.kind != nn::SiteKind::probabilities) continue;
    const auto value = site_in(units, site.step, nn::SiteKind::value);
    const auto products_here = static_cast<double>(site.elements * units.sites()[value].channels);
    const auto left = scores ? site_in(units, site.step, nn::SiteKind::query) : s;
    const auto right = scores ? site_in(units, site.step, nn::SiteKind::key) : value;
    products.push_back({products_here, units.unit_of_site(left), units.unit_of_site(right)});
  }
  return products;
}

ModelCost cost_of(const nn::VisionShape& shape, const Allocation& bits) {
  const Units units(shape);
  expects(bits.empty() || bits.size() == units.count(), "there are bits for each unit");
  ModelCost cost;
  cost.bytes = 4 * others(shape);
  for (std::size_t w = 0; w < units.weight_count(); ++w) {
    const double own = bits_or_single(bits, w);
    cost.bytes += std::ceil(units.elements(w) * own / 8);
    if (own < 32) cost.bytes += 4 * static_cast<double>(units.weights()[w].rows);
  }
  for (const auto& product : products_of(units))
    cost.bit_operations +=
        product.multiplications * bits_or_single(bits, product.left) * bits_or_single(bits, product.right);
  return cost;
}

}  // namespace reprise::mptq_vit
