// The loop one writes first, as bench_run's baseline: the manager sends each worker one task a message, waits
// for any result, and appends it as one row to an HDF5 table. mpirun -np 3 plain_manager_worker FILE TASKS
// prints the seconds from the first task to the closed file.
#include <hdf5.h>
#include <mpi.h>

#include <cstdint>
#include <cstdio>
#include <string>

#include "row_table.hpp"

namespace {

constexpr int kTask = 1, kResult = 2, kQuit = 3;

struct Result {
  std::uint64_t i = 0;
  double value = 0;
};

void work() {
  for (;;) {
    Result result;
    MPI_Status status;
    MPI_Recv(&result.i, 1, MPI_UINT64_T, 0, MPI_ANY_TAG, MPI_COMM_WORLD, &status);
    if (status.MPI_TAG == kQuit) return;
    result.value = 0.5 * static_cast<double>(result.i);
    MPI_Send(&result, sizeof(result), MPI_BYTE, 0, kResult, MPI_COMM_WORLD);
  }
}

double manage(const std::string& file, std::uint64_t tasks, int workers) {
  const double start = MPI_Wtime();
  reprise::bench::RowTable table(file);
  std::uint64_t next = 0;
  const auto send_next = [&](int worker) {
    MPI_Send(&next, 1, MPI_UINT64_T, worker, next < tasks ? kTask : kQuit, MPI_COMM_WORLD);
    ++next;
  };
  for (int worker = 1; worker <= workers; ++worker) send_next(worker);
  for (std::uint64_t done = 0; done < tasks; ++done) {
    Result result;
    MPI_Status status;
    MPI_Recv(&result, sizeof(result), MPI_BYTE, MPI_ANY_SOURCE, kResult, MPI_COMM_WORLD, &status);
    send_next(status.MPI_SOURCE);
    table.append(
        {result.i, result.i, result.i, result.value, 0, 0, static_cast<std::uint32_t>(status.MPI_SOURCE), 0});
  }
  table.close();
  return MPI_Wtime() - start;
}

}  // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  int rank = 0, size = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  if (argc != 3 || size < 2) {
    std::fprintf(stderr, "usage: mpirun -np RANKS plain_manager_worker FILE TASKS\n");
    MPI_Abort(MPI_COMM_WORLD, 2);
  }
  if (rank == 0) {
    std::printf("%.6f\n", manage(argv[1], std::stoul(argv[2]), size - 1));
  } else {
    work();
  }
  MPI_Finalize();
  return 0;
}
