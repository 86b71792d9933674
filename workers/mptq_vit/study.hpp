#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kernels/statistics/moments.hpp"
#include "workers/mptq_vit/evaluation.hpp"

namespace reprise::mptq_vit {

/// A model that experiments are made with.
struct StudyModel {
  ModelName name = ModelName::smoke_p7;
  ModelSource source;
  ImageSource images;
  Units units;
};

/// Finds the models' data, looks at them, notes what of them is not as published, and trains the models that
/// are trained here. Throws UsageError that says all that is missing or wrong, of all models at once.
[[nodiscard]] std::vector<StudyModel> prepare_models(Run& run, const std::vector<ModelName>& names,
                                                     double deit_crop = kDeitCrop);

/// A calibration to be made.
struct CalibrationOrder {
  std::size_t model = 0;   ///< of the study's
  std::uint64_t seed = 3;  ///< that draws the images
  std::uint32_t count = 128;
  Recipe recipe;
  std::vector<std::uint8_t> bits;
};

/// Calibrations, each an array of one where it was made and empty where a task failed: ranges over shares of
/// the images, the fold, quantizers of each layer and step, all together. Orders that share a part have it
/// made once. In a plan all are taken as made. Throws UsageError where a set is larger than all images.
[[nodiscard]] std::vector<std::vector<Ref<Calibration>>> calibrate(
    Run& run, const std::vector<StudyModel>& models, const std::vector<CalibrationOrder>& orders);

/// The fold of one set by a recipe that has one.
[[nodiscard]] Ref<Fold> fold(Run& run, const CalibrationSet& set, const Recipe& recipe);

/// Test images that a model got right.
struct Accuracy {
  std::vector<std::uint8_t> hit;         ///< by image; empty where a task failed
  double among_five = 0;                 ///< share, percent
  std::vector<std::uint32_t> predicted;  ///< classes, by image
  std::vector<float> logits;             ///< where they were asked for

  [[nodiscard]] double percent() const;
};

/// An evaluation to be made.
struct EvaluationOrder {
  std::size_t model = 0;
  std::vector<Ref<Calibration>> calibration;  ///< none: in single precision
  Allocation bits;
  std::vector<Ref<PackedWeights>> packed = {};  ///< one: by products of integers
  bool logits = false;
};

/// Over the first `images` test images (0: all of them), in shares. In a plan none is there yet.
[[nodiscard]] std::vector<Accuracy> evaluate_all(Run& run, const std::vector<StudyModel>& models,
                                                 const std::vector<EvaluationOrder>& orders,
                                                 std::uint32_t images,
                                                 const std::string& stage = "evaluation");
/// The same of all models in single precision, and notes how that is beside what was published.
[[nodiscard]] std::vector<Accuracy> evaluate_single_precision(Run& run, const std::vector<StudyModel>& models,
                                                              std::uint32_t images);

/// a - b over the same images, in points of percent, with the standard error of pairs; none where one is
/// missing.
[[nodiscard]] std::optional<Estimate> paired_gain(const Accuracy& a, const Accuracy& b);

/// Mean over calibrations of accuracies over the same images, percent. The error is that of the images and of
/// the calibrations' spread; none where all are missing.
[[nodiscard]] std::optional<Estimate> mean_accuracy(const std::vector<Accuracy>& accuracies);

// What claims that compare accuracies ask for: so many calibration sets, and gains of so many paired standard
// errors.
inline constexpr std::size_t kLeastSeeds = 3;
inline constexpr double kErrors = 2;

/// The seeds of calibration sets: 3, 4, ...
inline constexpr std::uint64_t kFirstCalibrationSeed = 3;

}  // namespace reprise::mptq_vit
