// A paper of small synthetic tasks that do everything a task can do: fail, crash, take long, checkpoint, use
// several ranks, read earlier results, return large arrays. The integration tests run it through the real
// program.
#include "pipeline/run/paper.hpp"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <thread>

namespace reprise::synthetic {

// ---- empty tasks
// -------------------------------------------------------------------------------------------------

struct Index {
  std::uint64_t i = 0;
};
constexpr auto fields(const Index*) {
  return std::tuple{field("i", &Index::i, "which one")};
}

struct Value {
  double value = 0;
};
constexpr auto fields(const Value*) {
  return std::tuple{field("value", &Value::value, "what came of it")};
}

Value half(const Index& index, TaskContext&) {
  return {0.5 * static_cast<double>(index.i)};
}
const Task<Index, Value> kEmpty{"synthetic.empty", 1, half, "halves a number"};

struct EmptyJob {
  std::uint64_t tasks = 1000;
};
constexpr auto fields(const EmptyJob*) {
  return std::tuple{field("tasks", &EmptyJob::tasks, "how many")};
}

Sequence<Index> indices(std::uint64_t count) {
  return {count, [](std::size_t i) { return Index{i}; }};
}

void empty(Run& run, const EmptyJob& job) {
  const double sum =
      run.map_reduce(kEmpty, indices(job.tasks), 0.0,
                     [](double& total, const Index&, const Value& value) { total += value.value; });
  run.publish(
      Table{"sum", "Sum", "of all", {Column{"sum", "sum", "", Role::measured, std::vector<double>{sum}}}});
}

// ---- tasks of every field type, random, of various lengths
// ---------------------------------------------------------

enum class Shape { round, square };
constexpr auto enumerators(const Shape*) {
  return std::array{Enumerator{"round", Shape::round}, Enumerator{"square", Shape::square}};
}

struct Draw {
  std::uint64_t replicate = 0;
  Shape shape = Shape::round;
  std::string label;
  std::array<float, 3> point{};
  double milliseconds = 0;
};
constexpr auto fields(const Draw*) {
  return std::tuple{field("replicate", &Draw::replicate, "number of the replicate"),
                    field("shape", &Draw::shape, "which shape"), field("label", &Draw::label, "a name"),
                    field("point", &Draw::point, "where", "m"),
                    field("milliseconds", &Draw::milliseconds, "how long it takes", "ms")};
}

struct Drawn {
  double mean = 0;
  std::vector<std::int32_t> counts;
  NdArray<float> image;
  std::string remark;
  bool odd = false;
};
constexpr auto fields(const Drawn*) {
  return std::tuple{field("mean", &Drawn::mean, "mean of the image", "m"),
                    field("counts", &Drawn::counts, "as many as the replicate says"),
                    field("image", &Drawn::image, "rows and columns", "m"),
                    field("remark", &Drawn::remark, "text"),
                    field("odd", &Drawn::odd, "whether the replicate is odd")};
}

std::uint64_t mix(std::uint64_t x) {  // splitmix64's output function: enough for a test
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}

double uniform(const Key& key, std::uint64_t at) {
  return static_cast<double>(mix(key.low ^ mix(key.high + at)) >> 11U) * 0x1p-53;
}

Drawn draw(const Draw& input, TaskContext& context) {
  std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(input.milliseconds));
  Drawn drawn;
  const std::uint64_t rows = 2 + input.replicate % 3;
  drawn.image.shape = {rows, 4};
  for (std::uint64_t i = 0; i < rows * 4; ++i) {
    drawn.image.values.push_back(static_cast<float>(uniform(context.key(), i)));
    drawn.mean += static_cast<double>(drawn.image.values.back()) / static_cast<double>(rows * 4);
  }
  for (std::uint64_t i = 0; i < input.replicate % 5; ++i)
    drawn.counts.push_back(static_cast<std::int32_t>(i * i));
  drawn.remark = input.label + "!";
  drawn.odd = input.replicate % 2 == 1;
  return drawn;
}
const Task<Draw, Drawn> kDraw{"synthetic.draw", 1, draw, "draws an image"};

struct Summary {
  std::vector<Ref<Drawn>> of;
  std::uint64_t number = 0;
};
constexpr auto fields(const Summary*) {
  return std::tuple{field("of", &Summary::of, "the draws summed up"),
                    field("number", &Summary::number, "which one")};
}

Value sum_up(const Summary& summary, TaskContext& context) {
  Value total;
  for (const auto& ref : summary.of) total.value += context.result(ref).mean;
  return total;
}
const Task<Summary, Value> kSumUp{"synthetic.sum_up", 1, sum_up, "sums earlier results"};

