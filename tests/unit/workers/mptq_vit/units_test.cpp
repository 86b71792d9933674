#include "workers/mptq_vit/units.hpp"

#include <gtest/gtest.h>

#include <map>

#include "workers/mptq_vit/cost.hpp"
#include "workers/mptq_vit/model.hpp"

namespace reprise::mptq_vit {
namespace {

double activation_elements(const Units& units, Scheme scheme) {
  double sum = 0;
  for (std::size_t u = units.weight_count(); u < units.count(); ++u)
    if (units.is_quantized(u, scheme) && !units.is_stem(u)) sum += units.elements(u);
  return sum;
}

// The specification's table of models: elements of blocks in millions, products of a forward pass.
TEST(Units, ElementsAndProductsAreThoseOfThePublishedModels) {
  struct Published {
    ModelName model;
    double partial, full, products;
  };
  for (const auto& [model, partial, full, products] :
       {Published{ModelName::vit_small, 11.9, 20.1, 4.60}, Published{ModelName::vit_base, 23.7, 40.2, 17.56},
        Published{ModelName::deit_tiny, 5.9, 10.1, 1.25},
        Published{ModelName::deit_small, 11.9, 20.1, 4.60}}) {
    const Units units(shape_of(model));
    EXPECT_NEAR(activation_elements(units, Scheme::partial) / 1e6, partial, 0.11);
    EXPECT_NEAR(activation_elements(units, Scheme::full) / 1e6, full, 0.2);
    double sum = 0;
    for (const auto& product : products_of(units)) sum += product.multiplications;
    EXPECT_NEAR(sum / 1e9, products, 0.03) << title_of(model);
  }
  double sum = 0;
  for (const auto& product : products_of(Units(shape_of(ModelName::swin_tiny))))
    sum += product.multiplications;
  EXPECT_NEAR(sum / 1e9, 4.49, 0.05);
}

TEST(Units, PartialSchemeLeavesWhatNoProductReads) {
  const Units units(shape_of(ModelName::smoke_p7));
  std::map<bool, int> counts;
  for (std::size_t u = units.weight_count(); u < units.count(); ++u)
    ++counts[units.is_quantized(u, Scheme::partial)];
  EXPECT_EQ(counts[false],
            4 * 4 + 1);  // of each block two residuals, logits, GELU's input; the last residual
  EXPECT_EQ(counts[true], 1 + 4 * 8 + 1);
}

// The specification: 67 units of the smallest model that a search gives bits to.
TEST(Units, SearchHasAllButTheStem) {
  const Units units(shape_of(ModelName::smoke_p7));
  const auto search = units.search(Scheme::full, 4, 4, 3, 8);
  EXPECT_EQ(search.unit.size(), 67U);
  const auto bits = search.spread(Allocation(67, 3));
  for (std::size_t u = 0; u < units.count(); ++u) EXPECT_EQ(bits[u], units.is_stem(u) ? kStemBits : 3);
}

TEST(Cost, InSinglePrecisionIsThatOfAllParameters) {
  struct Published {
    ModelName model;
    double parameters;
  };
  for (const auto& [model, parameters] :
       {Published{ModelName::smoke_p7, 205066}, Published{ModelName::vit_small, 22050664},
        Published{ModelName::vit_base, 86567656}, Published{ModelName::deit_tiny, 5717416},
        Published{ModelName::swin_tiny, 28288354}, Published{ModelName::swin_base, 87768224}})
    EXPECT_EQ(cost_of(shape_of(model), {}).bytes, 4 * parameters) << title_of(model);
}

TEST(Cost, HalvesWithTheBitsOfOneFactorAndQuartersWithBoth) {
  const auto shape = shape_of(ModelName::smoke_p7);
  const Units units(shape);
  auto eight = units.uniform(Scheme::full, 8, 8, 8);
  auto four = units.uniform(Scheme::full, 4, 4, 4);
  auto mixed = units.uniform(Scheme::full, 4, 8, 4);
  for (auto* bits : {&eight, &four, &mixed}) (*bits)[units.unit_of_site(0)] = 8;  // the image, in all
  double stem = 0;
  double attention = 0;
  for (const auto& product : products_of(units)) {
    if (units.is_stem(product.left)) stem += product.multiplications;
    if (units.is_activation(product.right)) attention += product.multiplications;
  }
  const double all = cost_of(shape, eight).bit_operations;
  EXPECT_DOUBLE_EQ(cost_of(shape, mixed).bit_operations, all / 2 + attention * 32);
  EXPECT_DOUBLE_EQ(cost_of(shape, four).bit_operations, all / 4 + stem * 16);
  double quantized = 0;
  for (std::size_t w = 0; w < units.weight_count(); ++w) quantized += units.elements(w);
  EXPECT_NEAR(cost_of(shape, eight).bytes - cost_of(shape, four).bytes, quantized / 2, 1e-6);
}

}  // namespace
}  // namespace reprise::mptq_vit
