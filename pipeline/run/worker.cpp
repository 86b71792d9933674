#include "pipeline/run/worker.hpp"

#include <unistd.h>

#include <deque>
#include <list>
#include <optional>
#include <thread>
#include <unordered_map>

#include "pipeline/run/isa.hpp"
#include "pipeline/run/messages.hpp"
#include "pipeline/run/stop_signal.hpp"

namespace reprise {
namespace {

using Clock = std::chrono::steady_clock;

/// Outputs larger than this are published by the worker itself and reach others through the shared disk.
constexpr std::size_t large_output = std::size_t{64} << 10U;

/// Sleeps a little longer each time there is nothing to do: an idle rank costs no core.
class Backoff {
 public:
  void reset() { pause_ = shortest; }
  void sleep() {
    std::this_thread::sleep_for(pause_);
    pause_ = std::min(2 * pause_, longest);
  }

 private:
  static constexpr std::chrono::microseconds shortest{20};
  static constexpr std::chrono::microseconds longest{1000};
  std::chrono::microseconds pause_ = shortest;
};

class Worker {
 public:
  Worker(MpiWorld& world, const std::vector<const TaskKind*>& kinds, const Start& start)
      : world_(world),
        kinds_(kinds),
        start_(start),
        origin_(origin_of(start)),
        hand_(start.run_folder, start.epoch, world.rank()),
        reader_(std::filesystem::path(start.run_folder) / "segments"),
        executor_(
            start.seed, Checkpoints(start.run_folder, local_file_system(), origin_), start.checkpoint_seconds,
            hand_, [this](const Key& key) { return fetch(key); }, [this] { return heard_stop(); },
            [this](const Key& key, std::string word) {
              world_.send(0, to_wire(Word{key, std::move(word)}));
            }),
        large_(std::make_unique<SegmentWriter>(origin_)) {
    hand_.note_fatal_signals();
  }

  bool run() {
    link_.emplace(start_.liveness, world_.rank(), [this] {
      if (!leaving_.load()) ::_exit(static_cast<int>(ExitCode::interrupted));
    });
    world_.started();
    Backoff idle;
    while (!quit_) {
      if (take_messages()) idle.reset();
      if (stop_announced()) hand_.told_to_stop();
      if (!grants_.empty()) {
        idle.reset();
        run_next();
        continue;
      }
      publish_large();
      report();
      idle.sleep();
    }
    leaving_.store(true);
    link_.reset();
    return quit_->finalize;
  }

 private:
  /// A group of ranks, over messages that never block: while waiting, the coordinator's word that a member is
  /// gone is heard.
  class WireGroup final : public Group {
   public:
    WireGroup(Worker& worker, std::uint32_t id, std::vector<std::int32_t> members)
        : worker_(worker), id_(id), members_(std::move(members)) {
      for (std::size_t i = 0; i < members_.size(); ++i) {
        if (members_[i] == worker.world_.rank()) rank_ = static_cast<int>(i);
      }
    }
    int rank() const override { return rank_; }
    int size() const override { return static_cast<int>(members_.size()); }

   protected:
    void send(int to, ByteView bytes) override {
      Bytes framed;
      append_value(framed, id_);
      append(framed, bytes);
      worker_.world_.send(members_.at(static_cast<std::size_t>(to)), std::move(framed),
                          MpiWorld::Channel::group);
      worker_.take_messages();
      if (worker_.aborted_group_ == id_) throw GroupBroken();
    }
    Bytes receive(int from) override {
      // Members are in step: what is waited for comes at once, or is under way, which looks move along. Only
      // a member that is late is waited for asleep.
      constexpr std::chrono::milliseconds awake{2};
      const auto patience = Clock::now() + awake;
      for (Backoff idle;;) {
        if (auto bytes = arrived(from)) return *std::move(bytes);
        if (worker_.world_.transferring() || Clock::now() < patience) {
          std::this_thread::yield();
        } else {
          idle.sleep();
        }
      }
    }
    std::optional<Bytes> arrived(int from) override {
      const int peer = members_.at(static_cast<std::size_t>(from));
      const auto find = [&]() -> std::optional<Bytes> {
        auto& box = worker_.group_messages_;
        for (auto it = box.begin(); it != box.end(); ++it) {
          if (it->from != peer || ByteReader(it->bytes).value<std::uint32_t>() != id_) continue;
          Bytes bytes(it->bytes.begin() + sizeof(id_), it->bytes.end());
          box.erase(it);
          return bytes;
        }
        return std::nullopt;
      };
      if (auto bytes = find()) return bytes;
      worker_.take_messages();
      if (worker_.aborted_group_ == id_) throw GroupBroken();
      return find();
    }
    void flush() override {
      while (worker_.world_.sends_pending()) {
        worker_.take_messages();
        if (worker_.aborted_group_ == id_) throw GroupBroken();
      }
    }

