#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/data/bytes.hpp"
#include "kernels/data/csv.hpp"
#include "kernels/data/idx.hpp"
#include "kernels/data/pca.hpp"
#include "kernels/random/blocks.hpp"
#include "workers/kde/duplicates.hpp"
#include "workers/kde/leave_one_out.hpp"
#include "workers/kde/reference_bandwidths.hpp"

namespace reprise::kde {
namespace {

struct Digits {
  static PointSet read(const std::filesystem::path& file) {
    const NumberTable table = read_csv(file);
    PointSet data{64, {}};
    for (std::size_t i = 0; i < table.rows; ++i) {
      for (std::size_t a = 0; a < 64; ++a) {
        data.coordinate.push_back(table.values[i * table.columns + a] / 16.0);
      }
    }
    return data;
  }
};

constexpr const char* kNoDigits =
    "SKIPPED, NOT CHECKED: digits.csv.gz is not there; install python3-sklearn or set REPRISE_DATA";
constexpr const char* kNoFashion =
    "SKIPPED, NOT CHECKED: Fashion-MNIST is not there; install dataset-fashion-mnist or set REPRISE_DATA";

// 8.14
TEST(RealData, DigitsHaveTheirSelectedBandwidth) {
  const auto file = find_data("digits.csv.gz");
  if (!file) {
    GTEST_SKIP() << kNoDigits;
  }
  const PointSet data = Digits::read(*file);
  ASSERT_EQ(data.count(), 1797U);
  EXPECT_EQ(remove_duplicates(data).removed, 0U);
  const NeighbourLists lists = find_neighbours(data, 0, data.count());
  double least = 1e9;
  for (std::size_t j = 0; j < lists.rows(); ++j) {
    least = std::min(least, lists.row(j).front());
  }
  EXPECT_NEAR(least, .109375, 1e-12);
  EXPECT_NEAR(median_neighbour_slope(lists, 10), 4.17391304, 1e-7);

  const BandwidthSelection selected = select_bandwidth(lists, 0.1);
  EXPECT_TRUE(selected.converged);
  EXPECT_TRUE(selected.certified);
  EXPECT_NEAR(selected.at.bandwidth, .1318375154, 2e-9);
  EXPECT_NEAR(selected.at.log_likelihood, 31.60678114, 1e-7);
  EXPECT_NEAR(selected.at.participation, .86785596, 1e-7);
  EXPECT_TRUE(std::ranges::is_sorted(selected.log_likelihoods));

  const std::vector<double> h{.1, .2, .3, .5};
  const std::vector<double> reference{25.715833, 23.125979, 5.259405, -22.404987};
  const auto estimates = leave_one_out(data, h);
  for (std::size_t k = 0; k < h.size(); ++k) {
    EXPECT_NEAR(estimates[k].log_likelihood, reference[k], 1e-6);
  }
  EXPECT_NEAR(scott_bandwidth(pooled_deviation(data), 1797.0, 64.0), .242542, 1e-6);
  EXPECT_LT(selected.at.bandwidth, 1.0 / std::sqrt(median_neighbour_slope(lists, 10)));  // P5 (d)
}

// Section 4, three decimals.
TEST(RealData, PrincipalComponentsOfDigitsHaveTheirSelectedBandwidth) {
  const auto file = find_data("digits.csv.gz");
  if (!file) {
    GTEST_SKIP() << kNoDigits;
  }
  const PointSet raw = Digits::read(*file);
  const PointSet data{20, principal_components(raw.coordinate, 64, 20).scores};
  const NeighbourLists lists = find_neighbours(data, 0, data.count());
  const BandwidthSelection selected = select_bandwidth(lists, nearest_neighbour_bandwidth(lists));
  EXPECT_NEAR(selected.at.bandwidth, .1868, 6e-5);
  EXPECT_NEAR(selected.at.participation, .654, 6e-4);
  EXPECT_NEAR(selected.at.log_likelihood / 20.0, -.080, 6e-4);
  EXPECT_NEAR(selected.at.bandwidth * std::sqrt(median_neighbour_slope(lists, 10)), .433, 6e-4);
}

TEST(RealData, FashionImagesHaveTheirSelectedBandwidth) {
  const auto file = find_data("fashion-mnist/train-images-idx3-ubyte.gz");
  if (!file) {
    GTEST_SKIP() << kNoFashion;
  }
  const IdxArray images = read_idx(*file);
  PointSet data{784, {}};
  for (std::size_t i = 0; i < 4000 * data.dim; ++i) {
    data.coordinate.push_back(images.values[i] / 255.0);
  }
  const NeighbourLists lists = find_neighbours(data, 0, data.count(), 128);
  const BandwidthSelection selected = select_bandwidth(lists, nearest_neighbour_bandwidth(lists));
  EXPECT_NEAR(selected.at.bandwidth, .1577, 6e-5);
  EXPECT_NEAR(selected.at.participation, .979, 6e-4);
  EXPECT_NEAR(selected.at.log_likelihood / 784.0, .418, 6e-4);
  EXPECT_NEAR(selected.at.bandwidth * std::sqrt(median_neighbour_slope(lists, 10)), .117, 6e-4);
}

// Section 4 at (10, 4000): another sample than the reference, so a few percent.
TEST(LeaveOneOut, OfGaussianDataIsNearItsTable) {
  PointSet data{10, std::vector<double>(40000)};
  fill_normal({random_key(51), 0, 0, 4000, 10}, std::span<double>(data.coordinate));
  const NeighbourLists lists = find_neighbours(data, 0, 4000);
  const BandwidthSelection selected = select_bandwidth(lists, nearest_neighbour_bandwidth(lists));
  EXPECT_NEAR(selected.at.bandwidth, .633, 0.02);
  EXPECT_NEAR(selected.at.participation, .121, 0.01);
  EXPECT_NEAR(selected.at.log_likelihood / 10.0, -1.455, 0.03);
}

TEST(LeaveOneOut, SharesOfRowsJoinToTheWhole) {
  PointSet data{4, std::vector<double>(4 * 300)};
  fill_normal({random_key(52), 0, 0, 300, 4}, std::span<double>(data.coordinate));
  NeighbourLists joined;
  for (std::size_t first = 0; first < 300; first += 100) {
    append(joined, find_neighbours(data, first, 100, 50));
  }
  EXPECT_EQ(joined.squared_distance, find_neighbours(data, 0, 300, 50).squared_distance);
}

TEST(LeaveOneOut, SaysWhenListsAreTooShort) {
  PointSet data{2, std::vector<double>(2 * 2000)};
  fill_normal({random_key(53), 0, 0, 2000, 2}, std::span<double>(data.coordinate));
  EXPECT_FALSE(select_bandwidth(find_neighbours(data, 0, 2000, 5), 0.1).certified);
}

TEST(Duplicates, AreRemovedAndCounted) {
  const PointSet data{2, {1, 2, 3, 4, 1, 2, 5, 6, 1, 2, 3, 4}};
  const WithoutDuplicates clean = remove_duplicates(data);
  EXPECT_EQ(clean.removed, 3U);
  EXPECT_EQ(clean.data.coordinate, (std::vector<double>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(constant_coordinates({2, {1, 2, 3, 2, 4, 2}}), 1U);
}

}  // namespace
}  // namespace reprise::kde
