#include "workers/mptq_vit/checkpoints.hpp"

#include <gmock/gmock.h>

#include <cstring>
#include <limits>

#include "kernels/data/safetensors.hpp"
#include "tests/unit/kernels/vision/formula_models.hpp"
#include "tests/unit/workers/mptq_vit/data_root.hpp"

namespace reprise::mptq_vit {
namespace {

using samples::refusal;
using testing::AllOf;
using testing::HasSubstr;

/// The smallest model's file, of which each test changes something.
class Checkpoint : public testing::Test {
 protected:
  Checkpoint() { std::filesystem::create_directories(root_.path() / "deit_tiny"); }

  static const nn::NamedTensors& whole() {
    static const auto tensors = nn::formula_tensors(nn::vision_shape("deit_tiny"));
    return tensors;
  }
  void write(const nn::NamedTensors& tensors) const { nn::write_safetensors(file_, {tensors, {}}); }
  void write_as(nn::DataType type) const {
    nn::NamedTensors tensors;
    for (const auto& [name, tensor] : whole()) tensors[name] = tensor.to(type);
    write(tensors);
  }
  [[nodiscard]] nn::VisionModel read() const { return read_checkpoint(ModelName::deit_tiny, file_); }
  [[nodiscard]] std::string refused() const {
    return refusal([this] { return read(); });
  }
  /// A message that names the file and what to do.
  [[nodiscard]] auto says(const std::string& problem) const {
    return AllOf(testing::StartsWith(file_.string() + ": "), HasSubstr(problem),
                 HasSubstr("fetch repository timm/deit_tiny_patch16_224.fb_in1k"));
  }

  samples::DataRoot root_;
  std::filesystem::path file_ = root_.path() / "deit_tiny/model.safetensors";
};

TEST_F(Checkpoint, IsReadInSingleHalfAndDoublePrecision) {
  write(whole());
  const auto exact = read().head.weight.values<float>();
  EXPECT_EQ(exact, whole().at("head.weight").values<float>());
  write_as(nn::DataType::f64);
  EXPECT_EQ(read().head.weight.values<float>(), exact);
  write_as(nn::DataType::bf16);
  const auto rounded = read().head.weight.values<float>();
  for (std::size_t i = 0; i < exact.size(); i += 997)
    EXPECT_NEAR(rounded[i], exact[i], std::abs(exact[i]) / 256);
}

TEST_F(Checkpoint, IsReadInIeeeHalfPrecision) {
  std::string header = "{";
  std::string data;
  for (const auto& [name, shape] : nn::tensor_shapes(nn::vision_shape("deit_tiny"))) {
    std::string sizes;
    for (const auto size : shape) sizes += fmt::format("{}{}", sizes.empty() ? "" : ",", size);
    const auto begin = data.size();
    for (std::int64_t i = 0; i < shape.elements(); ++i) {
      const auto half = static_cast<std::uint16_t>(0x2c00 + i % 1024);  // 2^-4 (1 + i / 1024)
      data.append(reinterpret_cast<const char*>(&half), 2);
    }
    header += fmt::format("{}\"{}\":{{\"dtype\":\"F16\",\"shape\":[{}],\"data_offsets\":[{},{}]}}",
                          header.size() == 1 ? "" : ",", name, sizes, begin, data.size());
  }
  header += "}";
  const std::uint64_t length = header.size();
  std::string text(reinterpret_cast<const char*>(&length), 8);
  root_.folder().write("deit_tiny/model.safetensors", text + header + data);
  const auto values = read().stages.at(0).blocks.at(3).fc1.weight.values<float>();
  EXPECT_EQ(values[0], 0.0625F);
  EXPECT_EQ(values[512], 0.0625F * 1.5F);
}

TEST_F(Checkpoint, ThatIsMissingIsToldHowToGet) {
  EXPECT_THAT(refusal([] { return checkpoint_digest(ModelName::deit_tiny); }),
              AllOf(HasSubstr("the data set deit_tiny ("), HasSubstr("lacks model.safetensors"),
                    HasSubstr("repository timm/deit_tiny_patch16_224.fb_in1k")));
}

TEST_F(Checkpoint, OfOtherNamesIsRefused) {
  nn::NamedTensors tensors;
  for (const auto& [name, tensor] : whole()) tensors["model." + name] = tensor;
  write(tensors);
  EXPECT_THAT(refused(), AllOf(says("cls_token is missing"), HasSubstr("more")));
}

TEST_F(Checkpoint, WithATensorMissingOrTooManyIsRefused) {
  auto tensors = whole();
  tensors.erase("blocks.7.mlp.fc2.bias");
  tensors["head_dist.weight"] = nn::Tensor::zeros({1000, 192});
  write(tensors);
  EXPECT_THAT(refused(),
              AllOf(says("blocks.7.mlp.fc2.bias is missing"), HasSubstr("head_dist.weight is unknown")));
}

TEST_F(Checkpoint, OfAnotherSizeIsRefused) {
  auto tensors = whole();
  tensors["head.weight"] = nn::Tensor::zeros({21843, 192});
  write(tensors);
  EXPECT_THAT(refused(), says("head.weight has shape [21843, 192], not [1000, 192]"));
}

TEST_F(Checkpoint, OfNumbersThatAreNoneIsRefused) {
  auto tensors = whole();
  for (const double wrong : {std::nan(""), HUGE_VAL, 1e300}) {  // 1e300: a double that is no float
    auto values = whole().at("norm.bias").values<double>();
    values[5] = wrong;
    tensors["norm.bias"] = nn::Tensor::from(values, {192});
    write(tensors);
    EXPECT_THAT(refused(), says("norm.bias holds numbers that are not finite"));
  }
}

TEST_F(Checkpoint, ThatIsCutShortOrNoSafetensorsIsRefused) {
  write(whole());
  samples::tear(file_);
  EXPECT_THAT(refused(), says("byte"));
  root_.folder().write("deit_tiny/model.safetensors", std::string("PK\x03\x04 what PyTorch saves"));
  EXPECT_THAT(refused(), AllOf(says("header"), HasSubstr("not PyTorch's own")));
  EXPECT_THAT(checkpoint_of(ModelName::deit_tiny).check(root_.path() / "deit_tiny"), says("header"));
  EXPECT_THAT(refusal([] { return checkpoint_digest(ModelName::deit_tiny); }), says("header"));
}

TEST_F(Checkpoint, IsTheOneThatTheRunBeganWith) {
  write(whole());
  const auto digest = checkpoint_digest(ModelName::deit_tiny);
  EXPECT_EQ(load_checkpoint(ModelName::deit_tiny, digest).shape, nn::vision_shape("deit_tiny"));
  auto tensors = whole();
  tensors["head.bias"] = nn::Tensor::zeros({1000});
  write(tensors);
  EXPECT_THROW((void)load_checkpoint(ModelName::deit_tiny, digest), Error);
}

TEST(Checkpoints, AreDeclaredForAllModelsOfImagenet) {
  int count = 0;
  for (const auto& [id, model] : enumerators_of<ModelName>()) {
    if (is_trained_here(model)) continue;
    EXPECT_EQ(checkpoint_of(model).id, id);
    EXPECT_EQ(shape_of(model), nn::vision_shape(std::string(id)));
    ++count;
  }
  EXPECT_EQ(count, 8);
}

}  // namespace
}  // namespace reprise::mptq_vit
