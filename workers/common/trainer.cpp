#include "workers/common/trainer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "kernels/expects.hpp"

namespace reprise {
namespace {

constexpr std::int64_t kPieceElements = std::int64_t{1} << 15U;  // of gradients, summed together: 128 KiB

std::vector<float> flat_buffers(const nn::Module& network) {
  std::vector<float> all;
  for (const auto& [name, tensor] : network.buffers()) {
    const auto values = tensor->values<float>();
    all.insert(all.end(), values.begin(), values.end());
  }
  return all;
}

/// Returns what is left of the values.
std::span<const float> assign(std::span<const float> values, nn::Tensor& tensor) {
  const auto count = static_cast<std::size_t>(tensor.elements());
  expects(count <= values.size(), "a network is given all its parameters and buffers");
  tensor.assign(nn::Tensor::from(values.first(count), tensor.shape()));
  return values.subspan(count);
}

void assign_buffers(std::span<const float> values, nn::Module& network) {
  for (const auto& [name, tensor] : network.buffers()) values = assign(values, *tensor);
  expects(values.empty(), "a network is given its parameters and buffers and no more");
}

}  // namespace

/// All that a training goes on from after any step.
struct TrainerState {
  std::int32_t epoch = 0;
  std::uint32_t done = 0;
  double loss = 0;
  std::int64_t steps = 0;
  std::vector<float> network;
  std::vector<float> moments;
  double best_loss = 0;
  std::int32_t best_epoch = -1;
  std::vector<float> best;
  std::vector<std::uint8_t> plan;
};

constexpr auto fields(const TrainerState*) {
  using S = TrainerState;
  return std::tuple{field("epoch", &S::epoch, "epoch"),
                    field("done", &S::done, "samples of the epoch that were visited"),
                    field("loss", &S::loss, "summed over them"),
                    field("steps", &S::steps, "steps of the optimiser"),
                    field("network", &S::network, "parameters and buffers"),
                    field("moments", &S::moments, "the optimiser's"),
                    field("best_loss", &S::best_loss, "of the best epoch"),
                    field("best_epoch", &S::best_epoch, "the best epoch, -1: none yet"),
                    field("best", &S::best, "its parameters and buffers"),
                    field("plan", &S::plan, "what the plan goes on from")};
}

/// Gradients, buffers and loss of a step, summed over the shards of its batch. The last piece holds buffers
/// and loss.
class Trainer::StepSum {
 public:
  StepSum(nn::Module& network, nn::ParameterArena& arena, Group& group, std::int32_t shards)
      : network_(network), arena_(arena), shards_(shards), before_(flat_buffers(network)) {
    for (const auto& part : arena.parts()) {
      if (pieces_.empty() || part.from - pieces_.back().from >= kPieceElements)
        pieces_.push_back({part.from, 0, 0});
      piece_of_.push_back(pieces_.size() - 1);
      pieces_.back().count = part.from + part.count - pieces_.back().from;
      ++pieces_.back().parts;
    }
    std::vector<std::size_t> lengths;
    for (const auto& piece : pieces_) lengths.push_back(static_cast<std::size_t>(piece.count));
    lengths.push_back(before_.size() + 1);
    sum_.emplace(group, shards, lengths);
  }

  /// Sum of the losses; gradients and buffers are then those of the whole batch.
  double run(const std::function<ShardLoss(std::int32_t shard)>& loss) {
    before_ = flat_buffers(network_);
    const auto [first, last] = sum_->mine();
    for (int shard = first; shard < last; ++shard) {
      if (shard > first) assign_buffers(before_, network_);
      auto of_shard = loss(shard);
      auto rest = flat_buffers(network_);
      rest.push_back(static_cast<float>(of_shard.sum));
      sum_->add(shard, pieces_.size(), rest);
      backward(of_shard, shard);
      arena_.clear_gradients();
    }
    arena_.complete_gradients();
    double total = 0;
    sum_->finish([&](std::size_t piece, std::span<const float> values) {
      if (piece < pieces_.size()) {
        std::ranges::copy(values, gradient(piece).begin());
        return;
      }
      total = static_cast<double>(values.back());
      std::vector<float> mean(values.begin(), values.end() - 1);
      for (auto& value : mean) value /= static_cast<float>(shards_);
      assign_buffers(mean, network_);
    });
    return total;
  }

 private:
  struct Piece {
    std::int64_t from;   ///< in the arena
    std::int64_t count;  ///< of elements
    std::size_t parts;
  };

  std::span<float> gradient(std::size_t piece) {
    return {arena_.gradients().mutable_data<float>() + pieces_[piece].from,
            static_cast<std::size_t>(pieces_[piece].count)};
  }

  /// Pieces are added as soon as backward has completed them: they travel while it goes on.
  void backward(ShardLoss& loss, int shard) {
    std::vector<std::size_t> missing;
    for (const auto& piece : pieces_) missing.push_back(piece.parts);
    arena_.when_complete([&](std::size_t part) {
      const auto piece = piece_of_[part];
      if (--missing[piece] == 0) sum_->add(shard, piece, gradient(piece));
    });
    loss.output.backward(loss.seed);
    arena_.when_complete(nullptr);
    arena_.complete_gradients();
    for (std::size_t piece = 0; piece < pieces_.size(); ++piece)
      if (missing[piece] > 0) sum_->add(shard, piece, gradient(piece));
  }