   private:
    Worker& worker_;
    std::uint32_t id_;
    std::vector<std::int32_t> members_;
    int rank_ = 0;
  };

  static Origin origin_of(const Start& start) {
    Origin origin = this_origin();
    origin.seed = start.seed;
    origin.isa = start.isa;
    return origin;
  }

  bool take_messages() {
    bool any = false;
    while (auto message = world_.receive()) {
      any = true;
      if (message->channel == MpiWorld::Channel::group) {
        group_messages_.push_back(*std::move(message));
        continue;
      }
      auto wire = from_wire(message->bytes);
      if (auto* grant = std::get_if<Grant>(&wire)) {
        auto dependencies = std::make_shared<Dependencies>();
        for (auto& dependency : grant->dependencies) {
          const auto key = dependency.key;
          dependencies->emplace(key, std::move(dependency));
        }
        for (auto& item : grant->items) {
          const auto* kind = kinds_.at(item.kind);
          grants_.push_back({{item.key, kind, std::move(item.input), item.isolate},
                             grant->group,
                             grant->members,
                             dependencies});
        }
        if (stopping_) give_back_unbegun();
      } else if (std::holds_alternative<Stop>(wire)) {
        stopping_ = true;
        hand_.told_to_stop();
        give_back_unbegun();
      } else if (const auto* abort = std::get_if<AbortGroup>(&wire)) {
        aborted_group_ = abort->group;
        std::erase_if(grants_, [&](const Granted& granted) { return granted.group == abort->group; });
      } else if (const auto* quit = std::get_if<Quit>(&wire)) {
        quit_ = *quit;
        hand_.told_to_stop();
      }
    }
    return any;
  }

  /// Asked by a running task at its checkpoints: messages move only when someone looks.
  bool heard_stop() {
    take_messages();
    return stopping_;
  }

  void give_back_unbegun() {
    // A group's task is begun by all or by none; the others may have begun.
    std::erase_if(grants_, [&](const Granted& granted) {
      if (granted.group != 0) return false;
      report_.returned.push_back(granted.assignment.key);
      return true;
    });
  }

  /// What the task in hand may read: its grant brought all of it along.
  Bytes fetch(const Key& key) {
    const auto found = dependencies_->find(key);
    if (found == dependencies_->end())
      throw Error("task reads result " + key.hex() + ", which its input does not name");
    if (!found->second.stored) return found->second.output;
    return reader_.output(found->second.address.segment, found->second.address.row);
  }

  void run_next() {
    const auto granted = std::move(grants_.front());
    grants_.pop_front();
    const auto& assignment = granted.assignment;
    dependencies_ = granted.dependencies;
    bool reports_output = true;
    Outcome outcome;
    if (granted.group == 0) {
      outcome = executor_.execute(assignment, sole_);
    } else {
      WireGroup group(*this, granted.group, granted.members);
      outcome = executor_.execute(assignment, group);
      reports_output = group.rank() == 0;
      outcome.cpu_seconds *= static_cast<float>(group.size());  // members have equal shares
      report_.group_ended = granted.group;
      std::erase_if(group_messages_, [&](const auto& message) {
        return ByteReader(message.bytes).template value<std::uint32_t>() == granted.group;
      });
    }
    if (reports_output) {
      if (outcome.status == OutcomeStatus::done && outcome.output.size() > large_output) {
        RowProvenance provenance{outcome.wall_seconds, outcome.cpu_seconds,
                                 static_cast<std::uint32_t>(world_.rank()), 0};
        large_->add(assignment.kind->identity, outcome.key, assignment.input, outcome.output, provenance);
        large_seconds_[outcome.key] = {outcome.wall_seconds, outcome.cpu_seconds};
      } else {
        report_.outcomes.push_back(std::move(outcome));
      }
    }
    constexpr std::chrono::milliseconds between{50};
    const bool publish = large_->rows() > 0 && (Clock::now() - last_publication_ > std::chrono::seconds(1) ||
                                                large_->bytes() > (std::size_t{8} << 20U));
    if (publish) publish_large();
    if (publish || granted.group != 0 || grants_.empty() || Clock::now() - last_report_ > between) report();
  }