struct Large {
  std::uint64_t number = 0;
  std::uint64_t values = 0;
};
constexpr auto fields(const Large*) {
  return std::tuple{field("number", &Large::number, "which one"),
                    field("values", &Large::values, "how many")};
}
struct LargeOutput {
  NdArray<double> weights;
};
constexpr auto fields(const LargeOutput*) {
  return std::tuple{field("weights", &LargeOutput::weights, "a large tensor")};
}
LargeOutput make_large(const Large& input, TaskContext& context) {
  LargeOutput output;
  output.weights.shape = {input.values};
  for (std::uint64_t i = 0; i < input.values; ++i) output.weights.values.push_back(uniform(context.key(), i));
  return output;
}
const Task<Large, LargeOutput> kLarge{"synthetic.large", 1, make_large,
                                      "makes a tensor too large to send about"};

struct UseLarge {
  Ref<LargeOutput> of;
};
constexpr auto fields(const UseLarge*) {
  return std::tuple{field("of", &UseLarge::of, "the tensor")};
}
Value use_large(const UseLarge& input, TaskContext& context) {
  Value total;
  for (const double weight : context.result(input.of).weights.values) total.value += weight;
  return total;
}
const Task<UseLarge, Value> kUseLarge{"synthetic.use_large", 1, use_large, "sums a large tensor"};

struct MixedJob {
  std::uint64_t draws = 40;
  double milliseconds = 0;
  std::uint64_t large = 3;
  std::uint64_t large_values = 20000;
  std::uint64_t gatherings = 0;
};
constexpr auto fields(const MixedJob*) {
  return std::tuple{field("draws", &MixedJob::draws, "how many draws"),
                    field("milliseconds", &MixedJob::milliseconds, "how long a draw takes", "ms"),
                    field("large", &MixedJob::large, "how many large tensors"),
                    field("large_values", &MixedJob::large_values, "values of each"),
                    field("gatherings", &MixedJob::gatherings, "how many sums over all draws")};
}

void mixed(Run& run, const MixedJob& job) {
  const auto draws = run.map(kDraw, Sequence<Draw>(job.draws, [&job](std::size_t i) {
                               return Draw{i,
                                           i % 2 == 0 ? Shape::round : Shape::square,
                                           "draw " + std::to_string(i),
                                           {static_cast<float>(i), 0.5F, -1.0F},
                                           job.milliseconds};
                             }));
  std::vector<Summary> summaries;
  for (std::size_t i = 0; i + 4 <= draws.size(); i += 4) {
    summaries.push_back({{draws.ref(i), draws.ref(i + 1), draws.ref(i + 2), draws.ref(i + 3)}, i / 4});
  }
  for (std::uint64_t g = 0; g < job.gatherings; ++g) {
    summaries.push_back({{}, draws.size() + g});
    for (std::size_t i = 0; i < draws.size(); ++i) summaries.back().of.push_back(draws.ref(i));
  }
  const auto sums = run.map(kSumUp, summaries);
  const auto large = run.map(kLarge, Sequence<Large>(job.large, [&job](std::size_t i) {
                               return Large{i, job.large_values};
                             }));
  std::vector<UseLarge> uses;
  for (std::size_t i = 0; i < large.size(); ++i) uses.push_back({large.ref(i)});
  const auto used = run.map(kUseLarge, uses);
  // An adaptive stage: what is asked for next depends on what came back.
  double threshold = 0;
  for (std::size_t i = 0; i < sums.size(); ++i)
    threshold += sums.at(i).value / static_cast<double>(sums.size());
  std::vector<Index> more;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    if (sums.at(i).value > threshold) more.push_back({1000 + i});
  }
  const auto rest = run.map(kEmpty, more, "adaptive");
  run.publish(Table{
      "counts",
      "Counts",
      "of each stage",
      {Column{"done", "done", "", Role::measured,
              std::vector<double>{static_cast<double>(draws.done()), static_cast<double>(sums.done()),
                                  static_cast<double>(used.done()), static_cast<double>(rest.done())}}}});
  run.settle({"S1", "counted", threshold, 0, Verdict::reproduced, "", "task synthetic.sum_up"});
}

// ---- failing and crashing tasks
// --------------------------------------------------------------------------------------

struct Trial {
  std::uint64_t i = 0;
  bool throws = false;
  bool crashes = false;
  double milliseconds = 0;
};
constexpr auto fields(const Trial*) {
  return std::tuple{field("i", &Trial::i, "which one"), field("throws", &Trial::throws, "throws each time"),
                    field("crashes", &Trial::crashes, "dies of a segmentation fault each time"),
                    field("milliseconds", &Trial::milliseconds, "how long it takes", "ms")};
}
Value attempt(const Trial& trial, TaskContext&) {
  std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(trial.milliseconds));
  if (trial.throws) throw std::runtime_error("trial " + std::to_string(trial.i) + " is one that throws");
  if (trial.crashes) std::raise(SIGSEGV);
  return {static_cast<double>(trial.i)};
}
double attempt_seconds(const Trial& trial) {
  return 1e-3 * trial.milliseconds;
}
const Task<Trial, Value> kAttempt{"synthetic.attempt", 1, attempt, "may throw or crash", attempt_seconds};

