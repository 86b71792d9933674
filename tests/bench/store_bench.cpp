// The store: rows written to segments and read back with every byte checked and every key indexed, beside one
// HDF5 file with a data set a task and one with a table that grows by a row a task. All end with an fsync.
// bench_store [--rows=N] [--rows_a_segment=N] [--stored=N]
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <hdf5.h>
#include <unistd.h>

#include "compare.hpp"
#include "empty_rows.hpp"
#include "pipeline/store/store.hpp"
#include "program.hpp"
#include "resume_bench.hpp"
#include "row_table.hpp"

namespace {

using namespace reprise::bench;
namespace fs = std::filesystem;

constexpr double kRowBytes = sizeof(Row);

void count_rows(benchmark::State& state, std::size_t rows, std::uintmax_t file_bytes) {
  const auto count = static_cast<double>(rows);
  state.counters["rows/s"] = benchmark::Counter(count, benchmark::Counter::kIsIterationInvariantRate);
  state.counters["MB/s"] =
      benchmark::Counter(kRowBytes * count / 1e6, benchmark::Counter::kIsIterationInvariantRate);
  state.counters["file bytes a row"] = static_cast<double>(file_bytes) / count;
}

void sync(const fs::path& file) {
  const int opened = ::open(file.c_str(), O_RDONLY);
  if (opened < 0 || ::fsync(opened) != 0) throw std::runtime_error("cannot sync " + file.string());
  ::close(opened);
}

void segments_write(benchmark::State& state, const StoreSizes& sizes) {
  const EmptyRows empty("avx2");
  std::uint64_t bytes = 0;
  for (auto _ : state) {
    const ScratchFolder folder;
    bytes = publish_rows(folder.path(), empty, 0, sizes.rows, sizes.rows_a_segment);
  }
  count_rows(state, sizes.rows, bytes);
}

/// Checking every byte and indexing every key, as a start does.
void segments_scan(benchmark::State& state, const StoreSizes& sizes) {
  const ScratchFolder folder;
  const auto bytes = publish_rows(folder.path(), EmptyRows("avx2"), 0, sizes.rows, sizes.rows_a_segment);
  for (auto _ : state) {
    reprise::Store store(folder.path(), reprise::local_file_system());
    const auto scan = store.scan();
    if (store.size() != sizes.rows || !scan.damaged.empty()) state.SkipWithError("rows are missing");
  }
  count_rows(state, sizes.rows, bytes);
}

Row row_of(std::uint64_t i) {
  return {i * 0x9e3779b97f4a7c15U, ~i, i, 0.5 * static_cast<double>(i), 1e-6F, 1e-6F, 1, 0};
}

void write_table(const fs::path& file, std::size_t rows) {
  RowTable table(file);
  for (std::uint64_t i = 0; i < rows; ++i) table.append(row_of(i));
  table.close();
  sync(file);
}

void row_a_task_write(benchmark::State& state, const StoreSizes& sizes) {
  std::uintmax_t bytes = 0;
  for (auto _ : state) {
    const ScratchFolder folder;
    write_table(folder.path() / "results.h5", sizes.rows);
    bytes = fs::file_size(folder.path() / "results.h5");
  }
  count_rows(state, sizes.rows, bytes);
}

/// HDF5 checks fletcher32; nothing is indexed.
void row_a_task_read(benchmark::State& state, const StoreSizes& sizes) {
  const ScratchFolder folder;
  const auto file = folder.path() / "results.h5";
  write_table(file, sizes.rows);
  for (auto _ : state) {
    if (RowTable::read(file).size() != sizes.rows) state.SkipWithError("rows are missing");
  }
  count_rows(state, sizes.rows, fs::file_size(file));
}

/// A data set a task, named by its number: what h5py's file[name] = result does.
void write_datasets(const fs::path& path, std::size_t rows) {
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const hsize_t length = sizeof(Row) / 8;
  const hid_t space = H5Screate_simple(1, &length, nullptr);
  for (std::uint64_t i = 0; i < rows; ++i) {
    const Row row = row_of(i);
    const hid_t dataset = H5Dcreate2(file, fmt::format("task{}", i).c_str(), H5T_NATIVE_UINT64, space,
                                     H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(dataset, H5T_NATIVE_UINT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, &row);
    H5Dclose(dataset);
  }
  H5Sclose(space);
  if (H5Fclose(file) < 0) throw std::runtime_error("cannot close " + path.string());
  sync(path);
}

void data_set_a_task_write(benchmark::State& state, const StoreSizes& sizes) {
  const auto rows = std::max<std::size_t>(sizes.rows / 20, 1);
  std::uintmax_t bytes = 0;
  for (auto _ : state) {
    const ScratchFolder folder;
    write_datasets(folder.path() / "results.h5", rows);
    bytes = fs::file_size(folder.path() / "results.h5");
  }
  count_rows(state, rows, bytes);
}

void data_set_a_task_read(benchmark::State& state, const StoreSizes& sizes) {
  const auto rows = std::max<std::size_t>(sizes.rows / 20, 1);
  const ScratchFolder folder;
  const auto path = folder.path() / "results.h5";
  write_datasets(path, rows);
  for (auto _ : state) {
    const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    for (std::uint64_t i = 0; i < rows; ++i) {
      Row row;
      const hid_t dataset = H5Dopen2(file, fmt::format("task{}", i).c_str(), H5P_DEFAULT);
      H5Dread(dataset, H5T_NATIVE_UINT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, &row);
      H5Dclose(dataset);
      if (row.i != i) state.SkipWithError("a row is wrong");
    }
    H5Fclose(file);
  }
  count_rows(state, rows, fs::file_size(path));
}

}  // namespace

int main(int argc, char** argv) {
  StoreSizes sizes;
  sizes.rows = take_option(argc, argv, "rows", sizes.rows);
  sizes.rows_a_segment = take_option(argc, argv, "rows_a_segment", sizes.rows_a_segment);
  sizes.stored = take_option(argc, argv, "stored", sizes.stored);
  const auto add = [&sizes](const char* name, void (*function)(benchmark::State&, const StoreSizes&)) {
    return benchmark::RegisterBenchmark(name, function, sizes);
  };
  add("segments_write", segments_write)->UseRealTime()->Unit(benchmark::kMillisecond);
  add("data_set_a_task_write", data_set_a_task_write)->UseRealTime()->Unit(benchmark::kMillisecond);
  add("row_a_task_write", row_a_task_write)->UseRealTime()->Unit(benchmark::kMillisecond);
  add("segments_scan", segments_scan)->UseRealTime()->Unit(benchmark::kMillisecond);
  add("data_set_a_task_read", data_set_a_task_read)->UseRealTime()->Unit(benchmark::kMillisecond);
  add("row_a_task_read", row_a_task_read)->UseRealTime()->Unit(benchmark::kMillisecond);
  add("resume", resume)
      ->UseManualTime()
      ->Iterations(1)
      ->Unit(benchmark::kSecond)
      ->Arg(static_cast<std::int64_t>(1'000'000))
      ->Arg(static_cast<std::int64_t>(10'000));
  return run_and_compare(
      argc, argv,
      {{"rows written, beside a data set a task", "segments_write", "data_set_a_task_write", "rows/s"},
       {"rows written, beside a row a task", "segments_write", "row_a_task_write", "rows/s"},
       {"rows read, beside a data set a task", "segments_scan", "data_set_a_task_read", "rows/s"},
       {"rows read, beside a row a task", "segments_scan", "row_a_task_read", "rows/s"}});
}
