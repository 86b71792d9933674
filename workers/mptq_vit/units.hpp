#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "kernels/vision/sites.hpp"
#include "pipeline/reflect/fields.hpp"
#include "workers/mptq_vit/greedy.hpp"

namespace reprise::mptq_vit {

/// What is quantized.
enum class Scheme {
  partial,  ///< weights and what products of matrices read
  full,     ///< what norms, softmax and GELU read, too
};

constexpr auto enumerators(const Scheme*) {
  return std::array{Enumerator{"partial", Scheme::partial}, Enumerator{"full", Scheme::full}};
}

/// Whether a product of matrices reads it.
[[nodiscard]] bool is_factor(nn::SiteKind kind);

/// All that a model has to quantize: weights, then sites of activations.
class Units {
 public:
  explicit Units(const nn::VisionShape& shape);

  [[nodiscard]] std::size_t count() const { return weights_.size() + sites_.size(); }
  [[nodiscard]] std::size_t weight_count() const { return weights_.size(); }
  [[nodiscard]] const std::vector<nn::WeightUnit>& weights() const { return weights_; }
  [[nodiscard]] const std::vector<nn::Site>& sites() const { return sites_; }

  [[nodiscard]] bool is_activation(std::size_t unit) const { return unit >= weights_.size(); }
  [[nodiscard]] std::size_t unit_of_site(std::size_t site) const { return weights_.size() + site; }
  [[nodiscard]] const nn::Site& site(std::size_t unit) const { return sites_.at(unit - weights_.size()); }
  [[nodiscard]] const std::string& name(std::size_t unit) const;
  /// Parameters, or elements of one image.
  [[nodiscard]] double elements(std::size_t unit) const;
  /// The step of a forward pass that it belongs to.
  [[nodiscard]] std::int32_t step(std::size_t unit) const;
  /// The patch embedding: its input has 8 bits always, its weights where bits are mixed.
  [[nodiscard]] bool is_stem(std::size_t unit) const;
  [[nodiscard]] bool is_quantized(std::size_t unit, Scheme scheme) const;

  /// So many bits for each; 0 for what the scheme leaves alone.
  [[nodiscard]] Allocation uniform(Scheme scheme, int weight_bits, int activation_bits, int stem_bits) const;

  /// What a search gives bits to: all that the scheme quantizes but the stem.
  struct Search {
    GreedyProblem problem;
    std::vector<std::size_t> unit;  ///< of each of the problem's units
    /// All units' bits for the problem's, the stem at 8.
    Allocation start;
    [[nodiscard]] Allocation spread(const Allocation& found) const;
  };
  [[nodiscard]] Search search(Scheme scheme, double weight_budget, double activation_budget, int least,
                              int most) const;

 private:
  std::vector<nn::WeightUnit> weights_;
  std::vector<nn::Site> sites_;
};

/// The patch embedding's input, and in comparisons of mixed bits its weights, have as many.
inline constexpr std::uint8_t kStemBits = 8;

}  // namespace reprise::mptq_vit
