#include "workers/mptq_vit/units.hpp"

#include "kernels/expects.hpp"

namespace reprise::mptq_vit {

bool is_factor(nn::SiteKind kind) {
  return kind != nn::SiteKind::residual && kind != nn::SiteKind::logits && kind != nn::SiteKind::gelu_input;
}

Units::Units(const nn::VisionShape& shape) : weights_(nn::weights_of(shape)), sites_(nn::sites_of(shape)) {}

const std::string& Units::name(std::size_t unit) const {
  return is_activation(unit) ? site(unit).name : weights_.at(unit).name;
}

double Units::elements(std::size_t unit) const {
  if (is_activation(unit)) return static_cast<double>(site(unit).elements);
  return static_cast<double>(weights_.at(unit).rows * weights_.at(unit).columns);
}

std::int32_t Units::step(std::size_t unit) const {
  return is_activation(unit) ? site(unit).step : weights_.at(unit).step;
}

bool Units::is_stem(std::size_t unit) const {
  return is_activation(unit) ? site(unit).kind == nn::SiteKind::image
                             : weights_.at(unit).kind == nn::WeightKind::patch_embed;
}

bool Units::is_quantized(std::size_t unit, Scheme scheme) const {
  return !is_activation(unit) || scheme == Scheme::full || is_factor(site(unit).kind);
}

Allocation Units::uniform(Scheme scheme, int weight_bits, int activation_bits, int stem_bits) const {
  Allocation bits(count(), 0);
  for (std::size_t u = 0; u < count(); ++u) {
    if (!is_quantized(u, scheme)) continue;
    const int own = is_activation(u) ? (is_stem(u) ? kStemBits : activation_bits)
                                     : (is_stem(u) ? stem_bits : weight_bits);
    bits[u] = static_cast<std::uint8_t>(own);
  }
  return bits;
}

Units::Search Units::search(Scheme scheme, double weight_budget, double activation_budget, int least,
                            int most) const {
  Search search;
  search.problem.least = least;
  search.problem.most = most;
  search.problem.weight_budget = weight_budget;
  search.problem.activation_budget = activation_budget;
  search.start = uniform(scheme, most, most, kStemBits);
  for (std::size_t u = 0; u < count(); ++u) {
    if (is_stem(u) || !is_quantized(u, scheme)) continue;
    search.problem.units.push_back({is_activation(u), elements(u)});
    search.unit.push_back(u);
  }
  return search;
}

Allocation Units::Search::spread(const Allocation& found) const {
  expects(found.size() == unit.size(), "there are bits for each unit of the search");
  auto bits = start;
  for (std::size_t i = 0; i < unit.size(); ++i) bits[unit[i]] = found[i];
  return bits;
}

}  // namespace reprise::mptq_vit
