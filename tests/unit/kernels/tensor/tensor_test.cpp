#include "kernels/tensor/tensor.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <thread>

#include "kernels/tensor/operations.hpp"

namespace reprise::nn {
namespace {

Tensor counting(const Shape& shape) {
  std::vector<float> values(static_cast<std::size_t>(shape.elements()));
  std::iota(values.begin(), values.end(), 0.0F);
  return Tensor::from(values, shape);
}

std::vector<float> values(const Tensor& tensor) {
  return tensor.values<float>();
}

TEST(Shape, CountsElementsAndFormats) {
  EXPECT_EQ(Shape({2, 3, 4}).elements(), 24);
  EXPECT_EQ(Shape().elements(), 1);
  EXPECT_EQ(to_string(Shape{2, 3}), "[2, 3]");
  EXPECT_EQ(row_major({2, 3, 4}), (Shape{12, 4, 1}));
  EXPECT_THROW((Shape{1, 1, 1, 1, 1, 1, 1}), std::invalid_argument);
}

TEST(Shape, BroadcastsAsNumPy) {
  EXPECT_EQ(broadcast({2, 1, 4}, {3, 1}), (Shape{2, 3, 4}));
  EXPECT_EQ(broadcast({}, {3}), (Shape{3}));
  EXPECT_THROW((void)broadcast({2, 3}, {2}), std::invalid_argument);
}

TEST(Tensor, ViewsShareTheNumbersAndClonesDoNot) {
  auto x = counting({2, 3});
  auto view = x.transpose(0, 1);
  EXPECT_EQ(values(view), (std::vector<float>{0, 3, 1, 4, 2, 5}));
  const auto copy = x.clone();
  x.slice(0, 1, 1).fill(9);
  EXPECT_EQ(values(view), (std::vector<float>{0, 9, 1, 9, 2, 9}));
  EXPECT_EQ(values(copy), (std::vector<float>{0, 1, 2, 3, 4, 5}));
}

TEST(Tensor, ReshapesSlicesAndRepeats) {
  const auto x = counting({2, 3, 4});
  EXPECT_EQ(x.reshape({4, -1}).shape(), (Shape{4, 6}));
  EXPECT_EQ(values(x.slice(1, 2, 1).reshape({8})), (std::vector<float>{8, 9, 10, 11, 20, 21, 22, 23}));
  EXPECT_EQ(values(x.slice(0, 0, 1).slice(1, 0, 1).slice(2, 1, 2).expand({2, 1, 2, 2})),
            (std::vector<float>{1, 2, 1, 2, 1, 2, 1, 2}));
  EXPECT_EQ(x.permute({2, 0, 1}).shape(), (Shape{4, 2, 3}));
  EXPECT_THROW((void)x.reshape({5, -1}), std::invalid_argument);
  EXPECT_THROW((void)x.permute({0, 0, 1}), std::invalid_argument);
  EXPECT_THROW((void)x.slice(1, 2, 2), std::invalid_argument);
  EXPECT_THROW((void)x.expand({2, 3, 5}), std::invalid_argument);
  EXPECT_THROW((void)x.data<double>(), std::invalid_argument);
  EXPECT_THROW((void)x.item(), std::invalid_argument);
}

TEST(Tensor, LiesChannelsLast) {
  const auto x = counting({2, 3, 2, 2});
  const auto last = x.to_channels_last();
  EXPECT_TRUE(last.is_channels_last());
  EXPECT_FALSE(last.contiguous());
  EXPECT_TRUE(last.dense());
  EXPECT_EQ(values(last), values(x));
  EXPECT_EQ(last.data<float>()[1], 4);  // the second channel's first pixel
  EXPECT_EQ(Tensor::like(last).strides(), last.strides());
  EXPECT_FALSE(x.slice(2, 0, 1).dense());
}

TEST(Tensor, ConvertsBetweenTypes) {
  const auto x = Tensor::from(std::vector<double>{-300, -1.5, 0.5, 2.5, 127.6, 1e10, std::nan("")}, {7});
  EXPECT_EQ(x.to(DataType::s8).values<std::int8_t>(),
            (std::vector<std::int8_t>{-128, -2, 0, 2, 127, 127, -128}));
  EXPECT_EQ(x.to(DataType::u8).values<std::uint8_t>(), (std::vector<std::uint8_t>{0, 0, 0, 2, 128, 255, 0}));
  EXPECT_EQ(x.to(DataType::s32).values<std::int32_t>()[5], std::numeric_limits<std::int32_t>::max());
  EXPECT_EQ(x.to(DataType::f32).values<float>()[4], 127.6F);
}

TEST(Tensor, RoundsToBfloat16ToNearestEven) {
  // Eight bits: 1 + 2^-7 is the next number after 1; halfway goes to the even one.
  const std::vector<float> x{1.0F, 1.0F + 0x1p-8F, 1.0F + 0x3p-8F, 1.0F + 0x1.1p-8F, -3.0F};
  EXPECT_EQ(values(Tensor::from(x, {5}).to(DataType::bf16).to(DataType::f32)),
            (std::vector<float>{1.0F, 1.0F, 1.0F + 0x4p-8F, 1.0F + 0x2p-8F, -3.0F}));
  EXPECT_TRUE(std::isnan(static_cast<float>(BFloat16(std::nanf("")))));
  EXPECT_EQ(static_cast<float>(BFloat16(std::numeric_limits<float>::infinity())),
            std::numeric_limits<float>::infinity());
}

TEST(Tensor, OfNoElements) {
  const Tensor x({0, 3});
  EXPECT_EQ(binary(Binary::add, x, x).shape(), (Shape{0, 3}));
  EXPECT_EQ(values(sum_to(x, {1, 3})), (std::vector<float>{0, 0, 0}));
  EXPECT_EQ(values(matmul(Tensor({2, 0}), Tensor({0, 2}))), (std::vector<float>{0, 0, 0, 0}));
  EXPECT_EQ(softmax(x, false).shape(), (Shape{0, 3}));
}

TEST(Buffer, IsAlignedAndReused) {
  const void* place = nullptr;
  {
    const Tensor x({1000});
    place = x.bytes();
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(place) % 64, 0U);
  }
  const auto asked = memory_use().allocated;
  const Tensor again({999});
  EXPECT_EQ(again.bytes(), place);
  EXPECT_EQ(memory_use().allocated, asked);
}

TEST(Buffer, CountsWhatIsInUse) {
  const auto before = memory_use().in_use;
  reset_peak_memory();
  {
    const Tensor x({1 << 20});
    const Tensor shared = x;
    EXPECT_GE(memory_use().in_use, before + (4U << 20U));
    EXPECT_LT(memory_use().in_use, before + (6U << 20U));
  }
  EXPECT_EQ(memory_use().in_use, before);
  EXPECT_GE(memory_use().peak, before + (4U << 20U));
  release_kept_memory();
  EXPECT_EQ(memory_use().held, memory_use().in_use);
}

TEST(Buffer, IsSharedBetweenThreads) {
  std::vector<std::thread> threads;
  const auto shared = counting({1000});
  for (int k = 0; k < 4; ++k)
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        const auto copy = shared;
        EXPECT_EQ(binary(Binary::add, copy, copy).data<float>()[999], 1998);
      }
    });
  for (auto& thread : threads) thread.join();
}

