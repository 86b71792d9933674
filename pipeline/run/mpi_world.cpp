#include "pipeline/run/mpi_world.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

#include "pipeline/base/errors.hpp"

namespace reprise {
namespace {

void check(int result, std::string_view what) {
  if (result == MPI_SUCCESS) return;
  char text[MPI_MAX_ERROR_STRING] = {};
  int length = 0;
  MPI_Error_string(result, text, &length);
  throw Error(fmt::format("MPI cannot {}: {}", what, text));
}

}  // namespace

bool under_mpi() {
  for (const char* variable : {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"}) {
    if (std::getenv(variable) != nullptr) return true;
  }
  return false;
}

MpiWorld::MpiWorld() {
  // Reading another process's memory directly fails for good when that process has died in the middle.
  ::setenv("OMPI_MCA_btl_vader_single_copy_mechanism", "none", 0);
  // A rank that is lost before it could connect to the launcher, or on another host, is waited for in here.
  ::alarm(static_cast<unsigned>(start_patience().count()));
  int provided = 0;
  check(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided), "start");
  ::alarm(0);
  check(MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN), "return errors");
  check(MPI_Comm_rank(MPI_COMM_WORLD, &rank_), "tell the rank");
  check(MPI_Comm_size(MPI_COMM_WORLD, &size_), "tell the number of ranks");
  forgotten_.resize(static_cast<std::size_t>(size_));
}

void MpiWorld::send(int to, Bytes bytes, Channel channel) {
  if (forgotten_[static_cast<std::size_t>(to)]) return;
  expects(bytes.size() < (std::size_t{1} << 31U), "a message has less than 2 GiB");
  sends_.push_back({to, channel, std::move(bytes)});
  auto& transfer = sends_.back();
  const int result = MPI_Isend(transfer.bytes.data(), static_cast<int>(transfer.bytes.size()), MPI_BYTE, to,
                               static_cast<int>(channel), MPI_COMM_WORLD, &transfer.request);
  // A failed send means that the peer is gone; whoever watches for deaths will say so.
  if (result != MPI_SUCCESS) sends_.pop_back();
}

void MpiWorld::progress_sends() {
  for (auto it = sends_.begin(); it != sends_.end();) {
    int done = 0;
    const int result = MPI_Test(&it->request, &done, MPI_STATUS_IGNORE);
    it = done != 0 || result != MPI_SUCCESS ? sends_.erase(it) : std::next(it);
  }
}

std::optional<MpiWorld::Message> MpiWorld::receive() {
  progress_sends();
  for (;;) {
    int there = 0;
    MPI_Message handle = MPI_MESSAGE_NULL;
    MPI_Status status;
    if (MPI_Improbe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &there, &handle, &status) != MPI_SUCCESS ||
        there == 0) {
      break;
    }
    int count = 0;
    MPI_Get_count(&status, MPI_BYTE, &count);
    receives_.push_back(
        {status.MPI_SOURCE, static_cast<Channel>(status.MPI_TAG), Bytes(static_cast<std::size_t>(count))});
    auto& transfer = receives_.back();
    if (MPI_Imrecv(transfer.bytes.data(), count, MPI_BYTE, &handle, &transfer.request) != MPI_SUCCESS) {
      receives_.pop_back();
      continue;
    }
    break;
  }
  // In order of arrival within a peer and channel: a later transfer waits for an earlier one of the same.
  for (auto it = receives_.begin(); it != receives_.end(); ++it) {
    bool behind = false;
    for (auto earlier = receives_.begin(); earlier != it; ++earlier) {
      behind |= earlier->peer == it->peer && earlier->channel == it->channel;
    }
    if (behind) continue;
    int done = 0;
    const int result = MPI_Test(&it->request, &done, MPI_STATUS_IGNORE);
    if (result != MPI_SUCCESS) {
      receives_.erase(it);
      return std::nullopt;
    }
    if (done == 0) continue;
    Message message{it->peer, it->channel, std::move(it->bytes)};
    receives_.erase(it);
    return message;
  }
  return std::nullopt;
}

void MpiWorld::forget(int rank) {
  forgotten_[static_cast<std::size_t>(rank)] = true;
  for (auto* transfers : {&sends_, &receives_}) {
    for (auto it = transfers->begin(); it != transfers->end();) {
      const auto next = std::next(it);
      if (it->peer == rank) abandoned_.splice(abandoned_.end(), *transfers, it);
      it = next;
    }
  }
}

void MpiWorld::finalize() {
  MPI_Finalize();
}

}  // namespace reprise
