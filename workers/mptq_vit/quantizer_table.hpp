#pragma once

#include <cstdint>
#include <vector>

#include "kernels/quantise/quantizer.hpp"
#include "pipeline/reflect/fields.hpp"

namespace reprise::mptq_vit {

/// Quantizers of units (weights first, then sites, both in the model's order), as results store them. `zero`
/// goes with asymmetric ones and `outer` with those of regions, as many as scales; others have none of them.
struct QuantizerTable {
  std::vector<std::uint32_t> unit;    ///< [quantizers]
  std::vector<std::uint8_t> bits;     ///< [quantizers]
  std::vector<std::uint8_t> kind;     ///< [quantizers], nn::QuantizerKind
  std::vector<std::uint32_t> groups;  ///< [quantizers]
  std::vector<double> error;  ///< [quantizers], mean square on the calibration images (weights: of all)
  std::vector<float> scale;   ///< [sum of groups]
  std::vector<float> zero;
  std::vector<float> outer;

  void add(std::uint32_t of_unit, const nn::Quantizer& quantizer, double mean_square);
  void append(const QuantizerTable& other);
  [[nodiscard]] std::size_t size() const { return unit.size(); }
};

constexpr auto fields(const QuantizerTable*) {
  using T = QuantizerTable;
  return std::tuple{field("unit", &T::unit, "weights first, then sites, in the model's order"),
                    field("bits", &T::bits, "bits", "bit"),
                    field("kind", &T::kind,
                          "0 none, 1 symmetric, 2 asymmetric, 3 log2, 4 log of sqrt 2, 5 regions by sign, 6 "
                          "by magnitude, 7 of probabilities, 8 twin of probabilities"),
                    field("groups", &T::groups, "how many scales it has"),
                    field("error", &T::error, "mean square of what is lost"),
                    field("scale", &T::scale, "Delta, or that of the small (negative) region"),
                    field("zero", &T::zero, "zero point, of asymmetric ones"),
                    field("outer", &T::outer, "Delta of the large (positive) region, where there are two")};
}

/// All quantizers of a table, to be looked up.
class QuantizerBook {
 public:
  QuantizerBook() = default;
  explicit QuantizerBook(const QuantizerTable& table);

  /// Throws Error when the table has none for this unit and these bits.
  [[nodiscard]] const nn::Quantizer& at(std::size_t unit, int bits) const;
  [[nodiscard]] double error(std::size_t unit, int bits) const;

 private:
  struct Entry {
    std::uint32_t unit = 0;
    nn::Quantizer quantizer;
    double error = 0;
  };
  [[nodiscard]] const Entry& entry(std::size_t unit, int bits) const;
  std::vector<std::vector<Entry>> entries_;  ///< [unit]
};

}  // namespace reprise::mptq_vit