  void publish_large() {
    if (large_->rows() == 0) return;
    const auto full = std::exchange(large_, std::make_unique<SegmentWriter>(origin_));
    SegmentHeader header;
    header.epoch = start_.epoch;
    header.rank = world_.rank();
    header.sequence = sequence_++;
    PublishedSegment published{header.file_name(), full->keys(), {}, {}};
    publish_file(local_file_system(), std::filesystem::path(start_.run_folder) / "segments" / published.name,
                 full->finish(header));
    for (const auto& key : published.keys) {
      const auto& [wall, cpu] = large_seconds_.at(key);
      published.wall_seconds.push_back(wall);
      published.cpu_seconds.push_back(cpu);
    }
    large_seconds_.clear();
    report_.published.push_back(std::move(published));
    last_publication_ = Clock::now();
  }

  void report() {
    if (report_.outcomes.empty() && report_.published.empty() && report_.returned.empty() &&
        report_.group_ended == 0) {
      return;
    }
    world_.send(0, to_wire(std::exchange(report_, {})));
    if (link_) link_->nudge();
    last_report_ = Clock::now();
    // A long task may come next, and MPI moves nothing while it runs.
    for (int i = 0; i < 200 && world_.sends_pending(); ++i) {
      take_messages();
      if (world_.sends_pending()) std::this_thread::sleep_for(std::chrono::microseconds(10));
    }
  }

  /// The earlier results that a grant's tasks read.
  using Dependencies = std::unordered_map<Key, Dependency>;
  struct Granted {
    Assignment assignment;
    std::uint32_t group = 0;
    std::vector<std::int32_t> members;
    std::shared_ptr<const Dependencies> dependencies;  ///< shared by the grant's tasks
  };

  MpiWorld& world_;
  const std::vector<const TaskKind*>& kinds_;
  Start start_;
  Origin origin_;
  Hand hand_;
  RowReader reader_;
  Executor executor_;
  SoleGroup sole_;
  std::optional<LivenessLink> link_;
  std::atomic<bool> leaving_{false};
  std::deque<Granted> grants_;
  std::list<MpiWorld::Message> group_messages_;
  std::uint32_t aborted_group_ = 0;
  std::shared_ptr<const Dependencies> dependencies_;  ///< of the task in hand
  WorkerReport report_;
  Clock::time_point last_report_;
  std::unique_ptr<SegmentWriter> large_;
  std::unordered_map<Key, std::pair<float, float>> large_seconds_;  ///< wall and CPU time
  std::int64_t sequence_ = 0;
  Clock::time_point last_publication_;
  bool stopping_ = false;
  std::optional<Quit> quit_;
};

}  // namespace

bool work(MpiWorld& world, const std::vector<const TaskKind*>& kinds) {
  const auto seat = this_seat();
  world.send(0, to_wire(Hello{seat, this_origin().cpu, instruction_sets().best()}));
  Backoff idle;
  for (;;) {
    const auto message = world.receive();
    if (!message) {
      idle.sleep();
      continue;
    }
    const auto wire = from_wire(message->bytes);
    if (const auto* start = std::get_if<Start>(&wire)) {
      instruction_sets().limit(start->isa);
      take_share(seat, start->share);  // before there are threads that compute
      return Worker(world, kinds, *start).run();
    }
    if (const auto* quit = std::get_if<Quit>(&wire)) return quit->finalize;
  }
}

}  // namespace reprise