  nn::Module& network_;
  nn::ParameterArena& arena_;
  std::int32_t shards_;
  std::vector<float> before_;  ///< buffers, as each shard finds them
  std::vector<Piece> pieces_;
  std::vector<std::size_t> piece_of_;  ///< by the arena's part
  std::optional<ShardSum> sum_;
};

Trainer::Trainer(nn::Module& network, nn::ParameterArena& arena, nn::Optimiser& optimiser, TrainingPlan plan,
                 TaskContext& context)
    : network_(network),
      arena_(arena),
      optimiser_(optimiser),
      plan_(std::move(plan)),
      context_(context),
      best_loss_(plan_.worst_loss) {
  expects(plan_.batch > 0 && plan_.samples > 0 && plan_.shards > 0,
          "a training has samples, and batches of them in shards");
  if (auto before = context.restore<TrainerState>()) resume(*std::move(before));
}

Trainer::~Trainer() = default;

void Trainer::resume(TrainerState state) {
  unflatten(state.network, network_);
  auto moments = optimiser_.state();
  std::span<const float> values = state.moments;
  for (auto& [name, tensor] : moments) {
    if (name == "steps") {
      tensor.fill(static_cast<double>(state.steps));
    } else {
      values = assign(values, tensor);
    }
  }
  optimiser_.load(moments);
  epoch_ = state.epoch;
  done_ = state.done;
  loss_ = state.loss;
  best_loss_ = state.best_loss;
  best_epoch_ = state.best_epoch;
  best_ = std::move(state.best);
  if (plan_.load) plan_.load(std::as_bytes(std::span(state.plan)));
}

TrainerState Trainer::state() const {
  TrainerState state{epoch_,      done_, loss_, optimiser_.steps(), flatten(network_), {}, best_loss_,
                     best_epoch_, best_, {}};
  for (const auto& [name, tensor] : optimiser_.state()) {
    if (name == "steps") continue;
    const auto values = tensor.values<float>();
    state.moments.insert(state.moments.end(), values.begin(), values.end());
  }
  if (plan_.state) {
    for (const auto byte : plan_.state()) state.plan.push_back(std::to_integer<std::uint8_t>(byte));
  }
  return state;
}

void Trainer::run() {
  while (epoch_ < plan_.epochs) {
    run_epoch();
    const double judged = plan_.judge(epoch_, loss_ / static_cast<double>(plan_.samples));
    if (judged < best_loss_) {
      best_loss_ = judged;
      best_epoch_ = epoch_;
      best_ = flatten(network_);
    }
    done_ = 0;
    ++epoch_;
    context_.checkpoint([&] { return state(); });
  }
}

void Trainer::run_epoch() {
  if (done_ == 0) {
    loss_ = 0;
    if (plan_.begin) plan_.begin(epoch_);
  }
  const auto order = plan_.order(epoch_);
  expects(order.size() == plan_.samples, "an epoch's order has all its samples");
  network_.train();
  while (done_ < plan_.samples) {
    const auto count = std::min(static_cast<std::uint32_t>(plan_.batch), plan_.samples - done_);
    loss_ += step(std::span(order).subspan(done_, count));
    done_ += count;
    tell();
    if (done_ < plan_.samples) context_.checkpoint([&] { return state(); });
  }
}

double Trainer::step(std::span<const std::uint32_t> samples) {
  const auto size = static_cast<std::int64_t>(samples.size());
  const auto shards = std::min<std::int64_t>(plan_.shards, size);
  const auto loss_of = [&](std::int32_t shard) {
    const auto from = shard * size / shards;
    const auto count = (shard + 1) * size / shards - from;
    network_.draw_from((static_cast<std::uint64_t>(optimiser_.steps()) << 20U) +
                       static_cast<std::uint64_t>(shard));
    return plan_.loss({epoch_, optimiser_.steps(), shard,
                       samples.subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(count)),
                       static_cast<double>(count) / static_cast<double>(size)});
  };
  double sum = 0;
  if (shards == 1) {
    auto loss = loss_of(0);
    loss.output.backward(loss.seed);
    sum = loss.sum;
  } else {
    auto& step_sum = sums_[static_cast<std::int32_t>(shards)];
    if (!step_sum)
      step_sum =
          std::make_unique<StepSum>(network_, arena_, context_.group(), static_cast<std::int32_t>(shards));
    sum = step_sum->run(loss_of);
  }
  if (plan_.most_gradient > 0) {
    arena_.complete_gradients();
    arena_.clip_gradients(plan_.most_gradient);
  }
  optimiser_.step(plan_.rate(epoch_, optimiser_.steps()));
  return sum;
}

void Trainer::tell() const {
  context_.tell([&] {
    return fmt::format("epoch {} of {}, loss {:.4g}, rate {:.3g}", epoch_ + 1, plan_.epochs,
                       loss_ / static_cast<double>(done_), plan_.rate(epoch_, optimiser_.steps()));
  });
}

std::vector<float> flatten(const nn::Module& network) {
  std::vector<float> all;
  for (const auto& [name, variable] : network.parameters()) {
    const auto values = variable.value().values<float>();
    all.insert(all.end(), values.begin(), values.end());
  }
  const auto buffers = flat_buffers(network);
  all.insert(all.end(), buffers.begin(), buffers.end());
  return all;
}

void unflatten(std::span<const float> values, nn::Module& network) {
  for (auto& [name, variable] : network.parameters()) {
    auto same = variable;
    values = assign(values, same.value());
  }
  assign_buffers(values, network);
}

}  // namespace reprise
