#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "kernels/vision/forward.hpp"
#include "workers/mptq_vit/images.hpp"
#include "workers/mptq_vit/model.hpp"

namespace reprise::mptq_vit {

/// The images that a model is calibrated on, drawn from the training images.
struct CalibrationSet {
  ModelSource model;
  ImageSource images;
  std::uint64_t seed = 3;
  std::uint32_t count = 128;
};

constexpr auto fields(const CalibrationSet*) {
  using C = CalibrationSet;
  return std::tuple{field("model", &C::model, "model"), field("images", &C::images, "where images come from"),
                    field("seed", &C::seed, "that draws the images"),
                    field("count", &C::count, "calibration images")};
}

/// Images [first, first + count) of the set.
[[nodiscard]] nn::Tensor calibration_images(const CalibrationSet& set, std::uint32_t first,
                                            std::uint32_t count);

/// What each step of a forward pass reads, over a set of images: computed once, kept as far as a budget of
/// memory goes, else computed again from the last step that is kept.
class StepInputs {
 public:
  using MakeArithmetic = std::function<std::unique_ptr<nn::Arithmetic>()>;

  StepInputs(std::shared_ptr<const nn::VisionModel> model, const nn::Tensor& images,
             MakeArithmetic arithmetic);

  /// Of images [k kChunk, (k + 1) kChunk), one tensor for each k. Thread-safe.
  [[nodiscard]] std::vector<nn::Tensor> at(std::int32_t step) const;

  /// Images that go through a step together.
  static constexpr std::int64_t kChunk = 32;

 private:
  std::shared_ptr<const nn::VisionModel> model_;
  MakeArithmetic arithmetic_;
  std::vector<std::vector<nn::Tensor>> kept_;  ///< [step]; empty where it is not kept
};

/// Bytes that the inputs of one set's steps may take in a process: REPRISE_ACTIVATIONS megabytes, or 1024.
[[nodiscard]] std::int64_t activation_budget();

}  // namespace reprise::mptq_vit
