#include "workers/deep_probability/training.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "workers/deep_probability/base_training.hpp"
#include "workers/deep_probability/memorisation_alarm.hpp"
#include "workers/deep_probability/metrics.hpp"

namespace reprise::deep_probability {
namespace {

/// Takes a checkpoint whenever it is asked to, and stops the task at each of them until `stops` are used up.
class StoppingServices final : public TaskServices {
 public:
  explicit StoppingServices(int stops) : stops_(stops) {}
  Bytes output(const Key& key) override { return results.at(key.low); }
  bool checkpoint_due() override { return true; }
  bool stopping() const override { return stops_ > 0; }
  void save_checkpoint(const Key&, const StructSchema&, ByteView state) override {
    saved_ = Bytes(state.begin(), state.end());
    --stops_;
    ++taken;
  }
  std::optional<Bytes> load_checkpoint(const Key&, const StructSchema&) override { return saved_; }
  bool word_due() override { return true; }
  void tell(const Key&, std::string word) override { words.push_back(std::move(word)); }

  std::map<std::uint64_t, Bytes> results;
  int taken = 0;
  std::vector<std::string> words;

 private:
  int stops_;
  std::optional<Bytes> saved_;
};

class Training : public testing::Test {
 protected:
  void SetUp() override {
    if (!locate(fashion_mnist())) GTEST_SKIP() << "dataset-fashion-mnist is not installed";
    input.data = with_digest({Scenario::discrete, 3, 70, 40, 30});
    input.network = {4, {1, 1}};
    input.recipe.epochs = 3;
    input.recipe.batch = 32;  // 32, 32, 6
  }

  template <class Input>
  static Bytes run(Trained (*task)(const Input&, TaskContext&), const Input& input,
                   StoppingServices& services) {
    SoleGroup group;
    for (;;) {
      TaskContext context(Key{1, 2}, 1, group, services);
      try {
        return encode(task(input, context));
      } catch (const Interrupted&) {
      }
    }
  }

  Bytes trained(int stops = 0) const {
    StoppingServices services(stops);
    return run(train_from_start, input, services);
  }

