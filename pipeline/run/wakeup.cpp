#include "pipeline/run/wakeup.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include "pipeline/base/errors.hpp"

namespace reprise {

Wakeup::Wakeup() : event_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (event_ < 0) throw Error(std::string("cannot make an eventfd: ") + std::strerror(errno));
}

Wakeup::~Wakeup() {
  ::close(event_);
}

void Wakeup::notify() noexcept {
  pending_.store(true);
  if (!sleeping_.load()) return;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(event_, &one, sizeof(one));
}

void Wakeup::sleep(std::chrono::nanoseconds longest, int watched) {
  sleeping_.store(true);
  // A notify between the check and the poll finds sleeping_ set and leaves an event behind.
  if (!pending_.load() && longest.count() > 0) {
    std::array<pollfd, 2> descriptors{pollfd{event_, POLLIN, 0}, pollfd{watched, POLLIN, 0}};
    const timespec limit{static_cast<time_t>(longest.count() / 1'000'000'000),
                         static_cast<long>(longest.count() % 1'000'000'000)};
    ::ppoll(descriptors.data(), watched < 0 ? 1 : 2, &limit, nullptr);
  }
  sleeping_.store(false);
  pending_.store(false);
  std::uint64_t count = 0;
  [[maybe_unused]] const auto got = ::read(event_, &count, sizeof(count));
}

}  // namespace reprise
