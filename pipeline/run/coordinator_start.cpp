#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

#include "pipeline/run/coordinator.hpp"
#include "pipeline/run/isa.hpp"

// From the ranks' first words until each is watched over. A rank that dies or hangs in between is missed by
// nobody but the launcher, and only on the launcher's host: so whoever does not come in time is lost.

namespace reprise {

std::string Coordinator::greet() {
  const auto mode = bind_mode();
  StartPatience patience(start_patience());
  std::vector<std::optional<Seat>> seats(workers_.size());
  std::size_t best = instruction_sets().names.size() - 1;
  for (std::size_t heard = 0; heard < living_ && !patience.over(heard);) {
    const auto message = world_.receive();
    if (!message) {
      std::this_thread::sleep_for(std::chrono::microseconds(200));
      continue;
    }
    const auto hello = std::get<Hello>(from_wire(message->bytes));
    state(message->from).origin.host = hello.seat.host;
    state(message->from).origin.cpu = hello.cpu;
    seats.at(static_cast<std::size_t>(message->from)) = hello.seat;
    best = std::min(best, isa_level(hello.isa));
    ++heard;
  }
  for (int rank = 1; rank < world_.size(); ++rank) {
    if (!seats[static_cast<std::size_t>(rank)]) give_up(rank);
  }
  tell_of_silent();
  policy_ = GrantPolicy::for_workers(living_);
  seating_ = seat_ranks(seats, mode);
  return instruction_sets().names.at(best);
}

/// A rank of which nothing was heard. It is not forgotten: should it speak up later, it is told to leave.
void Coordinator::give_up(int rank) {
  state(rank).alive = false;
  silent_.push_back(rank);
  ++lost_;
  --living_;
}

/// MPI does not tell where a rank is that said nothing; its neighbours are often on the same host.
std::string Coordinator::near(int rank) const {
  std::string text;
  for (const int other : {rank - 1, rank + 1}) {
    if (other < 1 || other >= world_.size()) continue;
    const auto& host = workers_[static_cast<std::size_t>(other)].origin.host;
    if (!host.empty()) text += fmt::format("{}rank {} is on {}", text.empty() ? "" : ", ", other, host);
  }
  return text.empty() ? "" : " (" + text + ")";
}

void Coordinator::tell_of_silent() const {
  constexpr std::size_t most_told = 10;
  const auto seconds = start_patience().count();
  for (std::size_t i = 0; i < std::min(silent_.size(), most_told); ++i) {
    fmt::print(stderr, "reprise: rank {}{} said nothing for {} s while the run started\n", silent_[i],
               near(silent_[i]), seconds);
  }
  if (silent_.size() > most_told)
    fmt::print(stderr, "reprise: and {} more ranks\n", silent_.size() - most_told);
  if (living_ == 0) {
    throw Error(fmt::format("no worker rank was heard of in {} s. Where ranks take longer to start, set "
                            "REPRISE_START_SECONDS; else look whether their hosts are well",
                            seconds),
                ExitCode::interrupted);
  }
  if (!silent_.empty())
    fmt::print(stderr, "reprise: the run goes on without them, on {} of {} worker ranks\n", living_,
               world_.size() - 1);
}

void Coordinator::start_workers() {
  const bool one_host = std::all_of(workers_.begin() + 1, workers_.end(), [&](const WorkerState& worker) {
    return !worker.alive || worker.origin.host == dispatch_->origin.host;
  });
  liveness_.emplace(one_host);
  connecting_.emplace(start_patience());
  for (const int rank : silent_) {
    dispatch_->events.add("rank_lost", {{"rank", rank},
                                        {"host", ""},
                                        {"tasks_given_again", 0},
                                        {"message", "said nothing while the run started" + near(rank)}});
  }
  Start start{dispatch_->run_folder,
              dispatch_->epoch,
              dispatch_->origin.seed,
              dispatch_->origin.isa,
              dispatch_->checkpoint_seconds,
              liveness_->address(),
              {}};
  for (int rank = 1; rank < world_.size(); ++rank) {
    if (!state(rank).alive) continue;
    auto origin = dispatch_->origin;
    origin.host = state(rank).origin.host;
    origin.cpu = state(rank).origin.cpu;
    state(rank).origin = origin;
    idle_.insert(rank);
    start.share = seating_.shares.at(static_cast<std::size_t>(rank));
    world_.send(rank, to_wire(start));
  }
}

void Coordinator::await_connections() {
  if (liveness_->connected() < living_ && !connecting_->over(liveness_->connected())) return;
  const auto watched = liveness_->watched();
  for (int rank = 1; rank < world_.size(); ++rank) {
    if (!watched.contains(rank)) lose(rank, "was not heard of again while the run started");
  }
  started_ = true;
  world_.started();
}

}  // namespace reprise
