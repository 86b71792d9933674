#include "workers/mptq_vit/quantized_model.hpp"

#include <utility>

#include "kernels/expects.hpp"
#include "kernels/vision/integer_functions.hpp"
#include "workers/mptq_vit/recent.hpp"

namespace reprise::mptq_vit {

Calibration assemble(const CalibrationParts& input, TaskContext& context) {
  Calibration all;
  if (!input.fold.empty()) all.fold = context.result(input.fold.front());
  for (const auto& part : input.parts) all.quantizers.append(context.result(part));
  all.integer_functions = input.integer_functions;
  return all;
}

std::shared_ptr<const CalibratedBook> load_book(const Ref<Calibration>& ref, TaskContext& context) {
  static Recent<CalibratedBook> recent(4);
  return recent.get(ref.key, [&] {
    auto calibration = context.result(ref);
    return CalibratedBook{std::move(calibration.fold), QuantizerBook(calibration.quantizers),
                          calibration.integer_functions};
  });
}

nn::QuantizedNetwork quantizers_of(const Units& units, const QuantizerBook& book, const Allocation& bits) {
  expects(bits.size() == units.count(), "there are bits for each unit");
  nn::QuantizedNetwork chosen;
  for (std::size_t u = 0; u < units.count(); ++u) {
    auto& of_class = units.is_activation(u) ? chosen.sites : chosen.weights;
    of_class.push_back(bits[u] == 0 ? nn::Quantizer{} : book.at(u, bits[u]));
  }
  return chosen;
}

std::unique_ptr<nn::Arithmetic> fake_quant_arithmetic(const CalibratedBook& book,
                                                      std::vector<nn::Quantizer> sites) {
  if (book.integer_functions) return std::make_unique<nn::IntegerFunctionsArithmetic>(std::move(sites));
  return std::make_unique<nn::FakeQuantArithmetic>(std::move(sites));
}

std::shared_ptr<const nn::VisionModel> fold_model(std::shared_ptr<const nn::VisionModel> model,
                                                  const Fold& fold) {
  if (fold.factor.empty()) return model;
  return std::make_shared<const nn::VisionModel>(folded(*model, fold));
}

}  // namespace reprise::mptq_vit
