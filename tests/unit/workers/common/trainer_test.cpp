#include "workers/common/trainer.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "kernels/autodiff/losses.hpp"
#include "kernels/modules/resnet.hpp"
#include "kernels/random/hash_rng.hpp"
#include "kernels/random/philox.hpp"
#include "tests/unit/pipeline/run/thread_group.hpp"

namespace reprise {
namespace {

using test::on_members;

/// Stops at every `every`-th step (never where zero) and keeps the checkpoint, as a run that is interrupted
/// again and again. One for each member; the leader's checkpoints are its group's.
class Interruptions final : public TaskServices {
 public:
  explicit Interruptions(int every) : every_(every) {}
  Bytes output(const Key&) override { throw Error("there are no results"); }
  bool checkpoint_due() override { return stops_ = every_ > 0 && asked_++ % every_ == every_ - 1; }
  bool stopping() const override { return stops_; }
  void save_checkpoint(const Key&, const StructSchema&, ByteView state) override {
    saved_ = Bytes(state.begin(), state.end());
    ++saves;
  }
  std::optional<Bytes> load_checkpoint(const Key&, const StructSchema&) override { return saved_; }
  bool word_due() override { return true; }
  void tell(const Key&, std::string word) override { words.push_back(std::move(word)); }

  int saves = 0;
  std::vector<std::string> words;

