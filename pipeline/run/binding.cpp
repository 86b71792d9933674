#include "pipeline/run/binding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "pipeline/base/batch_job.hpp"
#include "pipeline/base/errors.hpp"
#include "pipeline/run/cpus.hpp"
#include "pipeline/store/lock.hpp"

namespace reprise {
namespace {

std::string text_of(const char* value) {
  return value == nullptr ? "" : value;
}

std::string short_name(const std::string& host) {
  return host.substr(0, host.find('.'));
}

std::string plural(std::int64_t count, const char* what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

/// Why the CPUs that are allowed here may be others' too.
std::string why_shared(const std::string& host, std::size_t allowed) {
  if (batch_job_id().empty()) return "no scheduler says that their CPUs are this run's alone";
  const auto given = text_of(std::getenv("SLURM_CPUS_ON_NODE"));
  const auto node = text_of(std::getenv("SLURMD_NODENAME"));
  if (given.empty() || node.empty()) return "Slurm does not say which CPUs of the node are the job's";
  if (short_name(node) != short_name(host))
    return "Slurm's node and its host have different names, so other nodes may be on the same host";
  if (std::atoll(given.c_str()) != static_cast<long long>(allowed)) {
    return fmt::format("Slurm gave the job {} CPUs of the node, but its processes may use {}", given,
                       allowed);
  }
  return "";
}

/// What becomes of the ranks of one machine.
struct Verdict {
  bool bound = false;
  std::int32_t threads = 0;
  std::string text;
};

Verdict judge(const std::vector<const Seat*>& seats, BindMode mode) {
  const auto& first = *seats.front();
  const auto refuse = [](std::string why) { return Verdict{false, 0, std::move(why)}; };
  if (mode == BindMode::none) return refuse("REPRISE_BIND is none");
  std::int32_t threads = 0;
  for (const auto* seat : seats) {
    if (seat->cpus != first.cpus) return refuse("they were started on CPUs of their own");
    if (seat->threads == 0) return refuse("OMP_NUM_THREADS is not set, so each may use all CPUs");
    threads = std::max(threads, seat->threads);
  }
  for (const auto* seat : seats) {
    if (mode == BindMode::automatic && !seat->may_be_shared.empty())
      return refuse(seat->may_be_shared + "; REPRISE_BIND=cores binds them");
  }
  const auto count = static_cast<std::int64_t>(seats.size());
  const auto cpus = static_cast<std::int64_t>(read_cpu_list(first.cpus).size());
  const auto who = fmt::format("{} of {}", plural(count, "rank"), plural(threads, "thread"));
  if (count * threads > cpus) return refuse(fmt::format("{} do not fit {}", who, plural(cpus, "CPU")));
  // Another run of the same job may be on the other half; where a run has more than half, two would be too
  // many anyhow. And where most cores are idle, binding gains nothing.
  if (mode == BindMode::automatic && 2 * count * threads <= first.cores) {
    return refuse(fmt::format("{} leave half of {} or more to others; REPRISE_BIND=cores binds them", who,
                              plural(first.cores, "core")));
  }
  const auto smt = cpus == first.cores ? "" : fmt::format(" ({})", plural(cpus, "CPU"));
  return {true, threads, fmt::format("{} on {}{}", who, plural(first.cores, "core"), smt)};
}

/// The machines with the same verdict are told of together.
std::string tell(const std::vector<std::pair<Verdict, std::string>>& verdicts) {
  struct Case {
    const Verdict* verdict;
    std::vector<std::string> hosts;
  };
  std::vector<Case> cases;
  for (const auto& [verdict, host] : verdicts) {
    auto found = std::find_if(cases.begin(), cases.end(),
                              [&](const Case& each) { return each.verdict->text == verdict.text; });
    if (found == cases.end()) found = cases.insert(cases.end(), {&verdict, {}});
    found->hosts.push_back(host);
  }
  constexpr std::size_t most_told = 4;
  std::string told;
  for (std::size_t i = 0; i < std::min(cases.size(), most_told); ++i) {
    const auto& [verdict, hosts] = cases[i];
    const auto where = hosts.size() > 1 ? fmt::format("on each of {} hosts", hosts.size())
                                        : fmt::format("on {}", hosts.front());
    told += fmt::format("{}ranks are {}bound to cores {}: {}", i > 0 ? "; " : "",
                        verdict->bound ? "" : "not ", where, verdict->text);
  }
  if (cases.size() > most_told) told += fmt::format("; and {} more cases", cases.size() - most_told);
  return told;
}

}  // namespace

BindMode bind_mode() {
  const auto asked = text_of(std::getenv("REPRISE_BIND"));
  if (asked.empty() || asked == "auto") return BindMode::automatic;
  if (asked == "cores") return BindMode::cores;
  if (asked == "none") return BindMode::none;
  throw UsageError(fmt::format("REPRISE_BIND is \"{}\"; it may be auto, cores or none", asked));
}

Seat this_seat() {
  const auto self = this_process();
  const auto ids = allowed_cpus();
  Seat seat;
  seat.machine = self.boot_id.empty() ? self.host : self.boot_id;
  seat.host = self.host;
  seat.cpus = cpu_list(ids);
  seat.cores = static_cast<std::int32_t>(count_cores(locate(ids)));
  seat.threads = std::max(0, std::atoi(text_of(std::getenv("OMP_NUM_THREADS")).c_str()));
  seat.may_be_shared = why_shared(self.host, ids.size());
  return seat;
}

Seating seat_ranks(const std::vector<std::optional<Seat>>& seats, BindMode mode) {
  Seating seating;
  seating.shares.resize(seats.size());
  std::map<std::string, std::size_t> known;
  std::vector<std::vector<std::size_t>> machines;  // ranks of each, in order
  for (std::size_t rank = 0; rank < seats.size(); ++rank) {
    if (!seats[rank]) continue;
    const auto [found, is_new] = known.emplace(seats[rank]->machine, machines.size());
    if (is_new) machines.emplace_back();
    machines[found->second].push_back(rank);
  }
  std::vector<std::pair<Verdict, std::string>> verdicts;
  for (const auto& ranks : machines) {
    std::vector<const Seat*> here;
    for (const auto rank : ranks) here.push_back(&*seats[rank]);
    const auto verdict = judge(here, mode);
    seating.bound |= verdict.bound;
    for (std::size_t i = 0; i < ranks.size() && verdict.bound; ++i) {
      seating.shares[ranks[i]] = {static_cast<std::int32_t>(i), static_cast<std::int32_t>(ranks.size()),
                                  verdict.threads};
    }
    verdicts.emplace_back(verdict, here.front()->host);
  }
  seating.told = tell(verdicts);
  return seating;
}

std::vector<int> take_share(const Seat& seat, const Share& share) {
  if (share.ranks == 0) return {};
  const auto shares = share_out(locate(read_cpu_list(seat.cpus)), share.ranks, share.threads);
  const auto index = static_cast<std::size_t>(share.index);
  if (index >= shares.size() || !use_cpus(shares[index])) return {};
  return shares[index];
}

}  // namespace reprise