struct TroubleJob {
  std::uint64_t tasks = 100;
  std::vector<std::uint64_t> throwing;
  std::vector<std::uint64_t> crashing;
  double milliseconds = 0;
};
constexpr auto fields(const TroubleJob*) {
  return std::tuple{field("tasks", &TroubleJob::tasks, "how many"),
                    field("throwing", &TroubleJob::throwing, "which throw"),
                    field("crashing", &TroubleJob::crashing, "which crash"),
                    field("milliseconds", &TroubleJob::milliseconds, "how long each takes", "ms")};
}
void trouble(Run& run, const TroubleJob& job) {
  const auto is_in = [](const std::vector<std::uint64_t>& list, std::uint64_t i) {
    return std::find(list.begin(), list.end(), i) != list.end();
  };
  const auto results =
      run.map(kAttempt, Sequence<Trial>(job.tasks, [&job, is_in](std::size_t i) {
                return Trial{i, is_in(job.throwing, i), is_in(job.crashing, i), job.milliseconds};
              }));
  run.note("mean of " + std::to_string(results.done()) + " of " + std::to_string(results.size()));
}

// ---- long tasks with checkpoints, and tasks of several ranks
// ---------------------------------------------------------

struct Training {
  std::uint64_t number = 0;
  std::uint64_t steps = 0;
  double milliseconds = 0;
  std::int32_t shards = 1;
};
constexpr auto fields(const Training*) {
  return std::tuple{field("number", &Training::number, "which one"),
                    field("steps", &Training::steps, "steps"),
                    field("milliseconds", &Training::milliseconds, "how long a step takes", "ms"),
                    field("shards", &Training::shards, "logical shards of a step's sum")};
}
struct TrainingState {
  std::uint64_t step = 0;
  std::vector<double> weights;
};
constexpr auto fields(const TrainingState*) {
  return std::tuple{field("step", &TrainingState::step, "steps done"),
                    field("weights", &TrainingState::weights, "the weights so far")};
}

TrainingState train(const Training& job, TaskContext& context) {
  constexpr std::size_t width = 16;
  auto state = context.restore<TrainingState>().value_or(TrainingState{0, std::vector<double>(width, 0.0)});
  while (state.step < job.steps) {
    const auto gradient = context.group().sum(job.shards, [&](int shard) {
      std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(job.milliseconds / job.shards));
      std::vector<double> part(width);
      for (std::size_t i = 0; i < width; ++i) {
        part[i] = uniform(context.key(), state.step * 1000 + static_cast<std::uint64_t>(shard) * width + i) /
                  (3.0 + static_cast<double>(shard));
      }
      return part;
    });
    for (std::size_t i = 0; i < width; ++i) state.weights[i] = 0.9 * state.weights[i] + gradient[i];
    ++state.step;
    context.checkpoint(state);
  }
  return state;
}
const Task<Training, TrainingState> kTrain{"synthetic.train", 1, train, "a long task"};
const Task<Training, TrainingState> kTrainTogether{
    "synthetic.train_together", 1,       train,
    "a long task of 3 ranks",   nullptr, [](const Training&) { return 3; }};

struct LongJob {
  std::uint64_t tasks = 2;
  std::uint64_t steps = 20;
  double milliseconds = 1;
  bool together = false;
};
constexpr auto fields(const LongJob*) {
  return std::tuple{field("tasks", &LongJob::tasks, "how many"),
                    field("steps", &LongJob::steps, "steps of each"),
                    field("milliseconds", &LongJob::milliseconds, "how long a step takes", "ms"),
                    field("together", &LongJob::together, "each on a group of up to 3 ranks")};
}
void long_tasks(Run& run, const LongJob& job) {
  const Sequence<Training> inputs(job.tasks, [&job](std::size_t i) {
    return Training{i, job.steps, job.milliseconds, 8};
  });
  const auto results = job.together ? run.map(kTrainTogether, inputs) : run.map(kTrain, inputs);
  run.note("trained " + std::to_string(results.done()));
}

const RegisterPaper registered(Paper{
    {"synthetic", "Synthetic tasks that do everything a task can do", "The reprise developers", "none", ""},
    "For tests.",
    {erase_types(kEmpty), erase_types(kDraw), erase_types(kSumUp), erase_types(kLarge),
     erase_types(kUseLarge), erase_types(kAttempt), erase_types(kTrain), erase_types(kTrainTogether)},
    {experiment<EmptyJob>("empty", "Empty tasks", "Tasks that do next to nothing", empty),
     experiment<MixedJob>("mixed", "Mixed tasks",
                          "Every field type, references, large results, an adaptive stage", mixed,
                          {{"S1", "Sums are summed", "?", "nowhere", "they are", "any"}}),
     experiment<TroubleJob>("trouble", "Trouble", "Tasks that throw or crash", trouble),
     experiment<LongJob>("long", "Long tasks", "Checkpoints and groups", long_tasks)}});

}  // namespace reprise::synthetic