  BaseTraining input;
};

TEST_F(Training, StoppedAfterEveryStepEndsInTheSameBits) {
  const auto through = trained();
  StoppingServices services(8);
  EXPECT_EQ(run(train_from_start, input, services), through);
  EXPECT_GE(services.taken, 9);  // three steps an epoch
}

TEST_F(Training, EveryObjectiveResumesAndDiffersFromTheOthers) {
  std::vector<Bytes> seen;
  for (const auto& [name, objective] : enumerators_of<Objective>()) {
    input.objective = objective;
    // A member 0 that is trained on nothing else is the network itself.
    input.member = objective == Objective::ensemble_member_plain ? 1 : 0;
    const auto through = trained();
    EXPECT_EQ(trained(4), through) << name;
    EXPECT_EQ(std::ranges::find(seen, through), seen.end()) << name << " is the same as another";
    seen.push_back(through);
  }
}

TEST_F(Training, DependsOnSeedAndMember) {
  const auto before = trained();
  input.member = 1;
  input.objective = Objective::ensemble_member_plain;
  const auto member = trained();
  EXPECT_NE(member, before);
  input.data.seed = 4;
  EXPECT_NE(trained(), member);
}

TEST_F(Training, KeepsTheEpochOfTheLeastValidationLoss) {
  input.recipe.epochs = 6;
  const auto result = decode<Trained>(trained());
  const auto& losses = result.curve.validation_loss;
  ASSERT_EQ(losses.size(), 6U);
  EXPECT_EQ(result.best.epoch, std::ranges::min_element(losses) - losses.begin());
  EXPECT_EQ(result.last.epoch, 5);
  EXPECT_EQ(result.best.test.size(), 60U);
  EXPECT_EQ(result.best.training.size(), 70U);
}

TEST_F(Training, WatchesForSignsOfMemorisationWhereAsked) {
  EXPECT_TRUE(decode<Trained>(trained()).curve.brier_gap.empty());
  const auto before = decode<Trained>(trained());
  input.recipe.watch = true;
  const auto result = decode<Trained>(trained(5));
  EXPECT_EQ(result.last.parameters, before.last.parameters) << "looking changes nothing";
  ASSERT_EQ(result.curve.brier_gap.size(), 3U);
  const ImageSet images(input.data);
  const auto signs =
      memorisation_signs(result.last.training, images.training().label,
                         event_probabilities(result.last.validation), images.validation().label);
  EXPECT_DOUBLE_EQ(result.curve.brier_gap.back(), signs.gap);
  EXPECT_DOUBLE_EQ(result.curve.brier_gap_error.back(), signs.gap_error);
  EXPECT_DOUBLE_EQ(result.curve.memorised.back(), signs.memorised);
  EXPECT_DOUBLE_EQ(result.curve.validation_memorised.back(), signs.validation_memorised);
  const auto check = self_check(result.last.training, images.training().probability, images.training().label);
  EXPECT_DOUBLE_EQ(result.curve.self_check.back(), check.excess / check.deviation);
}

TEST_F(Training, AMemorisingNetworkRaisesTheAlarm) {
  // The truth says so too: the self-check of the training samples fails.
  input.recipe.watch = true;
  input.recipe.epochs = 40;
  const auto curve = decode<Trained>(trained()).curve;
  EXPECT_GT(alarm_epoch(curve.brier_gap, curve.brier_gap_error), 0);
  EXPECT_GT(true_alarm_epoch(curve.self_check), 0);
  EXPECT_GT(curve.memorised.back(), curve.validation_memorised.back() + 0.2);
}

TEST_F(Training, RefinementCalibratesEveryThirdEpochAndResumes) {
  const auto start = trained();
  RefinedTraining refined{input.data, input.network, {4, 32, 0.05}, {Ref<Trained>{Key{7, 9}}}};
  HeldOut fold;
  for (int i = 0; i < 35; ++i) fold.predicted.push_back(0.02 * i);
  const std::map<std::uint64_t, Bytes> results{{9, start}, {10, encode(fold)}};
  for (const auto& [name, refinement] : enumerators_of<Refinement>()) {
    refined.refinement = refinement;
    refined.held_out.assign(refinement == Refinement::cape_cross_fitted ? 2 : 0, {Key{7, 10}});
    StoppingServices through(0);
    through.results = results;
    const auto bytes = run(refine, refined, through);
    StoppingServices stopped(7);
    stopped.results = results;
    EXPECT_EQ(run(refine, refined, stopped), bytes) << name;
    const auto result = decode<Trained>(bytes);
    const bool calibrates = refinement != Refinement::control;
    EXPECT_EQ(result.curve.calibrating,
              (calibrates ? std::vector<std::uint8_t>{1, 0, 0, 1} : std::vector<std::uint8_t>{0, 0, 0, 0}))
        << name;
    EXPECT_EQ(result.targets.size(), calibrates ? 140U : 0U) << name;
  }
}

TEST_F(Training, TargetsOfAMemorisedNetworkAreItsLabels) {
  // Negative control: calibration must start from the early-stopped network.
  input.recipe.epochs = 40;
  const auto start = trained();
  RefinedTraining refined{input.data, input.network, {1, 32, 0.01}, {Ref<Trained>{Key{7, 9}}}, true};
  StoppingServices services(0);
  services.results[9] = start;
  const auto result = decode<Trained>(run(refine, refined, services));
  const ImageSet images(input.data);
  double away = 0;
  for (std::size_t i = 0; i < result.targets.size(); ++i)
    away += std::abs(result.targets[i] - images.training().label[i]);
  EXPECT_LT(away / 70, 0.1);
}

}  // namespace
}  // namespace reprise::deep_probability