TEST(Buffer, RefusesMoreThanThereIs) {
  EXPECT_THROW(Buffer(std::size_t{1} << 60U), std::bad_alloc);
}

TEST(Operations, RefuseWhatDoesNotGoTogether) {
  const Tensor x({2, 3});
  EXPECT_THROW((void)matmul(x, x), std::invalid_argument);
  EXPECT_THROW((void)binary(Binary::add, x, Tensor({2, 3}, DataType::f64)), std::invalid_argument);
  EXPECT_THROW((void)affine(Tensor({2}, DataType::s8), 1), std::invalid_argument);
  EXPECT_THROW((void)convolution(Tensor({1, 3, 4, 4}), Tensor({2, 2, 3, 3}), nullptr, {}),
               std::invalid_argument);
  EXPECT_THROW((void)convolution(Tensor({1, 2, 2, 2}), Tensor({2, 2, 3, 3}), nullptr, {}),
               std::invalid_argument);
}

TEST(Operations, PackedWeightsFollowTheWeights) {
  auto weights = counting({16, 16, 3, 3});
  const auto x = Tensor::full({2, 16, 5, 5}, 1);
  const auto first = convolution(x, weights, nullptr, {1, 1, 1});
  const auto again = convolution(x, weights, nullptr, {1, 1, 1});
  EXPECT_EQ(values(first), values(again));
  weights.fill(1);
  const auto after = convolution(x, weights, nullptr, {1, 1, 1});
  EXPECT_EQ(values(after)[12], 16 * 9);
}

TEST(Operations, OnBfloat16AreExactProductsSummedInFloat) {
  if (!onednn::has_bf16()) GTEST_SKIP() << "this machine doesn't multiply bf16";
  const auto a = counting({4, 8}).to(DataType::bf16);
  const auto b = counting({8, 4}).to(DataType::bf16);
  EXPECT_EQ(values(matmul(a, b)), values(matmul(counting({4, 8}), counting({8, 4}))));
}

TEST(Operations, SumsAreTakenInDouble) {
  // Ten million times 0.1f in float would be off by a percent.
  const auto x = Tensor::full({10'000'000}, 0.1);
  EXPECT_NEAR(sum_to(x, {1}).item(), 10'000'000 * static_cast<double>(0.1F), 0.1);
}

}  // namespace
}  // namespace reprise::nn
