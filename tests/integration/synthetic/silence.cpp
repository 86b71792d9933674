// Ranks that fall silent while a run starts: between MPI's functions and the program, where no task runs yet.
// SYNTHETIC_SILENCE="init 19 /folder 1 2" stops ranks 1 and 2 (signal 19) once MPI_Init is over, "hello" once
// their first message is sent; each but once, of which a file in the folder tells.
#include <fcntl.h>
#include <mpi.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <sstream>
#include <string>

namespace {

void fall_silent(const std::string& here) {
  const char* asked = std::getenv("SYNTHETIC_SILENCE");
  if (asked == nullptr) return;
  std::istringstream words(asked);
  std::string where;
  std::string folder;
  int signal = 0;
  words >> where >> signal >> folder;
  if (where != here) return;
  int own = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &own);
  for (int rank = 0; words >> rank;) {
    const auto file = folder + "/silent" + std::to_string(rank);
    if (rank == own && ::open(file.c_str(), O_CREAT | O_EXCL | O_CLOEXEC, 0600) >= 0)
      ::kill(::getpid(), signal);
  }
}

}  // namespace

extern "C" int MPI_Init_thread(int* argc, char*** argv, int required, int* provided) {
  const int result = PMPI_Init_thread(argc, argv, required, provided);
  fall_silent("init");
  return result;
}

extern "C" int MPI_Isend(const void* buffer, int count, MPI_Datatype type, int to, int tag, MPI_Comm world,
                         MPI_Request* request) {
  const int result = PMPI_Isend(buffer, count, type, to, tag, world, request);
  static bool spoken = false;
  if (!spoken) fall_silent("hello");
  spoken = true;
  return result;
}