 private:
  int every_;
  int asked_ = 0;
  bool stops_ = false;
  std::optional<Bytes> saved_;
};

struct Outcome {
  std::vector<float> last;
  std::vector<float> best;
  std::int32_t best_epoch = -1;
  std::vector<double> losses;
  int saves = 0;
  std::vector<std::string> words;
};

/// A small network with dropout and batch norm on noise, in batches of 12, 12 and 5.
Outcome train(Group& group, std::int32_t shards, int interrupted_every = 0) {
  constexpr std::uint32_t samples = 29;
  nn::Tensor images({samples, 1, 8, 8});
  for (std::int64_t i = 0; i < images.elements(); ++i)
    images.mutable_data<float>()[i] =
        static_cast<float>(HashRng(5, 0).uniform(static_cast<std::uint64_t>(i)));
  Interruptions services(interrupted_every);
  for (;;) {
    Philox random(random_key(1), 0);
    nn::Sequential network;
    network.add<nn::Dropout>(0.2, random_key(3), 0);
    network.add<nn::ResNet>(nn::ResNetShape{.channels = 1,
                                            .classes = 2,
                                            .width = 4,
                                            .blocks = {1, 1},
                                            .stem_kernel = 3,
                                            .stem_stride = 1,
                                            .stem_pooling = false},
                            random);
    nn::ParameterArena arena(network);
    nn::Sgd sgd(arena, {.momentum = 0.9, .weight_decay = 1e-3});
    Outcome outcome;
    TrainingPlan plan;
    plan.epochs = 4;
    plan.batch = 12;
    plan.samples = samples;
    plan.shards = shards;
    plan.order = [](std::int32_t epoch) {
      std::vector<std::uint32_t> order(samples);
      std::iota(order.begin(), order.end(), 0U);
      std::rotate(order.begin(), order.begin() + 5 * epoch, order.end());
      return order;
    };
    plan.loss = [&](const BatchShard& shard) {
      std::vector<std::int64_t> members(shard.samples.begin(), shard.samples.end());
      std::vector<std::int64_t> classes;
      for (const auto member : members) classes.push_back(member % 3 == 0 ? 1 : 0);
      auto loss = nn::cross_entropy(network(nn::gather(images, members)), classes);
      const double mean = loss.value().item();
      auto seed = nn::Tensor::full(loss.shape(), shard.weight);
      return ShardLoss{mean * static_cast<double>(members.size()), std::move(loss), std::move(seed)};
    };
    plan.rate = [](std::int32_t epoch, std::int64_t) { return 0.1 / (1 + epoch); };
    plan.judge = [&](std::int32_t epoch, double loss) {
      outcome.losses.push_back(loss);
      return epoch == 1 ? 0.0 : 1.0 + epoch;
    };
    plan.state = [&] {
      Bytes bytes;
      append(bytes, std::as_bytes(std::span(outcome.losses)));
      return bytes;
    };
    plan.load = [&](ByteView state) {
      outcome.losses.resize(state.size() / sizeof(double));
      if (!state.empty()) std::memcpy(outcome.losses.data(), state.data(), state.size());
    };
    TaskContext context(Key{1, 2}, 1, group, services);
    Trainer trainer(network, arena, sgd, std::move(plan), context);
    try {
      trainer.run();
    } catch (const Interrupted&) {
      continue;
    }
    outcome.last = flatten(network);
    outcome.best = trainer.best();
    outcome.best_epoch = trainer.best_epoch();
    outcome.saves = services.saves;
    outcome.words = services.words;
    return outcome;
  }
}

TEST(Trainer, TheNumberOfMembersChangesNoBit) {
  for (const int shards : {2, 3, 4}) {
    SoleGroup sole;
    const auto alone = train(sole, shards);
    EXPECT_EQ(alone.best_epoch, 1);
    EXPECT_NE(alone.best, alone.last);
    for (const int size : {2, 3, 4}) {
      for (const auto& member : on_members(size, [&](Group& group) { return train(group, shards); })) {
        EXPECT_EQ(member.last, alone.last) << shards << " shards, " << size << " members";
        EXPECT_EQ(member.best, alone.best);
        EXPECT_EQ(member.losses, alone.losses);
      }
    }
  }
}

TEST(Trainer, TheNumberOfShardsDoes) {
  SoleGroup sole;
  EXPECT_NE(train(sole, 1).last, train(sole, 2).last);
  EXPECT_NE(train(sole, 2).last, train(sole, 4).last);
}

TEST(Trainer, GoesOnToTheSameBitsAfterInterruptions) {
  SoleGroup sole;
  for (const int shards : {1, 3}) {
    const auto through = train(sole, shards);
    for (const int every : {1, 2, 5}) {
      const auto stopped = train(sole, shards, every);
      EXPECT_GE(stopped.saves, 12 / every);
      EXPECT_EQ(stopped.last, through.last) << "stopped at each step that " << every << " divides";
      EXPECT_EQ(stopped.best, through.best);
      EXPECT_EQ(stopped.losses, through.losses);
    }
  }
}

TEST(Trainer, AGroupGoesOnToTheSameBitsToo) {
  SoleGroup sole;
  const auto through = train(sole, 4);
  for (const auto& member : on_members(3, [](Group& group) { return train(group, 4, 3); })) {
    EXPECT_EQ(member.last, through.last);
    EXPECT_EQ(member.losses, through.losses);
  }
}

// Without batch norm a batch's gradient is the mean over its shards: shards then change roundings alone.
TEST(Trainer, ShardsAddUpToTheBatch) {
  SoleGroup sole;
  const auto trained = [&](std::int32_t shards) {
    Interruptions services(0);
    Philox same(random_key(2), 0);
    nn::Linear network(6, 2, same);
    nn::ParameterArena arena(network);
    nn::Sgd sgd(arena, {.momentum = 0.5});
    TrainingPlan plan;
    plan.epochs = 3;
    plan.batch = 7;
    plan.samples = 16;
    plan.shards = shards;
    plan.order = [](std::int32_t) {
      std::vector<std::uint32_t> order(16);
      std::iota(order.begin(), order.end(), 0U);
      return order;
    };
    plan.loss = [&](const BatchShard& shard) {
      nn::Tensor x({static_cast<std::int64_t>(shard.samples.size()), 6});
      std::vector<std::int64_t> classes;
      for (std::size_t i = 0; i < shard.samples.size(); ++i) {
        classes.push_back(shard.samples[i] % 2);
        for (std::uint64_t k = 0; k < 6; ++k)
          x.mutable_data<float>()[6 * i + k] =
              static_cast<float>(HashRng(9, 0).uniform(6 * shard.samples[i] + k));
      }
      auto loss = nn::cross_entropy(network(x), classes);
      const double sum = loss.value().item() * static_cast<double>(classes.size());
      auto seed = nn::Tensor::full(loss.shape(), shard.weight);
      return ShardLoss{sum, std::move(loss), std::move(seed)};
    };
    plan.rate = [](std::int32_t, std::int64_t) { return 0.3; };
    plan.judge = [](std::int32_t, double loss) { return loss; };
    TaskContext context(Key{1, 2}, 1, sole, services);
    Trainer trainer(network, arena, sgd, std::move(plan), context);
    trainer.run();
    return flatten(network);
  };
  const auto whole = trained(1);
  for (const int shards : {2, 3, 7, 9}) {
    const auto shared = trained(shards);
    for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_NEAR(shared[i], whole[i], 1e-6) << shards;
  }
}

TEST(Trainer, TellsHowFarItIs) {
  SoleGroup sole;
  const auto words = train(sole, 1).words;
  ASSERT_EQ(words.size(), 12U);  // three steps in each of four epochs
  EXPECT_EQ(words.back().substr(0, 19), "epoch 4 of 4, loss ");
  EXPECT_NE(words.back().find(", rate 0.025"), std::string::npos) << words.back();
}

}  // namespace
}  // namespace reprise
