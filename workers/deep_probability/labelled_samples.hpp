#pragma once

#include <array>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kernels/tensor/tensor.hpp"
#include "workers/deep_probability/image_set.hpp"
#include "workers/deep_probability/random_design.hpp"

namespace reprise::deep_probability {

/// Inputs of a data set's samples, read when they are asked for: no more than the samples asked for is held.
class SampleReader {
 public:
  SampleReader() = default;
  SampleReader(const SampleReader&) = delete;
  SampleReader& operator=(const SampleReader&) = delete;
  virtual ~SampleReader() = default;

  /// Of one sample: [channels, height, width]; of bags, whose sizes differ, [inputs of a member].
  [[nodiscard]] virtual nn::Shape shape() const = 0;
  /// f32 [samples, channels, height, width]; of bags [members of all, inputs + 1], one bag below another,
  /// whose last column numbers them from 0.
  [[nodiscard]] virtual nn::Tensor read(std::span<const std::uint32_t> samples) const = 0;
};

/// A data set's samples with their outcomes, split.
struct LabelledSamples {
  std::shared_ptr<const SampleReader> reader;
  ImagePart training;  ///< probabilities are empty where nobody knows them
  ImagePart validation;
  ImagePart test;
  std::vector<double> probability;   ///< of all samples in the reader's order, or empty
  std::vector<std::string> remarks;  ///< what was left out, and why
};

/// Weights of training, validation and test.
using Proportions = std::array<std::uint32_t, 3>;

/// Whole numbers of the given sum in these proportions; what rounding leaves goes to the first.
[[nodiscard]] std::array<std::size_t, 3> shared_out(std::size_t total, const Proportions& proportions);

/// Splits samples so that those of one group (a patient, a scene) stay together: groups come in the seed's
/// random order and are shared out in the proportions. Throws UsageError where a part would be empty.
[[nodiscard]] Split split_groups(std::uint64_t seed, std::span<const std::string> group,
                                 const Proportions& proportions, const std::string& what);

/// Members of a part with what is known of all samples. `probability` may be empty.
[[nodiscard]] ImagePart part_of(const std::vector<std::uint32_t>& samples,
                                std::span<const std::uint8_t> label, std::span<const double> probability);

/// Throws UsageError, which begins with `where`, unless each part has outcomes of both kinds: without,
/// nothing can be learnt or told.
void require_both_outcomes(const LabelledSamples& samples, const std::string& where);

/// A data set's check: what an error says of loading its samples and reading each, or "".
[[nodiscard]] std::string problem_of(const std::function<LabelledSamples()>& load);

}  // namespace reprise::deep_probability
