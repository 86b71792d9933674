#include "workers/deep_probability/cross_fitting.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tests/unit/workers/stored_results.hpp"
#include "workers/deep_probability/base_training.hpp"

namespace reprise::deep_probability {
namespace {

TEST(CrossFitting, FoldsArePartsThatMakeUpAll) {
  std::vector<int> times(23, 0);
  for (std::int32_t fold = 0; fold < 5; ++fold) {
    auto both = fold_members(23, 5, fold);
    EXPECT_GE(both.size(), 4U);
    EXPECT_LE(both.size(), 5U);
    for (const auto j : both) ++times[j];
    const auto others = fold_complement(23, 5, fold);
    both.insert(both.end(), others.begin(), others.end());
    std::ranges::sort(both);
    std::vector<std::uint32_t> all(23);
    std::iota(all.begin(), all.end(), 0U);
    EXPECT_EQ(both, all);
  }
  EXPECT_EQ(times, std::vector<int>(23, 1));
  EXPECT_THROW((void)fold_members(23, 5, 5), std::invalid_argument);
  EXPECT_THROW((void)fold_members(23, 1, 0), std::invalid_argument);
}

TEST(CrossFitting, PredictionsReturnToTheirSamples) {
  const std::vector<HeldOut> folds{{{0.0, 0.3, 0.6}, 0}, {{0.1, 0.4}, 2}, {{0.2, 0.5}, 1}};
  EXPECT_EQ(in_order_of_samples(folds, 7), (std::vector<double>{0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6}));
  EXPECT_THROW((void)in_order_of_samples(folds, 8), std::invalid_argument) << "a sample without prediction";
  EXPECT_THROW((void)in_order_of_samples({}, 7), std::invalid_argument);
}

class FoldTrainings : public testing::Test {
 protected:
  void SetUp() override {
    if (!locate(fashion_mnist())) GTEST_SKIP() << "dataset-fashion-mnist is not installed";
    input.data = with_digest({Scenario::discrete, 3, 70, 40, 30});
    input.network = {4, {1, 1}};
    input.recipe.epochs = 3;
    input.recipe.batch = 32;
    input.folds = 3;
  }

  FoldTraining input;
  StoredResults services;
};

TEST_F(FoldTrainings, TrainOnTheOthersAndPredictTheFold) {
  const ImageSet all(input.data);
  const auto others = all.with_training(fold_complement(70, 3, 1));
  EXPECT_EQ(others.training().count(), 47U);
  EXPECT_EQ(others.training().image[1], all.training().image[2]);
  EXPECT_EQ(others.validation().image, all.validation().image);
  input.fold = 1;
  const auto fold = services.run(predict_held_out, input);
  EXPECT_EQ(fold.predicted.size(), 23U);
  EXPECT_GE(fold.epoch, 0);
  for (const double p : fold.predicted) {
    EXPECT_GT(p, 0.0);
    EXPECT_LT(p, 1.0);
  }
  input.fold = 2;
  EXPECT_NE(services.run(predict_held_out, input).predicted, fold.predicted);
}

TEST_F(FoldTrainings, GiveTargetsThatDoNotFollowTheLabels) {
  // The control of TargetsOfAMemorisedNetworkAreItsLabels: a network that has memorised its labels is
  // refined, but the targets come from networks that never saw them.
  BaseTraining base{input.data, input.network, input.recipe};
  base.recipe.epochs = 40;
  RefinedTraining refined{input.data, input.network, {4, 32, 0.01}, {}, true, Refinement::cape_cross_fitted};
  refined.start = {services.store(services.run(train_from_start, base))};
  for (input.fold = 0; input.fold < 3; ++input.fold)
    refined.held_out.push_back(services.store(services.run(predict_held_out, input)));
  const auto result = services.run(refine, refined);
  ASSERT_EQ(result.targets.size(), 140U);
  const auto half = result.targets.begin() + 70;
  EXPECT_TRUE(std::equal(result.targets.begin(), half, half)) << "targets stay as they are";
  const ImageSet images(input.data);
  const auto& label = images.training().label;
  double away = 0;
  for (std::size_t i = 0; i < 70; ++i) away += std::abs(result.targets[i] - label[i]);
  EXPECT_GT(away / 70, 0.25);
  EXPECT_NEAR(std::accumulate(result.targets.begin(), half, 0.0),
              static_cast<double>(std::ranges::count(label, 1)), 1e-9);
}

TEST_F(FoldTrainings, MustAllBeThere) {
  RefinedTraining refined{input.data, input.network, {4, 32, 0.01}, {}, false, Refinement::cape_cross_fitted};
  refined.start = {
      services.store(services.run(train_from_start, BaseTraining{input.data, input.network, input.recipe}))};
  EXPECT_THROW((void)services.run(refine, refined), std::invalid_argument);
}

}  // namespace
}  // namespace reprise::deep_probability
