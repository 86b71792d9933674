#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace reprise {

/// A CPU as Linux counts them (a hardware thread), and where it is.
struct Cpu {
  int id = 0;
  int core = 0;     ///< the lowest id of the CPUs of its core
  int node = 0;     ///< NUMA node
  int package = 0;  ///< socket
};

/// The CPUs that the calling thread may use: cgroups, Slurm, mpirun and taskset all narrow them. Ascending;
/// empty where the system does not say.
std::vector<int> allowed_cpus();
/// From now on the calling thread, and what it starts, use these only. False when the system refuses.
bool use_cpus(const std::vector<int>& ids);

/// {0, 1, 2, 5} -> "0-2,5", as Linux and taskset write it. `ids`: ascending.
std::string cpu_list(const std::vector<int>& ids);
/// And back. Empty for anything else.
std::vector<int> read_cpu_list(const std::string& text);

/// Where CPUs are. What the system does not tell is taken to be alike: a core each, one node, one socket.
std::vector<Cpu> locate(const std::vector<int>& ids,
                        const std::filesystem::path& devices = "/sys/devices/system/cpu");

std::size_t count_cores(const std::vector<Cpu>& cpus);

/// CPUs for each of `ranks` ranks of `threads` threads, no CPU to two; empty when they don't fit. A thread
/// gets a core with all its CPUs where there are enough cores, else a CPU, neighbours in a core going to the
/// same rank. As few ranks as possible are in two sockets, or in two NUMA nodes; ranks are spread evenly over
/// these, and neighbouring ranks are near to one another. The same for the same arguments, in any order of
/// `cpus`.
std::vector<std::vector<int>> share_out(std::vector<Cpu> cpus, int ranks, int threads);

}  // namespace reprise
