#include "pipeline/run/liveness.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

#include "pipeline/base/errors.hpp"

namespace reprise {
namespace {

struct Greeting {
  std::uint64_t token = 0;
  std::int64_t rank = 0;
};

constexpr std::byte kFarewell{0};
constexpr std::byte kNudge{1};

[[noreturn]] void fail(std::string_view what) {
  throw Error(fmt::format("cannot {} for watching over ranks: {}", what, std::strerror(errno)));
}

void keep_alive(int socket) {
  const int on = 1;
  const int idle = 15;
  const int interval = 5;
  const int probes = 3;
  ::setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
  ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
  ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof(interval));
  ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof(probes));
}

/// One descriptor a rank: the soft limit of 1,024 would not do for a large run.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
}

}  // namespace

LivenessHub::LivenessHub(bool one_host) {
  raise_descriptor_limit();
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (listener_ < 0) fail("make a socket");
  sockaddr_in any{};
  any.sin_family = AF_INET;
  any.sin_addr.s_addr = htonl(one_host ? INADDR_LOOPBACK : INADDR_ANY);
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&any), sizeof(any)) != 0) fail("bind a port");
  if (::listen(listener_, 4096) != 0) fail("listen");
  socklen_t length = sizeof(any);
  if (::getsockname(listener_, reinterpret_cast<sockaddr*>(&any), &length) != 0) fail("name a port");
  address_.port = ntohs(any.sin_port);
  if (::getrandom(&address_.token, sizeof(address_.token), 0) != sizeof(address_.token)) fail("draw a token");
  if (!one_host) {
    char name[256] = {};
    ::gethostname(name, sizeof(name) - 1);
    address_.hosts.emplace_back(name);
  }
  address_.hosts.emplace_back("127.0.0.1");
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = listener_;
  if (epoll_ < 0 || ::epoll_ctl(epoll_, EPOLL_CTL_ADD, listener_, &event) != 0) fail("poll");
}

LivenessHub::~LivenessHub() {
  for (const auto& [descriptor, rank] : ranks_) ::close(descriptor);
  for (const auto& [descriptor, bytes] : strangers_) ::close(descriptor);
  ::close(listener_);
  ::close(epoll_);
}

void LivenessHub::accept_all() {
  for (;;) {
    const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (descriptor < 0) return;
    keep_alive(descriptor);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = descriptor;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event);
    strangers_[descriptor] = {};
  }
}

std::set<int> LivenessHub::watched() const {
  std::set<int> found;
  for (const auto& [descriptor, rank] : ranks_) found.insert(rank);
  return found;
}

void LivenessHub::hear(int descriptor, ByteView said, const std::function<void(int)>& left) {
  const auto stranger = strangers_.find(descriptor);
  if (stranger != strangers_.end()) {
    append(stranger->second, said);
    if (stranger->second.size() < sizeof(Greeting)) return;
    const Bytes all = std::move(stranger->second);
    strangers_.erase(stranger);
    const auto greeting = ByteReader(all).value<Greeting>();
    if (greeting.token != address_.token) {
      ::close(descriptor);
      return;
    }
    ranks_[descriptor] = static_cast<int>(greeting.rank);
    hear(descriptor, ByteView(all).subspan(sizeof(Greeting)), left);
    return;
  }
  if (std::ranges::find(said, kFarewell) != said.end()) {
    const auto leaving = ranks_.extract(descriptor);
    ::close(descriptor);
    left(leaving.mapped());
  } else {
    nudged_ |= !said.empty();
  }
}

bool LivenessHub::poll(const std::function<void(int)>& lost, const std::function<void(int)>& left) {
  std::array<epoll_event, 64> events{};
  for (;;) {
    const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 0);
    if (count <= 0) return std::exchange(nudged_, false);
    for (int i = 0; i < count; ++i) {
      const int descriptor = events[static_cast<std::size_t>(i)].data.fd;
      if (descriptor == listener_) {
        accept_all();
        continue;
      }
      std::array<std::byte, 64> buffer{};
      const auto got = ::recv(descriptor, buffer.data(), buffer.size(), 0);
      if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
      if (got > 0) {
        hear(descriptor, ByteView(buffer).first(static_cast<std::size_t>(got)), left);
        continue;
      }
      const auto known = ranks_.extract(descriptor);
      strangers_.erase(descriptor);
      ::close(descriptor);
      if (!known.empty()) lost(known.mapped());
    }
  }
}

LivenessLink::LivenessLink(const LivenessHub::Address& address, int rank, std::function<void()> on_loss) {
  for (const auto& host : address.hosts) {
    addrinfo hints{};
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host.c_str(), std::to_string(address.port).c_str(), &hints, &found) != 0) continue;
    for (const auto* each = found; each != nullptr && socket_ < 0; each = each->ai_next) {
      const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      if (socket >= 0 && ::connect(socket, each->ai_addr, each->ai_addrlen) == 0) {
        socket_ = socket;
      } else if (socket >= 0) {
        ::close(socket);
      }
    }
    ::freeaddrinfo(found);
    if (socket_ >= 0) break;
  }
  if (socket_ < 0) {
    throw Error(
        fmt::format("rank {} cannot reach the coordinator on port {} of {}: is a firewall between the nodes?",
                    rank, address.port, address.hosts.front()));
  }
  keep_alive(socket_);
  const Greeting greeting{address.token, rank};
  if (::send(socket_, &greeting, sizeof(greeting), MSG_NOSIGNAL) != sizeof(greeting))
    fail("greet the coordinator");
  watcher_ = std::thread([this, socket = socket_, lost = std::move(on_loss)] {
    char byte = 0;
    ssize_t got = 0;
    do {
      got = ::recv(socket, &byte, 1, 0);
    } while (got > 0 || (got < 0 && errno == EINTR));
    if (!left_.load()) lost();
  });
}

void LivenessLink::take_leave() {
  left_.store(true);
  ::send(socket_, &kFarewell, sizeof(kFarewell), MSG_NOSIGNAL);
}

void LivenessLink::nudge() const {
  ::send(socket_, &kNudge, sizeof(kNudge), MSG_NOSIGNAL | MSG_DONTWAIT);
}

LivenessLink::~LivenessLink() {
  ::shutdown(socket_, SHUT_RDWR);
  watcher_.join();
  ::close(socket_);
}

}  // namespace reprise
