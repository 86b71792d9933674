// Calibration of whatever comes: one image, channels that are constant, weights of zero, values that are
// none.
#include <gmock/gmock.h>

#include "kernels/quantise/ranges.hpp"
#include "tests/unit/workers/mptq_vit/data_root.hpp"
#include "tests/unit/workers/mptq_vit/stored_model.hpp"
#include "workers/mptq_vit/evaluation.hpp"

namespace reprise::mptq_vit {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// The small ViT with parameters that a test may change by their names, and eight images each for training
/// and test.
class CalibrationOf : public StoredModel {
 protected:
  using Change = std::function<void(const std::string& name, nn::Tensor& value)>;

  CalibrationOf() {
    for (const char* const part : {"train", "t10k"}) {
      std::string images("\0\0\x08\x03\0\0\0\x08\0\0\0\x1c\0\0\0\x1c", 16);
      std::string labels("\0\0\x08\x01\0\0\0\x08", 8);
      for (int i = 0; i < 8; ++i) {
        labels.push_back(static_cast<char>(i));
        for (int k = 0; k < 784; ++k) images.push_back(static_cast<char>((i + 3) * k % 251));
      }
      root_.folder().write(fmt::format("fashion-mnist/{}-images-idx3-ubyte.gz", part), images);
      root_.folder().write(fmt::format("fashion-mnist/{}-labels-idx1-ubyte.gz", part), labels);
    }
  }

  void make(std::uint32_t images, const Change& change = nullptr) {
    const auto network = initial_network(training_of(ModelName::smoke_p7));
    for (const auto& [name, parameter] : network->parameters()) {
      auto variable = parameter;
      if (change) change(name, variable.value());
    }
    set.model.trained = {store.store(TrainedVit{flatten(*network), {}})};
    set.count = images;
  }

  /// Test images through the model with its norms folded, in single precision.
  static Predictions folded_logits(const Evaluation& input, TaskContext& context) {
    auto model = load_model(input.model.model, context);
    if (!input.model.calibration.empty())
      model = fold_model(model, context.result(input.model.calibration.front()).fold);
    const auto images =
        load_images(input.images, ModelName::smoke_p7, Part::test, std::vector<std::uint32_t>{0, 1, 2, 3});
    nn::Arithmetic arithmetic;
    return {{}, {}, {}, nn::forward(*model, images.pixels, arithmetic).values<float>()};
  }

  void expect_finite_at_four_bits() {
    const Units units(shape_of(ModelName::smoke_p7));
    for (const auto& [name, method] : enumerators_of<Method>()) {
      const auto calibration = calibrate(recipe_of(method), {4});
      for (const auto scheme : {Scheme::partial, Scheme::full}) {
        const auto found = store.run(
            evaluate,
            Evaluation{
                {set.model, {calibration}, units.uniform(scheme, 4, 4, 4)}, set.images, 0, 8, {}, true});
        EXPECT_EQ(found.logits.size(), 80U);
        EXPECT_TRUE(nn::finite(found.logits)) << name;
      }
    }
  }

 private:
  samples::DataRoot root_;
};

TEST_F(CalibrationOf, OneImageGivesEveryMethodFiniteLogits) {
  make(1);
  expect_finite_at_four_bits();
}

// A norm's scale of zero leaves a channel that is the same for all tokens and images, at zero or far out.
TEST_F(CalibrationOf, ConstantChannelsKeepsTheFunctionAndFiniteLogits) {
  make(4, [](const std::string& name, nn::Tensor& value) {
    if (!name.ends_with("norm1.weight") && !name.ends_with("norm1.bias")) return;
    auto* const values = value.mutable_data<float>();
    values[0] = 0;
    values[1] = name.ends_with("weight") ? 0.0F : 30.0F;
  });
  Evaluation input{{set.model, {}, {}}, set.images, 0, 0, {}, true};
  const auto plain = store.run(folded_logits, input).logits;
  for (const auto method : {Method::sq, Method::sqb, Method::repq}) {
    input.model.calibration = {calibrate(recipe_of(method), {4})};
    const auto logits = store.run(folded_logits, input).logits;
    ASSERT_EQ(logits.size(), plain.size());
    for (std::size_t i = 0; i < plain.size(); ++i) EXPECT_NEAR(logits[i], plain[i], 1e-3) << title_of(method);
  }
  expect_finite_at_four_bits();
}

TEST_F(CalibrationOf, WeightsOfZeroLosesNothingOfThem) {
  make(4, [](const std::string& name, nn::Tensor& value) {
    if (name.find("blocks.2.") != std::string::npos && value.rank() == 2) value.fill(0);
  });
  for (const auto rule : {WeightRule::minmax, WeightRule::mse, WeightRule::percentile})
    for (std::uint32_t unit = 9; unit < 13; ++unit) {  // those of blocks.2
      const auto table = store.run(search_weights, WeightSearch{set.model, {}, rule, {4}, unit});
      EXPECT_TRUE(nn::finite(table.scale));
      EXPECT_EQ(table.error.at(0), 0) << unit;
    }
  expect_finite_at_four_bits();
}

TEST_F(CalibrationOf, ValuesThatAreNoNumbersNamesTheSite) {
  make(4, [](const std::string& name, nn::Tensor& value) {
    // A checkpoint with numbers that are none is refused; products of large ones are none all the same.
    if (name.find("blocks.1.mlp.fc1.weight") != std::string::npos) value.fill(3e38);
  });
  const auto message = [](const auto& run) -> std::string {
    try {
      (void)run();
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  };
  const auto search = [&](std::int32_t step) {
    return message([&] {
      return store.run(search_step, StepSearch{set, {}, recipe_of(Method::minmax), {4}, step});
    });
  };
  const auto says = AllOf(HasSubstr("ViT, 7 px, 200 steps"), HasSubstr("activations at blocks.1.mlp.pre"),
                          HasSubstr("not finite"));
  EXPECT_EQ(search(1), "no error");
  EXPECT_THAT(search(2), says);
  EXPECT_THAT(message([&] { return store.run(range_share, ImageShare{set, 0, 4}); }), says);
}

}  // namespace
}  // namespace reprise::mptq_vit
