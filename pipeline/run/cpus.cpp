#include "pipeline/run/cpus.hpp"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <tuple>

#include "pipeline/base/errors.hpp"

namespace reprise {
namespace {

namespace fs = std::filesystem;

/// Linux refuses a mask that is smaller than its own, however few CPUs there are.
constexpr int most_cpus = 1 << 16;

struct FreeMask {
  void operator()(cpu_set_t* mask) const { CPU_FREE(mask); }
};
using Mask = std::unique_ptr<cpu_set_t, FreeMask>;

Mask empty_mask(std::size_t bytes) {
  Mask mask(CPU_ALLOC(most_cpus));
  if (!mask) throw std::bad_alloc();
  CPU_ZERO_S(bytes, mask.get());
  return mask;
}

std::string first_line(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

int node_of(const fs::path& folder) {
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none)) {
    const auto name = entry.path().filename().string();
    int node = 0;
    const char* end = name.data() + name.size();
    if (name.starts_with("node") && std::from_chars(name.data() + 4, end, node).ptr == end) return node;
  }
  return 0;
}

/// What a thread gets: a core, or a CPU.
struct Place {
  std::vector<int> ids;
  int node = 0;
  int package = 0;
};

std::vector<Place> places_of(const std::vector<Cpu>& cpus, bool whole_cores) {
  std::vector<Place> places;
  int core = -1;
  for (const auto& cpu : cpus) {
    if (!whole_cores || cpu.core != core) places.push_back({{}, cpu.node, cpu.package});
    places.back().ids.push_back(cpu.id);
    core = cpu.core;
  }
  return places;
}

/// How many of `ranks` ranks go to each of the groups, which have room for so many; as evenly as can be.
std::vector<std::size_t> spread(std::size_t ranks, const std::vector<std::size_t>& room) {
  std::vector<std::size_t> count(room.size());
  for (; ranks > 0; --ranks) {
    std::size_t best = room.size();
    for (std::size_t i = 0; i < room.size(); ++i) {
      if (count[i] == room[i]) continue;
      if (best == room.size() || count[i] * room[best] < count[best] * room[i]) best = i;
    }
    if (best == room.size()) break;
    ++count[best];
  }
  return count;
}

}  // namespace

std::vector<int> allowed_cpus() {
  const auto bytes = CPU_ALLOC_SIZE(most_cpus);
  const auto mask = empty_mask(bytes);
  std::vector<int> ids;
  if (::sched_getaffinity(0, bytes, mask.get()) != 0) return ids;
  for (int id = 0; id < most_cpus; ++id) {
    if (CPU_ISSET_S(static_cast<std::size_t>(id), bytes, mask.get())) ids.push_back(id);
  }
  return ids;
}

bool use_cpus(const std::vector<int>& ids) {
  const auto bytes = CPU_ALLOC_SIZE(most_cpus);
  const auto mask = empty_mask(bytes);
  for (const int id : ids) CPU_SET_S(static_cast<std::size_t>(id), bytes, mask.get());
  return ::sched_setaffinity(0, bytes, mask.get()) == 0;
}

std::string cpu_list(const std::vector<int>& ids) {
  std::string text;
  for (std::size_t i = 0; i < ids.size();) {
    std::size_t last = i;
    while (last + 1 < ids.size() && ids[last + 1] == ids[last] + 1) ++last;
    text += fmt::format("{}{}", text.empty() ? "" : ",", ids[i]);
    if (last > i) text += fmt::format("-{}", ids[last]);
    i = last + 1;
  }
  return text;
}

std::vector<int> read_cpu_list(const std::string& text) {
  std::vector<int> ids;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    int first = 0;
    auto read = std::from_chars(at, end, first);
    int last = first;
    if (read.ec == std::errc{} && read.ptr != end && *read.ptr == '-')
      read = std::from_chars(read.ptr + 1, end, last);
    if (read.ec != std::errc{} || first < 0 || last < first || last >= most_cpus) return {};
    for (int id = first; id <= last; ++id) ids.push_back(id);
    if (read.ptr != end && *read.ptr != ',') return {};
    at = read.ptr == end ? end : read.ptr + 1;
  }
  return ids;
}

std::vector<Cpu> locate(const std::vector<int>& ids, const fs::path& devices) {
  std::vector<Cpu> cpus;
  for (const int id : ids) {
    const auto folder = devices / fmt::format("cpu{}", id);
    const auto siblings = read_cpu_list(first_line(folder / "topology/thread_siblings_list"));
    const auto package = read_cpu_list(first_line(folder / "topology/physical_package_id"));
    cpus.push_back({id, siblings.empty() ? id : siblings.front(), node_of(folder),
                    package.empty() ? 0 : package.front()});
  }
  return cpus;
}

std::size_t count_cores(const std::vector<Cpu>& cpus) {
  std::set<int> cores;
  for (const auto& cpu : cpus) cores.insert(cpu.core);
  return cores.size();
}

std::vector<std::vector<int>> share_out(std::vector<Cpu> cpus, int ranks, int threads) {
  expects(ranks > 0 && threads > 0, "ranks and threads to find CPUs for");
  const auto wanted = static_cast<std::size_t>(ranks) * static_cast<std::size_t>(threads);
  if (wanted > cpus.size()) return {};
  std::sort(cpus.begin(), cpus.end(), [](const Cpu& a, const Cpu& b) {
    return std::tie(a.package, a.node, a.core, a.id) < std::tie(b.package, b.node, b.core, b.id);
  });
  const auto places = places_of(cpus, wanted <= count_cores(cpus));

  // What fits in a NUMA node goes there; of what is left over in the nodes of a socket more ranks are made,
  // then of what is left over in all. A socket loses nothing by this: its nodes' remainders add up.
  using Group = std::pair<int, int>;
  constexpr std::size_t levels = 3;
  const auto group_at = [](std::size_t level, const Place& place) {
    return Group(level < 2 ? place.package : 0, level < 1 ? place.node : 0);
  };
  const auto size = static_cast<std::size_t>(threads);
  auto left = static_cast<std::size_t>(ranks);
  std::vector<bool> taken(places.size());
  std::vector<std::vector<std::size_t>> chosen;  // places of each rank
  for (std::size_t level = 0; level < levels; ++level) {
    std::map<Group, std::vector<std::size_t>> groups;
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (!taken[i]) groups[group_at(level, places[i])].push_back(i);
    }
    std::vector<std::size_t> room;
    for (const auto& [group, members] : groups) room.push_back(members.size() / size);
    const auto counts = spread(left, room);
    auto count = counts.begin();
    for (const auto& [group, members] : groups) {
      auto next = members.begin();
      for (std::size_t n = *count++; n > 0; --n, --left) {
        chosen.emplace_back(next, next + threads);
        next += threads;
        for (const auto i : chosen.back()) taken[i] = true;
      }
    }
  }
  std::sort(chosen.begin(), chosen.end());
  std::vector<std::vector<int>> shares;
  for (const auto& mine : chosen) {
    auto& ids = shares.emplace_back();
    for (const auto i : mine) ids.insert(ids.end(), places[i].ids.begin(), places[i].ids.end());
    std::sort(ids.begin(), ids.end());
  }
  return shares;
}

}  // namespace reprise
