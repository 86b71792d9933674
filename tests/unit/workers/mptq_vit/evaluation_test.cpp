#include "workers/mptq_vit/evaluation.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "tests/unit/workers/mptq_vit/stored_model.hpp"
#include "workers/mptq_vit/methods.hpp"
#include "workers/mptq_vit/outliers.hpp"

namespace reprise::mptq_vit {
namespace {

class QuantizedEvaluation : public StoredModel {
 protected:
  void SetUp() override {
    StoredModel::SetUp();
    if (IsSkipped()) return;
    units.emplace(shape_of(set.model.name));
  }

  [[nodiscard]] Evaluation evaluation(const Ref<Calibration>& calibration, int bits) const {
    return {{set.model, {calibration}, units->uniform(Scheme::full, bits, bits, bits)},
            set.images,
            0,
            50,
            {},
            true};
  }

  std::optional<Units> units;
};

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  double most = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    most = std::max(most, static_cast<double>(std::abs(a[i] - b.at(i))));
  return most;
}

TEST_F(QuantizedEvaluation, LosesLessWithMoreBits) {
  const auto calibration = calibrate(recipe_of(Method::mptq), {4, 6, 8});
  Evaluation whole{{set.model, {}, {}}, set.images, 0, 50, {}, true};
  const auto exact = store.run(evaluate, whole);
  ASSERT_EQ(exact.hit.size(), 50U);
  ASSERT_EQ(exact.logits.size(), 500U);
  double before = INFINITY;
  for (const int bits : {4, 6, 8}) {
    const auto found = store.run(evaluate, evaluation(calibration, bits));
    const double lost = largest_difference(found.logits, exact.logits);
    EXPECT_LT(lost, before);
    before = lost;
  }
}

// FQ-ViT's norms and softmax of integers need everything quantized; else they are as always.
TEST_F(QuantizedEvaluation, IntegerFunctionsActWhereAllIsQuantized) {
  auto recipe = recipe_of(Method::fq_vit);
  ASSERT_TRUE(recipe.integer_functions);
  const auto integer = calibrate(recipe, {8});
  recipe.integer_functions = false;
  const auto plain = calibrate(recipe, {8});
  const auto logits = [&](const Ref<Calibration>& calibration, Scheme scheme) {
    auto input = evaluation(calibration, 8);
    input.model.bits = units->uniform(scheme, 8, 8, 8);
    return store.run(evaluate, input).logits;
  };
  EXPECT_EQ(logits(integer, Scheme::partial), logits(plain, Scheme::partial));
  const auto full = logits(integer, Scheme::full);
  const auto floating = logits(plain, Scheme::full);
  EXPECT_NE(full, floating);
  // Both round powers of two, at 3/2 of one or at sqrt(2): neither is nearer to single precision by much.
  const auto exact = store.run(evaluate, Evaluation{{set.model, {}, {}}, set.images, 0, 50, {}, true}).logits;
  const auto noise = [&](const std::vector<float>& found) {
    double sum = 0;
    for (std::size_t i = 0; i < exact.size(); ++i)
      sum += std::pow(static_cast<double>(found[i] - exact[i]), 2);
    return sum;
  };
  EXPECT_LT(noise(full), 2 * noise(floating));
}

// A probe may start at the step that changes, or keep nothing in memory: the bits are the same.
TEST_F(QuantizedEvaluation, ProbesGiveTheSameBitsWhereverTheyStart) {
  const auto calibration = calibrate(recipe_of(Method::mptq), {3, 8});
  const auto start = units->uniform(Scheme::full, 8, 8, 8);
  for (const std::size_t unit : {std::size_t{1}, std::size_t{9}, units->unit_of_site(5),
                                 units->unit_of_site(40), units->count() - 1}) {
    LossProbe probe{set, calibration, start, static_cast<std::uint32_t>(unit), 3, 36, true};
    const double incremental = store.run(probe_loss, probe).loss;
    EXPECT_GT(incremental, 0);
    probe.incremental = false;
    EXPECT_EQ(store.run(probe_loss, probe).loss, incremental) << units->name(unit);
  }
}

TEST_F(QuantizedEvaluation, ProbesNeedNoMemoryOfSteps) {
  const auto calibration = calibrate(recipe_of(Method::mptq), {3, 8});
  const auto start = units->uniform(Scheme::full, 8, 8, 8);
  LossProbe probe{set, calibration, start, static_cast<std::uint32_t>(units->unit_of_site(30)), 3, 36, true};
  const double kept = store.run(probe_loss, probe).loss;
  ::setenv("REPRISE_ACTIVATIONS", "0", 1);
  probe.images = 35;  // another base, so that nothing is kept from before
  (void)store.run(probe_loss, probe);
  probe.images = 36;
  EXPECT_EQ(store.run(probe_loss, probe).loss, kept);
  ::unsetenv("REPRISE_ACTIVATIONS");
}

TEST_F(QuantizedEvaluation, PackedWeightsAreTheQuantizedOnes) {
  for (const auto method : {Method::sqb_optm, Method::repq}) {
    for (const int bits : {4, 5}) {
      const auto calibration = calibrate(recipe_of(method), {static_cast<std::uint8_t>(bits)});
      const auto quantized = evaluation(calibration, bits).model;
      const auto packed = store.run(pack_weights, quantized);
      double weights = 0;
      for (std::size_t w = 0; w < units->weight_count(); ++w) weights += units->elements(w);
      EXPECT_NEAR(static_cast<double>(packed.codes.size()), weights * bits / 8,
                  static_cast<double>(units->weight_count()));
      SoleGroup group;
      TaskContext context(Key{1, 2}, 1, group, store);
      const auto book = load_book(calibration, context);
      const auto model = fold_model(load_model(set.model, context), book->fold);
      const auto quantizers = quantizers_of(*units, book->quantizers, quantized.bits).weights;
      const auto from_codes = with_packed_weights(*model, quantizers, packed);
      const auto direct = nn::quantised_weights(*model, quantizers);
      for (std::size_t w = 0; w < units->weight_count(); ++w)
        EXPECT_EQ(nn::weights_at(from_codes, w).weight.values<float>(),
                  nn::weights_at(direct, w).weight.values<float>());
    }
  }
}

TEST_F(QuantizedEvaluation, IntegersGiveWhatValuesGive) {
  const auto calibration = calibrate(recipe_of(Method::sqb_optm), {4});
  auto input = evaluation(calibration, 4);
  input.model.bits = units->uniform(Scheme::partial, 4, 4, 4);
  const auto values = store.run(evaluate, input);
  input.packed = {store.store(store.run(pack_weights, input.model))};
  const auto integers = store.run(evaluate, input);
  EXPECT_EQ(integers.predicted, values.predicted);
  std::vector<double> differences;
  for (std::size_t i = 0; i < values.logits.size(); ++i)
    differences.push_back(static_cast<double>(std::abs(values.logits[i] - integers.logits[i])));
  std::ranges::sort(differences);
  EXPECT_LT(differences[differences.size() / 2], 1e-5);  // single codes may flip
}

TEST_F(QuantizedEvaluation, FoldsChangeNothingInSinglePrecision) {
  SoleGroup group;
  TaskContext context(Key{1, 2}, 1, group, store);
  const auto model = load_model(set.model, context);
  const auto images = calibration_images(set, 0, 16);
  nn::Arithmetic plainly;
  const auto expected = nn::forward(*model, images, plainly).values<float>();
  for (const auto method : {Method::sq, Method::sqb, Method::repq}) {
    const auto book = load_book(calibrate(recipe_of(method), {4}), context);
    const auto found = nn::forward(folded(*model, book->fold), images, plainly).values<float>();
    EXPECT_LT(largest_difference(found, expected), 2e-4) << title_of(method);
  }
}

// The specification's property: outliers that the layer behind makes good change nothing for SQ-b and ruin
// plain ranges.
TEST_F(QuantizedEvaluation, OutliersAreUndoneBySqb) {
  const auto evaluated = [&](Method method) {
    return store.run(evaluate, evaluation(calibrate(recipe_of(method), {8}), 8)).logits;
  };
  const auto smooth = evaluated(Method::sqb);
  const auto plain = evaluated(Method::minmax);
  set.model.outliers = true;
  const double flips = largest_difference(evaluated(Method::sqb), smooth);
  EXPECT_LE(flips, 0.8);  // single codes may flip
  EXPECT_GT(largest_difference(evaluated(Method::minmax), plain), 4 * flips);
}

}  // namespace
}  // namespace reprise::mptq_vit
