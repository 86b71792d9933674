#include "pipeline/run/crash_book.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "pipeline/run/executor.hpp"
#include "pipeline/run/hand.hpp"

namespace reprise {

void settle_crashes(const std::filesystem::path& run_folder, std::int64_t epoch, Ledger& ledger,
                    Events& events, bool forgive) {
  const auto hands = earlier_hands(run_folder, epoch);
  const bool some_were_told =
      std::any_of(hands.begin(), hands.end(), [](const auto& hand) { return hand.second.told_to_stop; });
  // Ranks that were lost while the run went on were booked then.
  std::vector<std::pair<std::int64_t, int>> booked;
  const auto history = read_events(run_folder);
  for (const auto& event : history) {
    // A start that was cut short after it recorded a hand may have left the hand's file.
    const auto* of_epoch = event.at("event") == "rank_lost" ? "epoch" : "of_epoch";
    if (event.contains(of_epoch)) booked.emplace_back(event.value(of_epoch, 0), event.value("rank", -1));
  }
  for (const auto& [file, hand] : hands) {
    long long of_epoch = 0;
    std::sscanf(file.filename().c_str(), "e%lld", &of_epoch);
    const bool known =
        std::find(booked.begin(), booked.end(), std::pair{std::int64_t{of_epoch}, hand.rank}) != booked.end();
    if (hand.key && !known && !hand.told_to_stop && (hand.signal != 0 || some_were_told)) {
      const std::string how =
          hand.signal != 0 ? "took its process down by " + name_signal(hand.signal)
                           : "its process was killed from outside (SIGKILL: out of memory, or by hand)";
      events.add("task_crashed",
                 {{"key", hand.key->hex()}, {"rank", hand.rank}, {"message", how}, {"of_epoch", of_epoch}});
      if (!forgive) ledger.blame(*hand.key, 1, how);
    }
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
  }
  if (forgive) {
    events.add("crashes_forgiven", nlohmann::json::object());
    return;
  }
  // Forgiveness wipes what came before it.
  auto from = history.begin();
  for (auto it = history.begin(); it != history.end(); ++it) {
    if (it->at("event") == "crashes_forgiven") from = std::next(it);
  }
  for (auto it = from; it != history.end(); ++it) {
    const auto& kind = it->at("event");
    if ((kind != "task_crashed" && kind != "rank_lost") || !it->contains("key")) continue;
    ledger.blame(Key::from_hex(it->at("key").get<std::string>()), 1,
                 it->value("message", "took its process down"));
  }
}

}  // namespace reprise
