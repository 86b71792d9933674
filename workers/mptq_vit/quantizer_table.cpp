#include "workers/mptq_vit/quantizer_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "kernels/expects.hpp"
#include "pipeline/base/errors.hpp"

namespace reprise::mptq_vit {
namespace {

template <class T>
void extend(std::vector<T>& to, const std::vector<T>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

bool has_zero(nn::QuantizerKind kind) {
  return kind == nn::QuantizerKind::asymmetric;
}

bool has_outer(nn::QuantizerKind kind) {
  using Kind = nn::QuantizerKind;
  return kind == Kind::sign_regions || kind == Kind::magnitude_regions || kind == Kind::probability_regions ||
         kind == Kind::twin_probabilities;
}

/// The next `count` of them.
std::vector<float> take(std::span<const float>& from, std::size_t count) {
  if (from.size() < count) throw Error("a stored table of quantizers has fewer numbers than it says");
  std::vector<float> taken(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(count));
  from = from.subspan(count);
  return taken;
}

}  // namespace

void QuantizerTable::add(std::uint32_t of_unit, const nn::Quantizer& quantizer, double mean_square) {
  expects(quantizer.zero.size() == (has_zero(quantizer.kind) ? quantizer.scale.size() : 0) &&
              quantizer.outer.size() == (has_outer(quantizer.kind) ? quantizer.scale.size() : 0),
          "a quantizer has the numbers of its kind, for each of its groups");
  unit.push_back(of_unit);
  bits.push_back(static_cast<std::uint8_t>(quantizer.bits));
  kind.push_back(static_cast<std::uint8_t>(quantizer.kind));
  groups.push_back(static_cast<std::uint32_t>(quantizer.scale.size()));
  error.push_back(mean_square);
  extend(scale, quantizer.scale);
  extend(zero, quantizer.zero);
  extend(outer, quantizer.outer);
}

void QuantizerTable::append(const QuantizerTable& other) {
  extend(unit, other.unit);
  extend(bits, other.bits);
  extend(kind, other.kind);
  extend(groups, other.groups);
  extend(error, other.error);
  extend(scale, other.scale);
  extend(zero, other.zero);
  extend(outer, other.outer);
}

QuantizerBook::QuantizerBook(const QuantizerTable& table) {
  std::span<const float> scale = table.scale;
  std::span<const float> zero = table.zero;
  std::span<const float> outer = table.outer;
  for (std::size_t i = 0; i < table.size(); ++i) {
    Entry entry;
    entry.unit = table.unit[i];
    entry.error = table.error[i];
    auto& quantizer = entry.quantizer;
    quantizer.kind = static_cast<nn::QuantizerKind>(table.kind[i]);
    quantizer.bits = table.bits[i];
    quantizer.scale = take(scale, table.groups[i]);
    if (has_zero(quantizer.kind)) quantizer.zero = take(zero, table.groups[i]);
    if (has_outer(quantizer.kind)) quantizer.outer = take(outer, table.groups[i]);
    if (entries_.size() <= entry.unit) entries_.resize(entry.unit + 1);
    entries_[entry.unit].push_back(std::move(entry));
  }
}

const QuantizerBook::Entry& QuantizerBook::entry(std::size_t unit, int bits) const {
  if (unit < entries_.size()) {
    const auto found =
        std::ranges::find_if(entries_[unit], [&](const Entry& one) { return one.quantizer.bits == bits; });
    if (found != entries_[unit].end()) return *found;
  }
  throw Error(fmt::format("no quantizer of {} bits was calibrated for unit {}", bits, unit));
}

const nn::Quantizer& QuantizerBook::at(std::size_t unit, int bits) const {
  return entry(unit, bits).quantizer;
}

double QuantizerBook::error(std::size_t unit, int bits) const {
  return entry(unit, bits).error;
}

}  // namespace reprise::mptq_vit
