#include "pipeline/run/coordinator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

#include "pipeline/run/isa.hpp"
#include "pipeline/run/stop_signal.hpp"

namespace reprise {

using Clock = std::chrono::steady_clock;

Coordinator::Coordinator(MpiWorld& world, const std::vector<const TaskKind*>& kinds)
    : world_(world), workers_(static_cast<std::size_t>(world.size())) {
  for (std::uint32_t i = 0; i < kinds.size(); ++i) kind_index_[kinds[i]] = i;
  workers_[0].alive = false;
  living_ = workers_.size() - 1;
  policy_ = GrantPolicy::for_workers(living_);
}

void Coordinator::run(Dispatch& dispatch) {
  dispatch_ = &dispatch;
  start_workers();
  // Reports come with a nudge, a little before or after it; what else ranks say can wait for a look.
  constexpr std::chrono::microseconds shortest{50}, transferring{1000}, longest{20'000};
  std::chrono::microseconds pause = shortest;
  std::optional<Clock::time_point> deadline;
  while (!dispatch.finished() || (deadline && tasks_given() > 0 && Clock::now() < *deadline)) {
    dispatch.tick_when_due();
    if (dispatch.ledger.stopping() && !deadline) {
      stop_workers();
      dispatch.publisher.flush();  // what is finished is safe, however little time is left
      deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                    std::chrono::duration<double>(dispatch.stop_grace_seconds));
    }
    bool busy = take_messages();
    busy |= liveness_->poll([&](int rank) { lose(rank); });
    if (!started_) await_connections();
    if (living_ == 0) throw Error("all worker ranks were lost", ExitCode::interrupted);
    if (stop_announced()) dispatch.wind_down(tasks_given() == 0);
    feed_idle();
    if (busy) {
      pause = shortest;
    } else {
      dispatch.wakeup.sleep(pause, liveness_->descriptor());
      pause = std::min(2 * pause, world_.transferring() ? transferring : longest);
    }
  }
}

std::size_t Coordinator::tasks_given() const {
  std::size_t given = 0;
  for (const auto& worker : workers_) given += worker.alive ? worker.given.size() : 0;
  return given;
}

bool Coordinator::take_messages() {
  bool any = false;
  while (auto message = world_.receive()) {
    any = true;
    auto wire = from_wire(message->bytes);
    if (auto* report = std::get_if<WorkerReport>(&wire)) {
      book(message->from, std::move(*report));
    } else if (auto* word = std::get_if<Word>(&wire)) {
      dispatch_->ledger.tell(word->key, std::move(word->text));
    } else if (std::holds_alternative<Hello>(wire)) {
      world_.send(message->from, to_wire(Quit{false}));  // it was given up while the run started
    }
  }
  return any;
}

void Coordinator::book(int rank, WorkerReport report) {
  auto& worker = state(rank);
  if (!worker.alive) return;  // its tasks were given to others when it was lost
  auto& ledger = dispatch_->ledger;
  for (auto& outcome : report.outcomes) {
    const auto given = worker.given.find(outcome.key);
    if (given == worker.given.end()) continue;
    const auto* kind = given->second;
    worker.given.erase(given);
    // A broken group's task goes back when all its members have stopped, with its end.
    if (outcome.status == OutcomeStatus::aborted) continue;
    dispatch_->settle(std::move(outcome), *kind, rank, worker.origin);
  }
  for (const auto& segment : report.published) {
    dispatch_->store.adopt(segment.name, segment.keys);
    for (std::size_t i = 0; i < segment.keys.size(); ++i) {
      const auto given = worker.given.find(segment.keys[i]);
      if (given == worker.given.end()) continue;
      dispatch_->times.record(*given->second, segment.wall_seconds[i]);
      worker.given.erase(given);
      ledger.complete(segment.keys[i], {}, true, static_cast<double>(segment.cpu_seconds[i]));
    }
  }
  for (const auto& key : report.returned) {
    worker.given.erase(key);
    ledger.give_back(key);
  }
  if (report.group_ended != 0) end_group(rank, report.group_ended);
  top_up(rank);
}

void Coordinator::end_group(int rank, std::uint32_t id) {
  state(rank).group = 0;
  const auto found = groups_.find(id);
  if (found == groups_.end()) return;
  auto& group = found->second;
  group.busy.erase(rank);
  if (!group.busy.empty()) return;
  // The leader's own outcome has settled a whole group's task; a large one is still to be published.
  const bool broken = group.broken;
  const Key key = group.key;
  groups_.erase(found);
  if (broken) {
    for (auto& worker : workers_) worker.given.erase(key);
    dispatch_->ledger.give_back(key);
  }
}

void Coordinator::lose(int rank, const std::string& why) {
  auto& worker = state(rank);
  if (!worker.alive) return;
  worker.alive = false;
  idle_.erase(rank);
  ++lost_;
  --living_;
  world_.forget(rank);
  // What it published and could not report any more must not run again.
  for (const auto& key : dispatch_->store.adopt_left_by(dispatch_->epoch, rank)) {
    worker.given.erase(key);
    dispatch_->ledger.complete(key, {}, true, 0);  // what it cost is not known here
  }
  const auto hand = read_hand(dispatch_->run_folder, dispatch_->epoch, rank);
  const bool blamed = hand && hand->key && !hand->told_to_stop;
  const std::string how = hand && hand->signal != 0
                              ? "took its process down by " + name_signal(hand->signal)
                              : "its process was killed from outside (SIGKILL: out of memory, or by hand)";
  nlohmann::json details{
      {"rank", rank}, {"host", worker.origin.host}, {"tasks_given_again", worker.given.size()}};
  if (!why.empty()) details["message"] = why;
  if (blamed) {
    details["key"] = hand->key->hex();
    details["task"] = dispatch_->ledger.describe(*hand->key);
    details["message"] = how;
    dispatch_->ledger.blame(*hand->key, 1, how);
  }
  dispatch_->events.add("rank_lost", details);
  worker.given.clear();
  if (worker.group != 0 && groups_.contains(worker.group)) {
    auto& group = groups_.at(worker.group);
    group.broken = true;
    for (const int member : group.busy) {
      if (member != rank) world_.send(member, to_wire(AbortGroup{worker.group}));
    }
    end_group(rank, worker.group);
  }
  dispatch_->ledger.lose_worker(rank);
}

void Coordinator::feed_idle() {
  while (form_group()) {
  }
  while (!idle_.empty() && dispatch_->ledger.next_kind(false) != nullptr) {
    if (dispatch_->ledger.next_kind(true) != nullptr && living_ > 0)
      break;  // ranks are being kept for a group
    const int rank = *idle_.begin();
    idle_.erase(rank);
    top_up(rank);
  }
}

/// A group takes the ranks that are idle once they are enough; until then idle ranks get nothing else.
bool Coordinator::form_group() {
  const auto wanted = std::min(static_cast<std::size_t>(dispatch_->ledger.next_group()), living_);
  if (wanted == 0 || idle_.size() < wanted) return false;
  std::vector<std::int32_t> members(idle_.begin(),
                                    std::next(idle_.begin(), static_cast<std::ptrdiff_t>(wanted)));
  auto assignments = dispatch_->ledger.take(members.front(), 1, true);
  if (assignments.empty()) return false;
  const auto& task = assignments.front();
  const std::uint32_t id = ++last_group_;
  groups_[id] = {task.key, {members.begin(), members.end()}, false};
  Grant grant;
  grant.group = id;
  grant.members = members;
  grant.dependencies = dependencies_of(assignments);
  grant.items.push_back({kind_index_.at(task.kind), task.key, task.input, false});
  state(members.front()).given[task.key] = task.kind;
  for (const int member : members) {
    idle_.erase(member);
    state(member).group = id;
    world_.send(member, to_wire(grant));
  }
  return true;
}

void Coordinator::top_up(int rank) {
  auto& worker = state(rank);
  auto& ledger = dispatch_->ledger;
  if (!worker.alive || worker.group != 0) return;
  const auto* kind = ledger.next_kind(true) == nullptr ? ledger.next_kind(false) : nullptr;
  if (kind == nullptr) {
    if (worker.given.empty()) idle_.insert(rank);
    return;
  }
  const double seconds = dispatch_->times.seconds(*kind);
  if (!policy_.wants_more(worker.given.size(), seconds)) return;
  auto assignments = ledger.take(rank, policy_.grant_size(seconds, ledger.waiting(), living_), false);
  if (assignments.empty()) {
    if (worker.given.empty()) idle_.insert(rank);
    return;
  }
  grant(rank, std::move(assignments));
}

void Coordinator::grant(int rank, std::vector<Assignment> assignments) {
  Grant grant;
  grant.dependencies = dependencies_of(assignments);
  grant.items.reserve(assignments.size());
  for (auto& assignment : assignments) {
    state(rank).given[assignment.key] = assignment.kind;
    grant.items.push_back(
        {kind_index_.at(assignment.kind), assignment.key, std::move(assignment.input), assignment.isolate});
  }
  world_.send(rank, to_wire(grant));
}

std::vector<Dependency> Coordinator::dependencies_of(const std::vector<Assignment>& assignments) {
  std::vector<Dependency> dependencies;
  std::set<Key> seen;
  for (const auto& assignment : assignments) {
    const auto& schema = assignment.kind->identity.input;
    if (std::none_of(schema.begin(), schema.end(),
                     [](const ColumnSchema& column) { return column.type == ElementType::key; })) {
      continue;
    }
    ByteReader row(assignment.input);
    for (const auto& column : schema) {
      const auto field = take_field(row, column);
      if (column.type != ElementType::key) continue;
      for (ByteReader keys(field.elements); !keys.empty();) {
        const auto key = keys.value<Key>();
        if (!seen.insert(key).second) continue;
        Dependency dependency{key};
        if (const auto address = dispatch_->store.address(key)) {
          dependency.stored = true;
          dependency.address = *address;
        } else if (auto output = dispatch_->ledger.output(key)) {
          dependency.output = *std::move(output);
        } else {
          continue;  // the task will say which result it misses
        }
        dependencies.push_back(std::move(dependency));
      }
    }
  }
  return dependencies;
}

void Coordinator::stop_workers() {
  for (int rank = 1; rank < world_.size(); ++rank) {
    if (state(rank).alive) world_.send(rank, to_wire(Stop{}));
  }
}

void Coordinator::dismiss() {
  if (std::exchange(dismissed_, true)) return;
  const bool all_live = lost_ == 0 && tasks_given() == 0;
  for (int rank = 1; rank < world_.size(); ++rank) {
    if (workers_[static_cast<std::size_t>(rank)].alive) world_.send(rank, to_wire(Quit{all_live}));
  }
  const auto deadline = Clock::now() + std::chrono::seconds(2);
  while (world_.sends_pending() && Clock::now() < deadline) {
    world_.receive();
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  if (all_live) world_.finalize();
}

}  // namespace reprise
