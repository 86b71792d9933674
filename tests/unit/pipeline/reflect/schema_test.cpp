#include "pipeline/reflect/schema.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/pipeline/reflect/sample_rows.hpp"

namespace reprise {
namespace {

using samples::Everything;

const ColumnSchema& column(const std::string& name) {
  for (const auto& each : schema_of<Everything>()) {
    if (each.name == name) return each;
  }
  throw std::out_of_range(name);
}

TEST(Schema, KeepsTheOrderOfFieldsAndFlattensStructs) {
  std::vector<std::string> names;
  for (const auto& each : schema_of<Everything>()) names.push_back(each.name);
  EXPECT_THAT(names, testing::ElementsAre("flag", "i32", "i64", "u8", "u32", "u64", "f32", "f64", "bf16",
                                          "ref", "text", "shape", "nested.x", "nested.y", "fixed", "flags",
                                          "ragged", "refs", "array", "half"));
}

TEST(Schema, TellsTypesAndExtents) {
  EXPECT_EQ(column("flag").type, ElementType::boolean);
  EXPECT_EQ(column("ref").type, ElementType::key);
  EXPECT_EQ(column("ref").extent, Extent::scalar);
  EXPECT_EQ(column("fixed").extent, Extent::fixed);
  EXPECT_EQ(column("fixed").length, 3U);
  EXPECT_EQ(column("ragged").extent, Extent::ragged);
  EXPECT_EQ(column("refs").type, ElementType::key);
  EXPECT_EQ(column("array").extent, Extent::array);
  EXPECT_EQ(column("half").type, ElementType::bf16);
  EXPECT_EQ(column("text").type, ElementType::text);
  EXPECT_EQ(column("text").extent, Extent::scalar);
}

TEST(Schema, CarriesUnitsDescriptionsAndEnumerators) {
  EXPECT_EQ(column("nested.x").unit, "m");
  EXPECT_EQ(column("nested.x").description, "abscissa");
  EXPECT_THAT(column("shape").enumerators,
              testing::ElementsAre(testing::Pair("round", 0), testing::Pair("square", 7)));
}

TEST(Schema, EveryTypeAndExtentHasASizeAndANameOfItsOwn) {
  std::vector<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(ElementType::enumeration); ++i) {
    const auto type = static_cast<ElementType>(i);
    EXPECT_GT(element_size(type), 0U);
    for (const auto& other : names) EXPECT_NE(other, name_of(type));
    names.push_back(name_of(type));
  }
  EXPECT_EQ(name_of(Extent::array), "array");
  EXPECT_EQ(element_size(ElementType::key), sizeof(Key));
}

}  // namespace
}  // namespace reprise
