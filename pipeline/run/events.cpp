#include "pipeline/run/events.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "pipeline/base/errors.hpp"

namespace reprise {

Events::Events(std::filesystem::path run_folder, FileSystem& files, std::int64_t epoch)
    : file_(std::move(run_folder) / "events.jsonl"), files_(files), epoch_(epoch) {}

void Events::add(const std::string& event, const nlohmann::json& details) {
  nlohmann::ordered_json line;
  line["time"] = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
  line["epoch"] = epoch_;
  line["event"] = event;
  for (const auto& [name, value] : details.items()) line[name] = value;
  try {
    // A line torn by a crash has no end: starting with one keeps this line whole.
    files_.append(file_,
                  bytes_of("\n" + line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)));
  } catch (const Error&) {
    fmt::print(stderr, "reprise: cannot write {}\n", file_.string());
  }
}

std::vector<nlohmann::json> read_events(const std::filesystem::path& run_folder) {
  std::vector<nlohmann::json> events;
  std::ifstream in(run_folder / "events.jsonl");
  for (std::string line; std::getline(in, line);) {
    auto event = nlohmann::json::parse(line, nullptr, false);
    if (event.is_object() && event.contains("event")) events.push_back(std::move(event));
  }
  return events;
}

}  // namespace reprise
