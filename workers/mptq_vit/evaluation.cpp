#include "workers/mptq_vit/evaluation.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernels/density/flush_denormals.hpp"
#include "kernels/expects.hpp"
#include "kernels/vision/integer_arithmetic.hpp"
#include "workers/mptq_vit/recent.hpp"

namespace reprise::mptq_vit {
namespace {

std::size_t largest(std::span<const float> row) {
  return static_cast<std::size_t>(std::ranges::max_element(row) - row.begin());
}

void judge(const nn::Tensor& logits, std::span<const std::uint16_t> labels, bool keep, Predictions& into) {
  const auto classes = static_cast<std::size_t>(logits.size(1));
  const auto values = logits.values<float>();
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto row = std::span(values).subspan(i * classes, classes);
    const auto best = largest(row);
    const auto above = std::ranges::count_if(row, [&](float other) { return other > row[labels[i]]; });
    into.predicted.push_back(static_cast<std::uint32_t>(best));
    into.hit.push_back(best == labels[i] ? 1 : 0);
    into.among_five.push_back(above < 5 ? 1 : 0);
  }
  if (keep) into.logits.insert(into.logits.end(), values.begin(), values.end());
}

/// KL(softmax(p) | softmax(q)) of logarithms of predictions, nat.
double divergence(const std::vector<double>& p, const std::vector<double>& q) {
  double sum = 0;
  for (std::size_t c = 0; c < p.size(); ++c) sum += std::exp(p[c]) * (p[c] - q[c]);
  return sum;
}

/// Logarithms of softmax, a row each.
std::vector<std::vector<double>> log_predictions(const nn::Tensor& logits) {
  const auto values = logits.values<double>();
  const auto classes = static_cast<std::size_t>(logits.size(1));
  std::vector<std::vector<double>> rows;
  for (std::size_t first = 0; first < values.size(); first += classes) {
    std::vector<double> row(values.begin() + static_cast<std::ptrdiff_t>(first),
                            values.begin() + static_cast<std::ptrdiff_t>(first + classes));
    const double most = std::ranges::max(row);
    double sum = 0;
    for (const double value : row) sum += std::exp(value - most);
    for (double& value : row) value -= most + std::log(sum);
    rows.push_back(std::move(row));
  }
  return rows;
}

/// What all probes around one allocation share.
struct ProbeBase {
  std::shared_ptr<const CalibratedBook> book;
  std::shared_ptr<const nn::VisionModel> folded;
  std::shared_ptr<const nn::VisionModel> quantized;  ///< with all units' bits
  nn::QuantizedNetwork quantizers;
  StepInputs inputs;  ///< of the quantized model
  std::vector<std::vector<double>> reference;
};

std::shared_ptr<const ProbeBase> probe_base(const LossProbe& probe, TaskContext& context) {
  static Recent<ProbeBase> recent(1);
  auto name = probe;
  name.unit = 0;
  name.unit_bits = 0;
  name.incremental = true;
  return recent.get(key_of_value(name), [&] {
    const auto plain = load_model(probe.set.model, context);
    auto book = load_book(probe.calibration, context);
    auto folded = fold_model(plain, book->fold);
    auto quantizers = quantizers_of(Units(plain->shape), book->quantizers, probe.bits);
    auto quantized =
        std::make_shared<const nn::VisionModel>(nn::quantised_weights(*folded, quantizers.weights));
    const auto images = calibration_images(probe.set, 0, probe.images);
    StepInputs inputs(quantized, images,
                      [book, quantizers] { return fake_quant_arithmetic(*book, quantizers.sites); });
    nn::Arithmetic plainly;
    auto reference = log_predictions(nn::forward(*plain, images, plainly));
    return ProbeBase{std::move(book),       std::move(folded), std::move(quantized),
                     std::move(quantizers), std::move(inputs), std::move(reference)};
  });
}

}  // namespace

Predictions evaluate(const Evaluation& input, TaskContext& context) {
  const FlushDenormals flush;
  auto model = load_model(input.model.model, context);
  std::unique_ptr<nn::Arithmetic> arithmetic = std::make_unique<nn::Arithmetic>();
  if (!input.model.calibration.empty()) {
    const auto book = load_book(input.model.calibration.front(), context);
    auto quantizers = quantizers_of(Units(model->shape), book->quantizers, input.model.bits);
    model = fold_model(model, book->fold);
    if (!input.packed.empty()) {
      const auto packed = context.result(input.packed.front());
      model =
          std::make_shared<const nn::VisionModel>(with_packed_weights(*model, quantizers.weights, packed));
      arithmetic = std::make_unique<nn::IntegerArithmetic>(*model, quantizers);
    } else {
      model = std::make_shared<const nn::VisionModel>(nn::quantised_weights(*model, quantizers.weights));
      arithmetic = fake_quant_arithmetic(*book, std::move(quantizers.sites));
    }
  }
  Predictions predictions;
  for (std::uint32_t done = 0; done < input.count; done += StepInputs::kChunk) {
    std::vector<std::uint32_t> places(std::min<std::uint32_t>(StepInputs::kChunk, input.count - done));
    std::iota(places.begin(), places.end(), input.first + done);
    const auto batch = load_images(input.images, input.model.model.name, Part::test, places);
    judge(nn::forward(*model, batch.pixels, *arithmetic), batch.label, input.logits, predictions);
  }
  return predictions;
}

ProbedLoss probe_loss(const LossProbe& input, TaskContext& context) {
  const FlushDenormals flush;
  const auto base = probe_base(input, context);
  const Units units(base->folded->shape);
  auto model = base->quantized;
  auto quantizers = base->quantizers;
  const auto& changed = base->book->quantizers.at(input.unit, input.unit_bits);
  if (units.is_activation(input.unit)) {
    quantizers.sites.at(input.unit - units.weight_count()) = changed;
  } else {
    auto copy = *model;
    const auto& weight = nn::weights_at(*base->folded, input.unit).weight;
    nn::weights_at(copy, input.unit).weight =
        nn::fake_quantised(changed, nn::weight_grouping(changed, weight.shape()), weight);
    model = std::make_shared<const nn::VisionModel>(std::move(copy));
  }
  const auto first = input.incremental ? units.step(input.unit) : 0;
  const auto arithmetic = fake_quant_arithmetic(*base->book, std::move(quantizers.sites));
  double sum = 0;
  std::size_t done = 0;
  for (const auto& chunk : base->inputs.at(first)) {
    const auto found = log_predictions(nn::forward(*model, chunk, *arithmetic, first));
    for (std::size_t i = 0; i < found.size(); ++i) sum += divergence(base->reference[done + i], found[i]);
    done += found.size();
  }
  return {sum / static_cast<double>(done)};
}

}  // namespace reprise::mptq_vit
