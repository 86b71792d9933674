#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "kernels/vision/fake_quant_arithmetic.hpp"
#include "workers/mptq_vit/step_search.hpp"
#include "workers/mptq_vit/units.hpp"

namespace reprise::mptq_vit {

/// What calibration gives for a recipe: the fold and quantizers of all units, for one or several numbers of
/// bits.
struct CalibrationParts {
  std::vector<Ref<Fold>> fold;
  std::vector<Ref<QuantizerTable>> parts;  ///< of weights and of steps
  bool integer_functions = false;          ///< as in Recipe
};

constexpr auto fields(const CalibrationParts*) {
  return std::tuple{field("fold", &CalibrationParts::fold, "how norms are folded, where they are"),
                    field("parts", &CalibrationParts::parts, "tables of layers and steps"),
                    field("integer_functions", &CalibrationParts::integer_functions,
                          "whether norms and softmax are of integers where all is quantized")};
}

struct Calibration {
  Fold fold;  ///< empty where there is none
  QuantizerTable quantizers;
  bool integer_functions = false;
};

constexpr auto fields(const Calibration*) {
  return std::tuple{field("fold", &Calibration::fold, "shifts and factors, where norms are folded"),
                    field("quantizers", &Calibration::quantizers, "of all units"),
                    field("integer_functions", &Calibration::integer_functions,
                          "whether norms and softmax are of integers where all is quantized")};
}

Calibration assemble(const CalibrationParts& input, TaskContext& context);
inline const Task<CalibrationParts, Calibration> kCalibration{
    "mptq_vit.calibration", 2, assemble, "the quantizers of all layers, put together", nullptr};

/// A model with bits given to its units: all that says what it computes.
struct QuantizedModel {
  ModelSource model;
  std::vector<Ref<Calibration>> calibration;  ///< none: in single precision
  Allocation bits;                            ///< of each unit, 0: not quantized; empty without a calibration
};

constexpr auto fields(const QuantizedModel*) {
  using Q = QuantizedModel;
  return std::tuple{field("model", &Q::model, "model"),
                    field("calibration", &Q::calibration, "its quantizers, where it is quantized"),
                    field("bits", &Q::bits, "of each unit, 0: not quantized", "bit")};
}

/// A calibration, ready to be used; made once a process.
struct CalibratedBook {
  Fold fold;
  QuantizerBook quantizers;
  bool integer_functions = false;
};
[[nodiscard]] std::shared_ptr<const CalibratedBook> load_book(const Ref<Calibration>& ref,
                                                              TaskContext& context);

/// The quantizers of the units that have bits.
[[nodiscard]] nn::QuantizedNetwork quantizers_of(const Units& units, const QuantizerBook& book,
                                                 const Allocation& bits);

/// How a model with a calibration computes with quantized values: norms and softmax, too, by integers where
/// the calibration says so and quantizers allow it (in scheme F).
[[nodiscard]] std::unique_ptr<nn::Arithmetic> fake_quant_arithmetic(const CalibratedBook& book,
                                                                    std::vector<nn::Quantizer> sites);

/// The model with its norms folded, or itself where there is nothing to fold.
[[nodiscard]] std::shared_ptr<const nn::VisionModel> fold_model(std::shared_ptr<const nn::VisionModel> model,
                                                                const Fold& fold);

}  // namespace reprise::mptq_vit
