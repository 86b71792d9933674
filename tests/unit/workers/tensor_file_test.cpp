#include "workers/common/tensor_file.hpp"

#include <gtest/gtest.h>

#include "tests/unit/temporary_folder.hpp"

namespace reprise {
namespace {

TEST(TensorFiles, BringBackTensorsOfEveryType) {
  const samples::TemporaryFolder folder;
  std::map<std::string, nn::Tensor> tensors;
  const auto numbers = nn::Tensor::from(std::vector<float>{-3, 0, 1, 2, 7, 100}, {2, 3});
  for (const auto type : {nn::DataType::f32, nn::DataType::f64, nn::DataType::bf16, nn::DataType::s8,
                          nn::DataType::u8, nn::DataType::s32})
    tensors[std::string(nn::to_string(type))] = numbers.to(type);
  tensors["a.view"] = numbers.transpose(0, 1);
  tensors["a.number"] = nn::Tensor::full({}, 0.5);
  tensors["none"] = nn::Tensor::zeros({4, 0});
  save_tensors(local_file_system(), folder / "t.h5", tensors);
  const auto back = load_tensors(folder / "t.h5");
  ASSERT_EQ(back.size(), tensors.size());
  for (const auto& [name, tensor] : tensors) {
    ASSERT_TRUE(back.contains(name)) << name;
    EXPECT_EQ(back.at(name).type(), tensor.type()) << name;
    EXPECT_EQ(back.at(name).shape(), tensor.shape()) << name;
    EXPECT_EQ(back.at(name).values<double>(), tensor.values<double>()) << name;
  }
}

}  // namespace
}  // namespace reprise
