#include "tests/unit/pipeline/run/tiny_paper.hpp"

#include <unistd.h>

#include <csignal>
#include <map>

#include "pipeline/store/file_system.hpp"

namespace reprise::samples {
namespace {

TinyOutput tiny(const TinyInput& input, TaskContext&) {
  std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(input.milliseconds));
  if (input.i == throwing) throw std::runtime_error("this one throws");
  if (input.i == throwing_an_int) throw 3;
  if (input.i == segfaulting) std::raise(SIGSEGV);
  if (input.i == aborting) std::abort();
  if (input.i == leaving) ::_exit(3);
  if (input.i == large_output) return {0, std::string(1'000'000, 'x')};
  return {0.5 * static_cast<double>(input.i), fmt::format("half of {}", input.i)};
}

TinyOutput tiny_sum(const TinySum& sum, TaskContext& context) {
  const auto first = context.result(sum.first);
  const auto second = context.result(sum.second);
  return {first.value + second.value, first.text + " and " + second.text};
}

struct TinyJob {
  std::uint64_t tasks = 10;
  double milliseconds = 0;
};
constexpr auto fields(const TinyJob*) {
  return std::tuple{field("tasks", &TinyJob::tasks, "how many"),
                    field("milliseconds", &TinyJob::milliseconds, "how long each takes", "ms")};
}

void drive(Run& run, const TinyJob& job) {
  const auto halves = run.map(kTiny, Sequence<TinyInput>(job.tasks, [&job](std::size_t i) {
                                return TinyInput{i, job.milliseconds};
                              }));
  std::vector<TinySum> pairs;
  for (std::size_t i = 0; i + 1 < halves.size(); i += 2) pairs.push_back({halves.ref(i), halves.ref(i + 1)});
  const double total =
      run.map_reduce(kTinySum, Sequence<TinySum>(pairs), 0.0,
                     [](double& sum, const TinySum&, const TinyOutput& output) { sum += output.value; });
  run.publish(
      Table{"sum", "Sum", "of all", {Column{"sum", "sum", "", Role::measured, std::vector<double>{total}}}});
}

const RegisterPaper& registered() {
  static const RegisterPaper paper(
      Paper{{"tiny", "Tiny tasks", "The reprise developers", "none", ""},
            "For tests.",
            {erase_types(kTiny), erase_types(kTinySum)},
            {experiment<TinyJob>("halves", "Halves", "Halves numbers and sums neighbours", drive)}});
  return paper;
}

}  // namespace

const Task<TinyInput, TinyOutput> kTiny{"tiny.half", 1, tiny, "halves a number"};
const Task<TinySum, TinyOutput> kTinySum{"tiny.sum", 1, tiny_sum, "sums two earlier results"};

const TaskKind& tiny_kind() {
  registered();
  return *find_task_kind("tiny.half");
}

std::filesystem::path write_tiny_job(const std::filesystem::path& folder, std::uint64_t tasks,
                                     double milliseconds, double publish_seconds) {
  registered();
  const auto text = fmt::format(
      "paper = \"tiny\"\nname = \"tiny\"\nseed = 3\nscale = \"custom\"\n[run]\npublish_seconds = {}\n"
      "publish_megabytes = 0.001\n[experiments.halves]\ntasks = {}\nmilliseconds = {}\n",
      publish_seconds, tasks, milliseconds);
  local_file_system().write(folder / "tiny.toml", bytes_of(text));
  return folder / "tiny.toml";
}

std::string digest_of(const std::filesystem::path& run_folder) {
  std::map<Key, Bytes> outputs;
  for (const auto& name : list_segments(run_folder / "segments")) {
    const auto segment = Segment::open_verified(run_folder / "segments" / name);
    for (const auto& table : segment.tables()) {
      const auto rows = table.output.read(0, table.rows);
      for (std::size_t i = 0; i < table.rows; ++i) outputs.emplace(table.keys[i], rows[i]);
    }
  }
  Digest digest;
  for (const auto& [key, output] : outputs) digest.add(key, output);
  return digest.hex();
}

}  // namespace reprise::samples
