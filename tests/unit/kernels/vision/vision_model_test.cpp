#include "kernels/vision/vision_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/kernels/vision/formula_models.hpp"

namespace reprise::nn {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string refusal(const VisionShape& shape, const NamedTensors& tensors) {
  try {
    static_cast<void>(vision_model(shape, tensors));
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(Formula, GivesTheNumbersThatReferencesWereMadeOf) {
  EXPECT_EQ(formula::fnv("head.weight"), 0xd2cea44474c6e4f3ULL);
  EXPECT_NEAR(formula::uniform("head.weight", 0), .7278347, 1e-7);
  EXPECT_NEAR(formula::uniform("head.weight", 2), .35546744, 1e-8);
  const auto qkv = formula_tensors(vit_a()).at("blocks.0.attn.qkv.weight").values<float>();
  EXPECT_FLOAT_EQ(qkv[0], .116829F);
  EXPECT_FLOAT_EQ(qkv[1], -.1267652F);
  EXPECT_FLOAT_EQ(qkv[2], -.1977927F);
  const auto image = formula::image("image0", 1, 28, 28);
  EXPECT_FLOAT_EQ(image[0], -.2278636F);
  EXPECT_FLOAT_EQ(image[1], 1.5040281F);
}

TEST(VisionModel, KnownShapesHaveThePublishedNumbersOfParameters) {
  const std::map<std::string, std::int64_t> published{{"vit_small", 22'050'664},  {"vit_base", 86'567'656},
                                                      {"deit_tiny", 5'717'416},   {"deit_small", 22'050'664},
                                                      {"deit_base", 86'567'656},  {"swin_tiny", 28'288'354},
                                                      {"swin_small", 49'606'258}, {"swin_base", 87'768'224}};
  for (const auto& [name, parameters] : published) {
    std::int64_t count = 0;
    for (const auto& [tensor, shape] : tensor_shapes(vision_shape(name))) count += shape.elements();
    EXPECT_EQ(count, parameters) << name;
  }
  EXPECT_THROW(static_cast<void>(vision_shape("vit_huge")), std::invalid_argument);
}

TEST(VisionModel, BothStylesOfSwinAreTheSameModel) {
  const auto older = formula_tensors(swin_a());
  ASSERT_TRUE(older.contains("layers.0.downsample.reduction.weight"));
  const auto model = vision_model(swin_a(), older);
  const auto newer = named_tensors(model);
  EXPECT_TRUE(newer.contains("layers.1.downsample.reduction.weight"));
  EXPECT_TRUE(newer.contains("head.fc.weight"));
  const auto again = named_tensors(vision_model(swin_a(), newer));
  ASSERT_EQ(again.size(), older.size());
  for (const auto& [name, tensor] : again) {
    EXPECT_EQ(tensor.buffer(), newer.at(name).buffer()) << name;
    EXPECT_EQ(tensor.shape(), older.at(older_name(name)).shape()) << name;
    EXPECT_EQ(tensor.buffer(), older.at(older_name(name)).buffer()) << name << " was copied";
  }
}

TEST(VisionModel, IgnoresWhatTimmComputes) {
  auto tensors = formula_tensors(swin_a());
  tensors["layers.0.blocks.0.attn.relative_position_index"] = Tensor::zeros({49, 49}, DataType::s32);
  tensors["layers.0.blocks.1.attn_mask"] = Tensor::zeros({16, 49, 49});
  EXPECT_EQ(refusal(swin_a(), tensors), "");
}

TEST(VisionModel, AReductionMayHaveGainedABias) {
  auto model = formula_model(swin_a());
  EXPECT_FALSE(model.stages[1].merge->reduction.bias);
  model.stages[1].merge->reduction.bias = Tensor::zeros({64});
  const auto tensors = named_tensors(model);
  EXPECT_TRUE(tensors.contains("layers.1.downsample.reduction.bias"));
  EXPECT_TRUE(vision_model(swin_a(), tensors).stages[1].merge->reduction.bias);
}

TEST(VisionModel, OtherTypesBecomeF32) {
  auto tensors = formula_tensors(vit_a());
  const auto name = "blocks.1.mlp.fc1.weight";
  const auto before = tensors[name].values<float>();
  tensors[name] = tensors[name].to(DataType::f64);
  tensors["norm.bias"] = tensors["norm.bias"].to(DataType::bf16);
  const auto model = vision_model(vit_a(), tensors);
  EXPECT_EQ(model.stages[0].blocks[1].fc1.weight.values<float>(), before);
  EXPECT_EQ(model.norm.shift.type(), DataType::f32);
  EXPECT_EQ(converted(model, DataType::f64).head.bias.type(), DataType::f64);
}

TEST(VisionModel, SaysAllThatIsWrongWithTensors) {
  auto tensors = formula_tensors(vit_a());
  tensors.erase("cls_token");
  tensors["dist_token"] = Tensor::zeros({1, 1, 64});
  tensors["head.bias"] = Tensor::zeros({11});
  tensors["norm.weight"] = Tensor::full({64}, std::numeric_limits<double>::infinity());
  EXPECT_THAT(refusal(vit_a(), tensors),
              AllOf(HasSubstr("cls_token is missing"), HasSubstr("dist_token is unknown"),
                    HasSubstr("head.bias has shape [11], not [10]"),
                    HasSubstr("norm.weight holds numbers that are not finite"), Not(HasSubstr("more"))));
  // 4 + 12 x 4 + 4 tensors: ten are named.
  EXPECT_THAT(refusal(vit_a(), {}),
              AllOf(HasSubstr("blocks.0.norm1.weight is missing"), HasSubstr("and 46 more")));
}

TEST(VisionModel, NamesOldSwinTensorsAsTheyCame) {
  auto tensors = formula_tensors(swin_a());
  tensors["layers.0.downsample.norm.bias"] = Tensor::zeros({3});
  EXPECT_THAT(refusal(swin_a(), tensors), HasSubstr("layers.0.downsample.norm.bias has shape [3]"));
}

TEST(VisionModel, RefusesShapesThatDoNotFit) {
  auto shape = vit_a();
  shape.patch = 5;
  EXPECT_THROW(static_cast<void>(tensor_shapes(shape)), std::invalid_argument);
  shape = swin_a();
  shape.image = 96;  // 24 x 24 patches, windows of 7
  EXPECT_THROW(static_cast<void>(tensor_shapes(shape)), std::invalid_argument);
  shape = swin_a();
  shape.heads = {2, 4};
  EXPECT_THROW(static_cast<void>(tensor_shapes(shape)), std::invalid_argument);
}

}  // namespace
}  // namespace reprise::nn
