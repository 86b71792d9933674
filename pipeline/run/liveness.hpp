#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "pipeline/base/bytes.hpp"

namespace reprise {

/// Tells at once when a rank dies, which MPI does not: every worker keeps a TCP connection to the
/// coordinator. When a process ends, however it ends, its system closes the connection; when its host
/// vanishes, keep-alive does. A worker also nudges the coordinator over it, which MPI can't wake.
class LivenessHub {
 public:
  /// Listens on the loopback interface when all ranks are on one host, else on all interfaces.
  explicit LivenessHub(bool one_host);
  ~LivenessHub();
  LivenessHub(const LivenessHub&) = delete;
  LivenessHub& operator=(const LivenessHub&) = delete;

  /// What a worker needs to connect.
  struct Address {
    std::vector<std::string> hosts;  ///< to be tried in turn
    std::uint16_t port = 0;
    std::uint64_t token = 0;  ///< strangers don't know it
  };
  const Address& address() const { return address_; }
  /// Becomes readable when there is something for poll().
  int descriptor() const { return epoll_; }
  /// Accepts connections; calls lost(rank) once for each whose process has ended without taking its leave,
  /// and left(rank) for each that has taken it. Whether anyone nudged.
  bool poll(
      const std::function<void(int rank)>& lost, const std::function<void(int rank)>& left = [](int) {});
  std::size_t connected() const { return ranks_.size(); }
  /// The ranks that are.
  std::set<int> watched() const;

 private:
  void accept_all();
  void hear(int descriptor, ByteView said, const std::function<void(int rank)>& left);
  int listener_ = -1;
  int epoll_ = -1;
  Address address_;
  std::unordered_map<int, int> ranks_;  ///< by descriptor
  std::unordered_map<int, Bytes> strangers_;
  bool nudged_ = false;
};

/// The worker's end: when the coordinator is gone, so is this process, at once.
class LivenessLink {
 public:
  /// Connects and starts watching. Throws Error when the coordinator can't be reached.
  LivenessLink(const LivenessHub::Address& address, int rank, std::function<void()> on_loss);
  ~LivenessLink();
  LivenessLink(const LivenessLink&) = delete;
  LivenessLink& operator=(const LivenessLink&) = delete;

  /// From now on the end of either side is no loss to the other.
  void take_leave();
  /// There is a message for the coordinator.
  void nudge() const;

 private:
  int socket_ = -1;
  std::atomic<bool> left_{false};
  std::thread watcher_;
};

}  // namespace reprise
