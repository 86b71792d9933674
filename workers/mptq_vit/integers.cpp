#include "workers/mptq_vit/integers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernels/statistics/quantile.hpp"
#include "workers/common/presentation.hpp"
#include "workers/mptq_vit/cost.hpp"

namespace reprise::mptq_vit {
namespace {

constexpr double kAgreement = 99.8;       ///< percent of images
constexpr double kAccuracy = 0.1 + 1e-9;  ///< points
constexpr std::size_t kImages = 1000;

/// Two ways to compute one model.
struct Compared {
  std::size_t model = 0;
  int bits = 0;
  Accuracy fake;
  Accuracy integers;
  double packed = NAN;  ///< bytes of codes as they are stored

  [[nodiscard]] bool there() const { return !fake.hit.empty() && !integers.hit.empty(); }
  [[nodiscard]] double agreement() const {
    double same = 0;
    for (std::size_t i = 0; i < fake.predicted.size(); ++i)
      same += fake.predicted[i] == integers.predicted[i] ? 1 : 0;
    return 100 * same / static_cast<double>(fake.predicted.size());
  }
  [[nodiscard]] std::vector<double> differences() const {
    std::vector<double> all;
    for (std::size_t i = 0; i < fake.logits.size(); ++i)
      all.push_back(std::abs(static_cast<double>(fake.logits[i]) - static_cast<double>(integers.logits[i])));
    return all;
  }
};

Table table_of(const std::vector<StudyModel>& models, const Integers& job, const std::vector<Compared>& all) {
  std::vector<std::string> model;
  std::vector<std::string> bits;
  std::vector<double> fake, integers, agreement, median, most, packed, whole;
  for (const auto& one : all) {
    model.push_back(title_of(models[one.model].name));
    bits.push_back(fmt::format("{}/{}", one.bits, one.bits));
    const auto differences = one.differences();
    fake.push_back(one.there() ? one.fake.percent() : NAN);
    integers.push_back(one.there() ? one.integers.percent() : NAN);
    agreement.push_back(one.there() ? one.agreement() : NAN);
    median.push_back(one.there() ? quantile(differences, 0.5) : NAN);
    most.push_back(one.there() ? std::ranges::max(differences) : NAN);
    packed.push_back(one.packed / 1e6);
    whole.push_back(cost_of(shape_of(models[one.model].name), {}).bytes / 1e6);
  }
  const auto number = [](std::string name, std::string label, std::string unit, std::vector<double> values) {
    return Column{std::move(name), std::move(label), std::move(unit), Role::measured, std::move(values)};
  };
  return {
      "integers",
      "Products of integers beside quantized values in single precision",
      fmt::format("{}, scheme {}. Weights are packed codes from the store, unpacked when a model is loaded; "
                  "products are of 8 bits and sums of 32. Differences are of logits; where they are not of "
                  "rounding, a sum on another side of a rounding tie has changed a code. Integers are faster "
                  "at 8 bits only: fewer save memory.",
                  title_of(job.method), job.scheme == Scheme::full ? "F" : "P"),
      {parameter("model", "model", model), parameter("bits", "W/A", bits),
       number("fake", "single precision: top-1", "%", fake),
       number("accuracy", "integers: top-1", "%", integers),
       number("agreement", "same class", "%", agreement), number("median", "median difference", "", median),
       number("most", "largest", "", most), number("packed", "packed weights", "MB", packed),
       number("single", "single precision", "MB", whole)}};
}

Finding judge(const std::vector<Compared>& all) {
  Finding finding{"I1"};
  finding.rows = "table integers/integers";
  double least = 100;
  double most = 0;
  for (const auto& one : all) {
    if (!one.there()) {
      finding.remark = "an evaluation failed";
      return finding;
    }
    if (one.fake.hit.size() < kImages) {
      finding.remark = fmt::format("wants {} test images", kImages);
      return finding;
    }
    least = std::min(least, one.agreement());
    most = std::max(most, std::abs(one.fake.percent() - one.integers.percent()));
  }
  finding.measured = fmt::format("same class for {:.2f} %, accuracies {:.2f} points apart", least, most);
  finding.value = least;
  finding.verdict = least >= kAgreement && most <= kAccuracy ? Verdict::reproduced : Verdict::not_reproduced;
  return finding;
}

void run_integers(Run& run, const Integers& job) {
  const auto models = prepare_models(run, job.models, job.deit_crop);
  std::vector<CalibrationOrder> calibrations;
  for (std::size_t m = 0; m < models.size(); ++m)
    for (const auto bits : job.bits)
      calibrations.push_back({m,
                              kFirstCalibrationSeed,
                              job.calibration,
                              recipe_of(job.method),
                              {static_cast<std::uint8_t>(bits)}});
  const auto calibrated = calibrate(run, models, calibrations);
  std::vector<QuantizedModel> quantized;
  std::vector<Compared> all;
  for (std::size_t i = 0; i < calibrations.size(); ++i) {
    if (calibrated[i].empty()) continue;
    const auto& model = models[calibrations[i].model];
    const int bits = calibrations[i].bits.front();
    quantized.push_back({model.source, calibrated[i], model.units.uniform(job.scheme, bits, bits, bits)});
    all.push_back({calibrations[i].model, bits, {}, {}});
  }
  const auto packed = run.map(kPackedWeights, quantized, "packing");
  std::vector<EvaluationOrder> evaluations;
  for (std::size_t i = 0; i < quantized.size(); ++i) {
    evaluations.push_back({all[i].model, quantized[i].calibration, quantized[i].bits, {}, true});
    evaluations.push_back({all[i].model, quantized[i].calibration, quantized[i].bits, {packed.ref(i)}, true});
  }
  auto accuracies = evaluate_all(run, models, evaluations, job.test);
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].fake = std::move(accuracies[2 * i]);
    all[i].integers = std::move(accuracies[2 * i + 1]);
    if (const auto codes = packed.get(i)) all[i].packed = static_cast<double>(codes->codes.size());
  }
  run.publish(table_of(models, job, all));
  run.settle(judge(all));
}

}  // namespace

void validate(const Integers& job, const JobTable& table) {
  table.require(!job.models.empty(), "models", "must name one model or more");
  table.require(!job.bits.empty() && std::ranges::all_of(job.bits, [](auto b) { return b >= 2 && b <= 8; }),
                "bits", "must be from 2 to 8");
  table.require(job.calibration >= 1 && job.calibration <= 50000, "calibration", "must be from 1 to 50000");
  table.require(job.deit_crop > 0 && job.deit_crop <= 1, "deit_crop", "must be above 0 and at most 1");
}

Experiment integers_experiment() {
  return experiment<Integers>(
      "integers", "True integers",
      "Packed weights and 8-bit products with sums of 32 bits give what quantized values in single precision "
      "give.",
      run_integers,
      {{"I1", "Integer execution gives the quantized model's predictions", "?", "derived: beyond the paper",
        "the class is the same for at least 99.8 % of the test images, and accuracies differ by at most 0.1 "
        "points, for every model and number of bits",
        "1,000 test images"}});
}

}  // namespace reprise::mptq_vit
