#include "kernels/vision/product_search.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "kernels/random/distributions.hpp"

namespace reprise::nn {
namespace {

const Quantizer kWhole;  // single precision

Quantizer symmetric(int bits, std::vector<float> scales) {
  return {QuantizerKind::symmetric, bits, std::move(scales), {}, {}};
}

Tensor normal_values(const Shape& shape, std::uint64_t seed) {
  Philox random(random_key(seed), 0);
  std::vector<float> values(static_cast<std::size_t>(shape.elements()));
  for (auto& value : values) value = static_cast<float>(normal(random));
  return Tensor::from(values, shape);
}

/// Whole numbers from -7 to 7 (each column of rows has a 7) times the scale of their block of rows.
Tensor codes(const Shape& shape, const std::vector<float>& scales, std::uint64_t seed) {
  auto x = normal_values(shape, seed);
  auto* const values = x.mutable_data<float>();
  const auto block = static_cast<std::size_t>(x.elements()) / scales.size();
  for (std::size_t i = 0; i < static_cast<std::size_t>(x.elements()); ++i) {
    const float code = i % block == 0 ? 7.0F : std::clamp(std::rint(3 * values[i]), -7.0F, 7.0F);
    values[i] = code * scales[i / block];
  }
  return x;
}

Product with_outputs(Product product) {
  for (std::size_t part = 0; part < product.left.size(); ++part)
    product.outputs.push_back(
        multiplied(product, product.left[part], product.right[product.right.size() == 1 ? 0 : part])
            .to_contiguous());
  return product;
}

Product layer(const Tensor& x, const Tensor& weight) {
  return with_outputs({Product::Kind::layer, {x}, {weight}, {}, {}, {}});
}

/// start times .5, .6, ..., 1.5, in all groups
std::vector<Quantizer> around(const Quantizer& start) {
  std::vector<Quantizer> all;
  for (int i = 5; i <= 15; ++i) {
    all.push_back(start);
    for (float& scale : all.back().scale) scale *= static_cast<float>(i) / 10;
  }
  return all;
}

TEST(ProductSearch, FindsTheScaleThatLosesNothing) {
  const auto x = normal_values({20, 16}, 1);
  const ProductSearch search(layer(x, codes({6, 16}, {.25F}, 2)), OutputMetric::cosine);
  const std::vector<Quantizer> candidates{symmetric(4, {.2F}), symmetric(4, {.25F}), symmetric(4, {.3F})};
  const auto found = search.search(Operand::right, symmetric(4, {.4F}), candidates, kWhole);
  EXPECT_EQ(found.scale, std::vector{.25F});
  EXPECT_NEAR(search.scores(Operand::right, kWhole, found).at(0), 1, 1e-7);
}

TEST(ProductSearch, BlocksOfRowsFindTheirOwnScales) {
  const std::vector<float> scales{.25F, .5F, .125F};
  const auto x = normal_values({20, 16}, 3);
  const ProductSearch search(layer(x, codes({12, 16}, scales, 4)), OutputMetric::cosine);
  const std::vector<Quantizer> candidates{symmetric(4, {.125F, .125F, .125F}),
                                          symmetric(4, {.25F, .25F, .25F}), symmetric(4, {.5F, .5F, .5F})};
  const auto found = search.search(Operand::right, symmetric(4, {1, 1, 1}), candidates, kWhole);
  EXPECT_EQ(found.scale, scales);
}

TEST(ProductSearch, ABlockOfRowsDoesNotDependOnTheOthers) {
  const auto x = normal_values({20, 16}, 5);
  const auto weight = normal_values({12, 16}, 6);
  auto other = weight.clone();
  for (std::int64_t i = 4 * 16; i < 12 * 16; ++i) other.mutable_data<float>()[i] *= 3.7F;
  const auto start = symmetric(4, {.4F, .4F, .4F});
  const auto found = ProductSearch(layer(x, weight), OutputMetric::cosine)
                         .search(Operand::right, start, around(start), symmetric(4, {.4F}));
  const auto changed = ProductSearch(layer(x, other), OutputMetric::cosine)
                           .search(Operand::right, start, around(start), symmetric(4, {.4F}));
  EXPECT_EQ(found.scale[0], changed.scale[0]);
  EXPECT_NE(found.scale[1], changed.scale[1]);
}

TEST(ProductSearch, HeadsAreSearchedOnTheirOwn) {
  const auto q = normal_values({2, 3, 5, 8}, 7);
  const auto k = normal_values({2, 3, 5, 8}, 8);
  const auto all = with_outputs({Product::Kind::scores, {q}, {k}, {}, {}, {}});
  const auto start = symmetric(4, {.3F, .4F, .5F});
  const auto found =
      ProductSearch(all, OutputMetric::cosine).search(Operand::left, start, around(start), start);
  for (std::int64_t head = 0; head < 3; ++head) {
    const auto one = with_outputs({Product::Kind::scores,
                                   {q.slice(1, head, 1).to_contiguous()},
                                   {k.slice(1, head, 1).to_contiguous()},
                                   {},
                                   {},
                                   {}});
    const auto own = symmetric(4, {start.scale[static_cast<std::size_t>(head)]});
    EXPECT_EQ(ProductSearch(one, OutputMetric::cosine).search(Operand::left, own, around(own), own).scale,
              std::vector{found.scale[static_cast<std::size_t>(head)]})
        << "head " << head;
  }
}

TEST(ProductSearch, NeverScoresBelowItsStart) {
  const auto p = normal_values({2, 3, 5, 5}, 9);
  const auto v = normal_values({2, 3, 5, 8}, 10);
  auto product = with_outputs({Product::Kind::mixture, {p}, {v}, {}, {}, {}});
  product.gradient = {normal_values({2, 3, 5, 8}, 11)};
  const auto other = symmetric(3, {.6F, .6F, .6F});
  // Candidates that are all far too wide.
  const std::vector<Quantizer> wide{symmetric(3, {9, 9, 9}), symmetric(3, {20, 20, 20})};
  for (const auto metric : {OutputMetric::cosine, OutputMetric::gradient}) {
    const ProductSearch search(product, metric);
    EXPECT_EQ(search.search(Operand::right, other, wide, other).scale, other.scale);
    const auto start = symmetric(3, {1.1F, 1.1F, 1.1F});  // too wide: at half of it outputs are nearer
    const auto found = search.search(Operand::right, start, around(start), other);
    const auto before = search.scores(Operand::right, other, start);
    const auto after = search.scores(Operand::right, other, found);
    for (std::size_t head = 0; head < 3; ++head) EXPECT_GT(after[head], before[head]) << "head " << head;
  }
}

TEST(ProductSearch, PartsOfTheImagesAreOneSet) {
  const auto x = normal_values({40, 16}, 12);
  const auto weight = normal_values({8, 16}, 13);
  const auto whole = layer(x, weight);
  const auto halves = with_outputs({Product::Kind::layer,
                                    {x.slice(0, 0, 20).to_contiguous(), x.slice(0, 20, 20).to_contiguous()},
                                    {weight},
                                    {},
                                    {},
                                    {}});
  const auto start = symmetric(3, {.8F});
  const auto other = symmetric(3, {.7F});
  const ProductSearch one(whole, OutputMetric::cosine);
  const ProductSearch two(halves, OutputMetric::cosine);
  EXPECT_NEAR(one.scores(Operand::left, start, other)[0], two.scores(Operand::left, start, other)[0], 1e-7);
  EXPECT_EQ(one.search(Operand::left, start, around(start), other).scale,
            two.search(Operand::left, start, around(start), other).scale);
}

TEST(ProductSearch, TheGradientSaysWhichOutputsMatter) {
  // Two outputs that want different scales of their common input: the gradient chooses.
  const auto weight = Tensor::from(std::vector<float>{1, 0, 0, 1}, {2, 2});
  const auto x = Tensor::from(std::vector<float>{.9F, 7, .3F, 7, -.6F, 7, 1.2F, 7}, {4, 2});
  auto product = layer(x, weight);
  const std::vector<Quantizer> candidates{symmetric(4, {.3F}), symmetric(4, {1})};
  product.gradient = {Tensor::from(std::vector<float>{1, 0, 1, 0, 1, 0, 1, 0}, {4, 2})};
  EXPECT_EQ(ProductSearch(product, OutputMetric::gradient)
                .search(Operand::left, symmetric(4, {9}), candidates, kWhole)
                .scale,
            std::vector{.3F});
  product.gradient = {Tensor::from(std::vector<float>{0, 1, 0, 1, 0, 1, 0, 1}, {4, 2})};
  EXPECT_EQ(ProductSearch(product, OutputMetric::gradient)
                .search(Operand::left, symmetric(4, {9}), candidates, kWhole)
                .scale,
            std::vector{1.0F});
}

TEST(ProductSearch, RangesAndErrorsOfOperands) {
  const auto weight = Tensor::from(std::vector<float>{1, -2, 3, 5}, {2, 2});
  const auto product = layer(Tensor::from(std::vector<float>{1, 1}, {1, 2}), weight);
  EXPECT_THAT(operand_ranges(product, Operand::right, 2), testing::ElementsAre(Range{-2, 1}, Range{3, 5}));
  EXPECT_THAT(operand_ranges(product, Operand::right, 1), testing::ElementsAre(Range{-2, 5}));
  EXPECT_DOUBLE_EQ(operand_error(product, Operand::right, symmetric(4, {2})), 3.0 / 4);
}

TEST(ProductSearch, RefusesPartsThatDoNotGoTogether) {
  auto product = layer(normal_values({4, 4}, 14), normal_values({4, 4}, 15));
  EXPECT_THROW(ProductSearch(product, OutputMetric::gradient), std::invalid_argument);
  const ProductSearch search(product, OutputMetric::cosine);
  const std::vector<Quantizer> finer{symmetric(8, {.1F})};
  EXPECT_THROW(static_cast<void>(search.search(Operand::left, symmetric(4, {1}), finer, kWhole)),
               std::invalid_argument);
  product.outputs.clear();
  EXPECT_THROW(ProductSearch(product, OutputMetric::cosine), std::invalid_argument);
}

}  // namespace
}  // namespace reprise::nn
