#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "kernels/tensor/tensor.hpp"
#include "pipeline/reflect/fields.hpp"
#include "workers/common/data_sets.hpp"
#include "workers/deep_probability/samples.hpp"
#include "workers/deep_probability/scenario.hpp"

namespace reprise::deep_probability {

constexpr auto enumerators(const Scenario*) {
  return std::array{Enumerator{"linear", Scenario::linear}, Enumerator{"sigmoid", Scenario::sigmoid},
                    Enumerator{"centered", Scenario::centered}, Enumerator{"skewed", Scenario::skewed},
                    Enumerator{"discrete", Scenario::discrete}};
}

/// Images with outcomes of known probability, as tasks name them: a scenario over Fashion-MNIST's
/// pseudo-ages. The digest is that of the files, so that other data have other keys wherever they lie.
struct SyntheticData {
  Scenario scenario = Scenario::linear;
  std::uint64_t seed = 0;  ///< of split, labels, epoch orders and initial parameters
  std::uint32_t training = 2000;
  std::uint32_t validation = 1000;
  std::uint32_t test = 4000;
  std::uint64_t digest_high = 0;
  std::uint64_t digest_low = 0;
};

constexpr auto fields(const SyntheticData*) {
  using D = SyntheticData;
  return std::tuple{field("scenario", &D::scenario, "how the risk depends on age"),
                    field("seed", &D::seed, "of split, labels, epoch orders and initial parameters"),
                    field("training", &D::training, "training images"),
                    field("validation", &D::validation, "validation images"),
                    field("test", &D::test, "test images"),
                    field("digest_high", &D::digest_high, "of the files' contents"),
                    field("digest_low", &D::digest_low, "of the files' contents")};
}

/// Finds the files and fills in their digest. Throws UsageError that says where it was looked and how to get
/// them.
[[nodiscard]] SyntheticData with_digest(SyntheticData data);

/// Images of one part with what is known about them.
struct ImagePart {
  std::vector<std::uint32_t> image;  ///< [n], places in the file
  std::vector<double> probability;   ///< [n], the true one
  std::vector<std::uint8_t> label;   ///< [n]
  [[nodiscard]] std::uint32_t count() const { return static_cast<std::uint32_t>(image.size()); }
};

/// A scenario's images, split and labelled.
class ImageSet {
 public:
  /// Throws Error when the files found here are not those of the digest.
  explicit ImageSet(const SyntheticData& data);

  [[nodiscard]] const ImagePart& training() const { return training_; }
  [[nodiscard]] const ImagePart& validation() const { return validation_; }
  [[nodiscard]] const ImagePart& test() const { return test_; }

  /// The same with these members of the training images only; [members] are their places among them.
  [[nodiscard]] ImageSet with_training(std::span<const std::uint32_t> members) const;

  /// Labels of the training images, drawn anew for an epoch.
  [[nodiscard]] std::vector<std::uint8_t> redrawn_labels(std::uint64_t epoch) const;

  /// The three parts, to be trained on while this lives.
  [[nodiscard]] SplitSamples samples() const;

  /// The chosen members of a part, bytes over 255, [members, 1, 28, 28].
  [[nodiscard]] nn::Tensor batch(const ImagePart& part, std::span<const std::uint32_t> members) const;

 private:
  struct File;
  [[nodiscard]] static std::shared_ptr<const File> file(const SyntheticData& data);

  SyntheticData data_;
  std::shared_ptr<const File> file_;
  std::vector<double> probability_;  ///< of all images of the file
  ImagePart training_;
  ImagePart validation_;
  ImagePart test_;
};

}  // namespace reprise::deep_probability
