#include "kernels/quantise/candidates.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

#include "../formula.hpp"
#include "quantizers.hpp"

namespace reprise::nn {
namespace {

/// GELU of normal numbers.
std::vector<double> gelu_site() {
  auto x = formula::normals("gx", 8192);
  for (double& v : x) {
    v = -1 + 1.2 * v;
    v *= 0.5 * std::erfc(-v / std::sqrt(2));
  }
  return x;
}

std::vector<double> softmax_site() {
  auto x = formula::normals("sx", 3200);
  for (std::size_t row = 0; row < 64; ++row) {
    double sum = 0;
    for (std::size_t c = 0; c < 50; ++c) sum += x[row * 50 + c] = std::exp(2 * x[row * 50 + c]);
    for (std::size_t c = 0; c < 50; ++c) x[row * 50 + c] /= sum;
  }
  return x;
}

struct Found {
  Quantizer quantizer;
  Setting setting;
};

Found found(const Search& search, std::span<const float> x) {
  const auto all = candidates(search);
  const auto least = first_least(squared_errors(all, Grouping::whole(), x));
  return {all[least], settings(search)[least]};
}

struct Expected {
  SearchKind kind;
  int bits;
  double error;
  double rho;
  int m;
};

/// Both in single precision and for the reference in double.
void expect_search(const std::vector<double>& x, const Expected& expected) {
  const auto single = narrowed(x);
  const auto [quantizer, setting] = found({expected.kind, expected.bits, range(single), {}}, single);
  EXPECT_EQ(setting.rho, expected.rho);
  EXPECT_EQ(setting.m, expected.m);
  EXPECT_NEAR(mean_square_error(quantizer, x), expected.error, 1e-6 * expected.error);
  EXPECT_NEAR(mean_square_error(quantizer, single), expected.error, 1e-6 * expected.error);
}

TEST(Candidates, OfGeluHaveTheirReferenceErrors) {
  const auto x = gelu_site();
  const auto single = narrowed(x);
  const std::vector<Range> whole{range(single)};
  EXPECT_NEAR(whole[0].high, 3.55153062, 1e-6);
  const auto near = [&](const Quantizer& quantizer, double error) {
    EXPECT_NEAR(mean_square_error(quantizer, x), error, 1e-6 * error);
    EXPECT_NEAR(mean_square_error(quantizer, single), error, 1e-6 * error);
  };
  near(symmetric_quantizer(whole, 4), 0.013153143);
  near(symmetric_quantizer(whole, 6), 0.0012122842);
  near(asymmetric_quantizer(whole, 4), 0.0059143792);
  near(asymmetric_quantizer(whole, 6), 0.00027692018);
  expect_search(x, {SearchKind::fixed_sign_regions, 4, 0.0023419504, 0.74, 0});
  expect_search(x, {SearchKind::sign_regions, 4, 0.0023566431, 0.70, 4});
  expect_search(x, {SearchKind::magnitude_regions, 4, 0.0018583963, 0.70, 2});
  expect_search(x, {SearchKind::sign_regions, 6, 0.00019568165, 0.85, 4});
  expect_search(x, {SearchKind::magnitude_regions, 6, 0.00013782888, 0.95, 2});
  expect_search(x, {SearchKind::magnitude_regions, 8, 9.3732188e-6, 1.0, 3});
  const auto fixed = found({SearchKind::fixed_sign_regions, 6, whole[0], {}}, single);
  near(fixed.quantizer, 0.00019426951);
}

TEST(Candidates, OfSoftmaxHaveTheirReferenceErrors) {
  const auto x = softmax_site();
  const auto single = narrowed(x);
  const Range whole = range(single);
  EXPECT_NEAR(whole.high, 0.97529222, 1e-7);
  const std::vector<Range> unit{{0, 1}};
  EXPECT_NEAR(mean_square_error(asymmetric_quantizer(unit, 4), x), 1.2611823e-4, 1.3e-10);
  EXPECT_NEAR(mean_square_error(asymmetric_quantizer(unit, 4), single), 1.2611823e-4, 1.3e-10);
  expect_search(x, {SearchKind::log2, 4, 1.6612181e-4, 1, 0});
  expect_search(x, {SearchKind::probability_regions, 4, 6.6217467e-5, 1, 2});
  expect_search(x, {SearchKind::probability_regions, 6, 4.193489e-6, 1, 3});
  expect_search(x, {SearchKind::twin_probabilities, 4, 2.7717433e-4, 1, 6});
  const auto logarithmic = candidates({SearchKind::log_sqrt2, 4, whole, {whole.high}});
  ASSERT_EQ(logarithmic.size(), 1U);
  EXPECT_NEAR(mean_square_error(logarithmic[0], x), 4.2087321e-5, 4.2e-11);
  EXPECT_NEAR(mean_square_error(logarithmic[0], single), 4.2087321e-5, 4.2e-11);
}

TEST(Candidates, AreInTheOrderInWhichTiesAreDecided) {
  const Range range{-1, 2};
  const auto symmetric = settings({SearchKind::symmetric, 4, range, {}});
  ASSERT_EQ(symmetric.size(), 51U);
  EXPECT_EQ(symmetric[0].rho, 0.20);
  EXPECT_EQ(symmetric[1].rho, 0.22);
  EXPECT_EQ(symmetric[50].rho, 1.20);
  const auto asymmetric = settings({SearchKind::asymmetric, 4, range, {}});
  ASSERT_EQ(asymmetric.size(), 36U);
  EXPECT_EQ(asymmetric[0].rho, 1.0);
  EXPECT_EQ(asymmetric[35].rho, 0.30);
  const auto regions = settings({SearchKind::magnitude_regions, 4, range, {}});
  ASSERT_EQ(regions.size(), 13U * 17U);
  EXPECT_EQ(regions[16].rho, 1.20);
  EXPECT_EQ(regions[17].rho, 0.40);
  EXPECT_EQ(regions[17].m, 1);
  const auto quantizers = candidates({SearchKind::magnitude_regions, 4, range, {}});
  for (std::size_t i = 0; i < quantizers.size(); ++i)
    EXPECT_EQ(std::ldexp(quantizers[i].scale[0], regions[i].m), quantizers[i].outer[0]) << i;
  EXPECT_EQ(candidates({SearchKind::log_sqrt2, 4, range, {0.5F, 0.25F}})[1].scale[0], 0.25F);
}

TEST(Candidates, ErrorsAreThoseOfFakeQuantisation) {
  for (const auto kind : kAllKinds)
    for (const auto grouping : {Grouping{1, 1}, Grouping{7, 1}, Grouping{3, 25}}) {
      const auto x = narrowed(formula::normals("errors", 7 * 3 * 25 * 13));
      const std::vector<Quantizer> some{example(kind, 4, grouping.groups), example(kind, 7, grouping.groups)};
      const auto errors = squared_errors(some, grouping, x);
      for (std::size_t i = 0; i < some.size(); ++i) {
        const auto y = quantised(some[i], grouping, x);
        double sum = 0;
        for (std::size_t e = 0; e < x.size(); ++e)
          sum += std::pow(static_cast<double>(x[e]) - static_cast<double>(y[e]), 2);
        EXPECT_NEAR(errors[i], sum, 1e-5 * sum);
      }
    }
}

/// Also where a part's last vector is not full, and for quantizers that don't make 0 of 0.
TEST(Candidates, ErrorsOfPartsAddUpToThoseOfTheWhole) {
  const auto x = narrowed(formula::normals("whole", 10007));
  std::vector<Quantizer> all = candidates({SearchKind::magnitude_regions, 4, range(x), {}});
  all.push_back({QuantizerKind::asymmetric, 4, {0.1F}, {-20.5F}, {}});
  const auto whole = squared_errors(all, Grouping::whole(), x);
  std::vector<double> sum(all.size(), 0.0);
  for (std::size_t first = 0, width = 1; first < x.size(); first += width, width = width * 3 + 1) {
    const auto part = std::span<const float>(x).subspan(first, std::min(width, x.size() - first));
    const auto errors = squared_errors(all, Grouping::whole(), part);
    for (std::size_t i = 0; i < all.size(); ++i) sum[i] += errors[i];
  }
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_NEAR(sum[i], whole[i], 1e-12 * whole[i]);
  EXPECT_EQ(first_least(sum), first_least(whole));
}

TEST(Candidates, TheFirstOfTheLeastErrorsIsBest) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(first_least(std::vector<double>{3, 1, 2, 1}), 1U);
  EXPECT_EQ(first_least(std::vector<double>{nan, 5, 2}), 2U);
  EXPECT_THROW((void)first_least(std::vector<double>{nan, nan}), std::invalid_argument);
  EXPECT_THROW((void)first_least({}), std::invalid_argument);
  const auto all = candidates({SearchKind::symmetric, 4, {-1, 1}, {}});
  std::vector<double> errors(all.size(), 1.0);
  errors[7] = 0.5;
  EXPECT_EQ(best(all, errors).scale, all[7].scale);
  EXPECT_THROW((void)best(all, std::vector<double>{1}), std::invalid_argument);
}

/// Zeros, one element, a constant: every search has a candidate for them.
TEST(Candidates, SearchesOfDegenerateTensorsFindSomething) {
  for (const float value : {0.0F, 0.25F})
    for (const std::size_t count : {1U, 23U})
      for (const auto kind :
           {SearchKind::symmetric, SearchKind::asymmetric, SearchKind::sign_regions,
            SearchKind::magnitude_regions, SearchKind::fixed_sign_regions, SearchKind::probability_regions,
            SearchKind::twin_probabilities, SearchKind::log2}) {
        const std::vector<float> x(count, value);
        const auto [quantizer, setting] = found({kind, 4, range(x), {}}, x);
        for (const float y : quantised(quantizer, {}, x)) {
          EXPECT_NEAR(y, value, 0.1);
          if (value == 0) {
            EXPECT_EQ(y, 0);
          }
        }
      }
}

TEST(Candidates, SearchesBeatTheRangeTheyStartFrom) {
  const auto x = narrowed(formula::normals("outlier", 999));
  auto y = x;
  y[500] = 8;
  const auto [quantizer, setting] = found({SearchKind::symmetric, 4, range(y), {}}, y);
  EXPECT_LT(setting.rho, 1);
  const std::vector<Range> whole{range(y)};
  EXPECT_LT(mean_square_error(quantizer, y), mean_square_error(symmetric_quantizer(whole, 4), y));
}

TEST(Candidates, PartsTakeTheElementsThatTheWholeWould) {
  EXPECT_EQ(search_stride(400'000), 1);
  EXPECT_EQ(search_stride(400'001), 3);
  EXPECT_EQ(search_stride(600'000), 4);
  std::vector<float> x(600'001);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i);
  const auto count = static_cast<std::int64_t>(x.size());
  const auto whole = searched_elements(0, x, count);
  EXPECT_EQ(whole.size(), 150'001U);
  EXPECT_EQ(whole[2], 8.0F);
  std::vector<float> parts;
  for (std::size_t first = 0; first < x.size(); first += 70'001) {
    const auto part =
        std::span<const float>(x).subspan(first, std::min<std::size_t>(70'001, x.size() - first));
    const auto taken = searched_elements(static_cast<std::int64_t>(first), part, count);
    parts.insert(parts.end(), taken.begin(), taken.end());
  }
  EXPECT_EQ(parts, whole);
  EXPECT_EQ(searched_elements(3, std::vector<float>{1, 2}, 10), (std::vector<float>{1, 2}));
}

}  // namespace
}  // namespace reprise::nn
