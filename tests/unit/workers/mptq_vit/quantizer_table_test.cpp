#include "workers/mptq_vit/quantizer_table.hpp"

#include <gtest/gtest.h>

#include "pipeline/base/errors.hpp"
#include "pipeline/reflect/codec.hpp"

namespace reprise::mptq_vit {
namespace {

using Kind = nn::QuantizerKind;

void expect_same(const nn::Quantizer& a, const nn::Quantizer& b) {
  EXPECT_EQ(a.kind, b.kind);
  EXPECT_EQ(a.bits, b.bits);
  EXPECT_EQ(a.scale, b.scale);
  EXPECT_EQ(a.zero, b.zero);
  EXPECT_EQ(a.outer, b.outer);
}

TEST(QuantizerTable, GivesBackWhatWasPutIn) {
  const nn::Quantizer symmetric{Kind::symmetric, 4, {1, 2, 3}, {}, {}};
  const nn::Quantizer asymmetric{Kind::asymmetric, 4, {4, 5}, {6, 7.5F}, {}};
  const nn::Quantizer regions{Kind::magnitude_regions, 5, {8}, {}, {9}};
  QuantizerTable one;
  one.add(2, symmetric, 0.5);
  one.add(0, asymmetric, 0.25);
  QuantizerTable other;
  other.add(2, regions, 0.125);
  one.append(other);
  const QuantizerBook book(decode<QuantizerTable>(encode(one)));
  expect_same(book.at(2, 4), symmetric);
  expect_same(book.at(0, 4), asymmetric);
  expect_same(book.at(2, 5), regions);
  EXPECT_EQ(book.error(2, 5), 0.125);
}

TEST(QuantizerTable, SaysWhatWasNotCalibrated) {
  QuantizerTable table;
  table.add(1, {Kind::symmetric, 4, {1}, {}, {}}, 0);
  const QuantizerBook book(table);
  EXPECT_THROW((void)book.at(1, 5), Error);
  EXPECT_THROW((void)book.at(0, 4), Error);
  EXPECT_THROW((void)book.at(7, 4), Error);
}

TEST(QuantizerTable, IncompleteOnesAreRefused) {
  QuantizerTable table;
  EXPECT_THROW(table.add(0, {Kind::asymmetric, 4, {1, 2}, {1}, {}}, 0), std::invalid_argument);
  table.add(0, {Kind::asymmetric, 4, {1, 2}, {1, 2}, {}}, 0);
  table.zero.pop_back();
  EXPECT_THROW(QuantizerBook{table}, Error);
}

}  // namespace
}  // namespace reprise::mptq_vit
