#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/quantise/ranges.hpp"
#include "kernels/vision/sites.hpp"
#include "workers/mptq_vit/methods.hpp"

namespace reprise::mptq_vit {

/// What searches need of the values at a site over all calibration images: their range, and as many of them
/// as a search looks at.
class SiteValues {
 public:
  enum class Kept {
    spread,  ///< every s-th element
    rows,    ///< every s-th row of channels, so that all channels are there
    all
  };
  /// Of `elements` values in all, of so many images.
  SiteValues(Kept kept, std::int64_t channels, std::int64_t elements, std::int64_t images = 1);

  /// The next values, in the order of the images.
  void add(std::span<const float> values);

  [[nodiscard]] const nn::Range& range() const { return range_; }
  [[nodiscard]] std::int64_t channels() const { return channels_; }
  [[nodiscard]] std::span<const float> values() const { return values_; }
  [[nodiscard]] double count() const { return static_cast<double>(values_.size()); }

  /// Ranges of the images in ten batches, or in as many as there are images.
  [[nodiscard]] const std::vector<nn::Range>& batches() const { return batches_; }
  /// A batch's values. Throws std::logic_error unless all are kept.
  [[nodiscard]] std::span<const float> of_batch(std::size_t batch) const;

 private:
  /// Where a batch begins among the elements; with the number of batches, where the last ends.
  [[nodiscard]] std::int64_t batch_begin(std::size_t batch) const;
  void keep(std::span<const float> values);

  Kept kept_;
  std::int64_t channels_;
  std::int64_t elements_;
  std::int64_t images_;
  std::int64_t seen_ = 0;
  nn::Range range_;
  std::vector<nn::Range> batches_;
  std::vector<float> values_;
};

/// A quantizer and the mean square of what it loses.
struct FoundQuantizer {
  nn::Quantizer quantizer;
  double error = 0;
};

/// RepQ-ViT's: asymmetric, between the pair of quantiles (1 - p, p), p = .999, .9999, .99999, of least
/// squared error.
[[nodiscard]] FoundQuantizer find_between_quantiles(std::span<const float> values, int bits);

/// What a recipe keeps of a site's values.
[[nodiscard]] SiteValues::Kept kept_for(const Recipe& recipe, nn::SiteKind site);

/// The recipe's quantizer of so many bits for a site of this kind.
[[nodiscard]] FoundQuantizer find_quantizer(const Recipe& recipe, nn::SiteKind site, int bits,
                                            const SiteValues& values);

}  // namespace reprise::mptq_vit
