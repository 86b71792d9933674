#include "pipeline/run/monitor.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>

#include "pipeline/run/ledger.hpp"

namespace reprise {
namespace {

double process_cpu_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

}  // namespace

Monitor::Monitor(std::filesystem::path run_folder, FileSystem& files, RunLock& lock, const Ledger& ledger,
                 const Store& store, std::int64_t ranks, std::function<void()> on_error)
    : file_(std::move(run_folder) / "progress.json"),
      earlier_(read_earlier(file_)),
      files_(files),
      lock_(lock),
      ledger_(ledger),
      store_(store),
      ranks_(ranks),
      on_error_(std::move(on_error)),
      display_(progress_mode(), terminal_columns()),
      started_(std::chrono::steady_clock::now()),
      thread_([this] { work(); }) {}

Monitor::Earlier Monitor::read_earlier(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) return {};
  const auto bytes = read_file(file);
  const auto json = nlohmann::ordered_json::parse(text_of(bytes), nullptr, false);
  try {
    Earlier earlier{json.at("total_wall_seconds"), stages_from(json.at("stages"))};
    for (auto& stage : stages_from(json.at("not_reached"))) earlier.stages.push_back(std::move(stage));
    return earlier;
  } catch (const nlohmann::json::exception&) {
    return {};  // it tells of costs only: not worth a run
  }
}

Monitor::~Monitor() {
  {
    const std::scoped_lock lock(mutex_);
    closing_ = true;
  }
  closing_changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Monitor::check() {
  const std::scoped_lock lock(mutex_);
  if (error_) std::rethrow_exception(error_);
}

void Monitor::say(const std::string& line) {
  const std::scoped_lock lock(mutex_);
  display_.say("reprise: " + line);
}

void Monitor::work() {
  constexpr auto between_lines = std::chrono::milliseconds(200);
  constexpr int lines_a_file = 5;
  std::unique_lock lock(mutex_);
  for (int round = 0; !closing_; ++round) {
    display_.show(meter_.measure(ledger_.snapshot()));
    if (round % lines_a_file == 0 && !error_) {
      try {
        lock_.heartbeat();
        write(true);
      } catch (...) {
        error_ = std::current_exception();
        on_error_();
      }
    }
    closing_changed_.wait_for(lock, between_lines, [&] { return closing_; });
  }
}

void Monitor::write(bool running) {
  const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  nlohmann::ordered_json json;
  json["time"] = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
  json["epoch"] = lock_.epoch();
  json["running"] = running;
  json["ranks"] = ranks_;
  json["wall_seconds"] = wall;
  json["total_wall_seconds"] = earlier_.wall_seconds + wall;
  json["executed"] = ledger_.executed();
  json["stored"] = store_.size();
  json["coordinator"] = {{"cpu_share", wall > 0 ? process_cpu_seconds() / wall : 0},
                         {"peak_memory_bytes", std::int64_t{usage.ru_maxrss} * 1024},
                         {"index_bytes", store_.index_bytes()},
                         {"task_bytes", ledger_.memory_bytes()}};
  auto stages = meter_.measure(ledger_.snapshot());
  std::vector<StageProgress> not_reached;
  for (const auto& before : earlier_.stages) {
    const auto stage = std::find_if(stages.begin(), stages.end(), [&](const StageProgress& each) {
      return each.experiment == before.experiment && each.stage == before.stage;
    });
    if (stage == stages.end()) {
      not_reached.push_back(before);
    } else {
      stage->core_seconds += before.core_seconds;
    }
  }
  json["stages"] = to_json(stages);
  json["not_reached"] = to_json(not_reached);  // stages of earlier starts, with their cost
  json["failures"] = nlohmann::ordered_json::array();
  constexpr std::size_t most_listed = 1000;
  const auto failures = ledger_.failures();
  json["failure_count"] = failures.size();
  for (std::size_t i = 0; i < std::min(most_listed, failures.size()); ++i) {
    json["failures"].push_back({{"key", failures[i].key.hex()},
                                {"experiment", failures[i].experiment},
                                {"task", failures[i].task},
                                {"input", failures[i].input},
                                {"message", failures[i].message},
                                {"attempts", failures[i].attempts},
                                {"set_aside", failures[i].set_aside}});
  }
  replace_file(files_, file_,
               bytes_of(json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"));
}

void Monitor::finish() {
  {
    const std::scoped_lock lock(mutex_);
    closing_ = true;
  }
  closing_changed_.notify_all();
  if (thread_.joinable()) thread_.join();
  display_.finish(meter_.measure(ledger_.snapshot()));
  try {
    write(false);
  } catch (const Error&) {
    // The outcome tells what is wrong with the folder.
  }
}

}  // namespace reprise
