#include "pipeline/run/progress.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

namespace reprise {

std::vector<StageProgress> ProgressMeter::measure(const std::vector<Mapping>& mappings) {
  std::vector<StageProgress> stages;
  for (const auto& mapping : mappings) {
    auto found = std::find_if(stages.begin(), stages.end(), [&](const StageProgress& stage) {
      return stage.experiment == mapping.experiment && stage.stage == mapping.stage;
    });
    if (found == stages.end()) found = stages.insert(stages.end(), {mapping.experiment, mapping.stage});
    found->size += mapping.size;
    found->done += mapping.done;
    found->reused += mapping.reused;
    found->failed += mapping.failed;
    found->set_aside += mapping.set_aside;
    found->core_seconds += mapping.core_seconds;
    if (!mapping.word.empty()) found->word = mapping.word;
  }
  constexpr auto window = std::chrono::seconds(20);
  const auto now = Clock::now();
  for (auto& stage : stages) {
    const auto id = stage.experiment + "/" + stage.stage;
    auto found = std::find_if(past_.begin(), past_.end(), [&](const auto& each) { return each.first == id; });
    if (found == past_.end()) found = past_.insert(past_.end(), {id, {}});
    auto& past = found->second;
    // Reused results came at no cost: they say nothing of the rate.
    past.push_back({now, stage.done - stage.reused});
    while (past.size() > 2 && now - past.front().at > window) past.pop_front();
    const double elapsed = std::chrono::duration<double>(now - past.front().at).count();
    if (elapsed <= 0) continue;
    stage.rate = static_cast<double>(past.back().done - past.front().done) / elapsed;
    if (stage.rate > 0) stage.eta = static_cast<double>(stage.not_run()) / stage.rate;
  }
  return stages;
}

nlohmann::ordered_json to_json(const std::vector<StageProgress>& stages) {
  auto json = nlohmann::ordered_json::array();
  for (const auto& stage : stages) {
    json.push_back({{"experiment", stage.experiment},
                    {"stage", stage.stage},
                    {"size", stage.size},
                    {"done", stage.done},
                    {"reused", stage.reused},
                    {"failed", stage.failed},
                    {"set_aside", stage.set_aside},
                    {"core_seconds", stage.core_seconds},
                    {"rate", stage.rate},
                    {"eta", stage.eta},
                    {"word", stage.word}});
  }
  return json;
}

std::vector<StageProgress> stages_from(const nlohmann::ordered_json& json) {
  std::vector<StageProgress> stages;
  for (const auto& each : json) {
    stages.push_back({each.at("experiment"), each.at("stage"), each.at("size"), each.at("done"),
                      each.at("reused"), each.at("failed"), each.at("set_aside"), each.at("core_seconds"),
                      each.at("rate"), each.at("eta"), each.value("word", "")});
  }
  return stages;
}

std::string show_count(std::size_t count) {
  auto text = std::to_string(count);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
    text.insert(static_cast<std::size_t>(at), ",");
  }
  return text;
}

std::string show_duration(double seconds) {
  if (seconds < 10) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<long long>(seconds + 0.5);
  if (whole < 120) return fmt::format("{} s", whole);
  if (whole < 7200) return fmt::format("{} min {} s", whole / 60, whole % 60);
  if (whole < 172800) return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
  return fmt::format("{} d {} h", whole / 86400, whole % 86400 / 3600);
}

std::string progress_line(const StageProgress& stage) {
  auto line = fmt::format("{}: {} {}/{}", stage.experiment, stage.stage, show_count(stage.done),
                          show_count(stage.size));
  if (stage.reused > 0) line += fmt::format(" ({} reused)", show_count(stage.reused));
  if (stage.rate > 0 && !stage.finished()) {
    line += stage.rate >= 10 ? fmt::format("  {}/s", show_count(static_cast<std::size_t>(stage.rate)))
                             : fmt::format("  {:.2g}/s", stage.rate);
    if (stage.eta >= 0) line += "  ETA " + show_duration(stage.eta);
  }
  if (!stage.word.empty() && !stage.finished()) line += "  (" + stage.word + ")";
  if (stage.failed > 0) line += fmt::format("  {} failed", show_count(stage.failed));
  if (stage.set_aside > 0) line += fmt::format("  {} set aside", show_count(stage.set_aside));
  return line;
}

void ProgressDisplay::erase() {
  for (; drawn_ > 0; --drawn_) fmt::print(stderr, "\033[1A\033[2K");
}

void ProgressDisplay::draw(const std::vector<std::string>& lines) {
  erase();
  for (const auto& line : lines) {
    fmt::print(stderr, "{}\n", line.substr(0, static_cast<std::size_t>(std::max(columns_ - 1, 20))));
  }
  drawn_ = lines.size();
  last_ = lines;
  std::fflush(stderr);
}

void ProgressDisplay::show(const std::vector<StageProgress>& stages) {
  std::vector<std::string> lines;
  for (const auto& stage : stages) {
    if (!stage.finished()) lines.push_back(progress_line(stage));
  }
  if (mode_ == Mode::terminal) draw(lines);
  if (mode_ == Mode::log && !lines.empty() && Clock::now() - last_log_ >= between_logs_) {
    for (const auto& line : lines) fmt::print(stderr, "{}\n", line);
    std::fflush(stderr);
    // Often at first, then rarely: a week's log should stay readable.
    if (last_log_ != Clock::time_point{})
      between_logs_ = std::min(2 * between_logs_, std::chrono::seconds(300));
    last_log_ = Clock::now();
  }
}

void ProgressDisplay::say(const std::string& line) {
  if (mode_ == Mode::none) return;
  const auto lines = last_;
  if (mode_ == Mode::terminal) erase();
  fmt::print(stderr, "{}\n", line);
  if (mode_ == Mode::terminal) draw(lines);
  std::fflush(stderr);
}

void ProgressDisplay::finish(const std::vector<StageProgress>& stages) {
  if (mode_ == Mode::none) return;
  std::vector<std::string> lines;
  for (const auto& stage : stages) lines.push_back(progress_line(stage));
  if (mode_ == Mode::terminal) {
    draw(lines);
    drawn_ = 0;
  } else {
    for (const auto& line : lines) fmt::print(stderr, "{}\n", line);
  }
  std::fflush(stderr);
}

ProgressDisplay::Mode progress_mode() {
  if (const char* said = std::getenv("REPRISE_PROGRESS")) {
    const std::string mode = said;
    if (mode == "none") return ProgressDisplay::Mode::none;
    if (mode == "log") return ProgressDisplay::Mode::log;
    if (mode == "terminal") return ProgressDisplay::Mode::terminal;
  }
  return ::isatty(STDERR_FILENO) != 0 ? ProgressDisplay::Mode::terminal : ProgressDisplay::Mode::log;
}

int terminal_columns() {
  if (const char* said = std::getenv("REPRISE_COLUMNS")) return std::atoi(said);
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace reprise
