// What a kill costs: rows appended to one HDF5 file in place, beside segments. A child process writes as fast
// as it can and is killed (SIGKILL) at a random moment; its parent then opens what is there and reads all of
// it. Prints a table in Markdown. kill_record [--runs=N] [--longest_ms=N]
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <functional>
#include <random>
#include <thread>

#include "compare.hpp"
#include "empty_rows.hpp"
#include "pipeline/base/errors.hpp"
#include "pipeline/run/verify.hpp"
#include "pipeline/store/store.hpp"
#include "program.hpp"
#include "row_table.hpp"

namespace {

using namespace reprise::bench;
namespace fs = std::filesystem;

/// Rows that the writer was told are written, in memory that outlives it.
class Told {
 public:
  Told()
      : rows_(static_cast<std::atomic<std::uint64_t>*>(
            ::mmap(nullptr, sizeof(*rows_), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {
    if (rows_ == MAP_FAILED) throw std::runtime_error("cannot share memory");
  }
  Told(const Told&) = delete;
  Told& operator=(const Told&) = delete;
  ~Told() { ::munmap(rows_, sizeof(*rows_)); }
  std::atomic<std::uint64_t>& rows() { return *rows_; }

 private:
  std::atomic<std::uint64_t>* rows_;
};

struct Survey {
  std::size_t files = 0;
  std::size_t damaged = 0;
  std::uint64_t kept = 0;
};

std::string grouped(std::uint64_t number) {
  auto text = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
    text.insert(static_cast<std::size_t>(at), ",");
  }
  return text;
}

/// One way to store rows: writes until killed, and looks afterwards at what is left.
struct Method {
  std::string name;
  std::function<void(const fs::path& folder, std::atomic<std::uint64_t>& told)> write;
  std::function<Survey(const fs::path& folder)> survey;
};

Row row_of(std::uint64_t i) {
  return {i * 0x9e3779b97f4a7c15U, ~i, i, 0.5 * static_cast<double>(i), 1e-6F, 1e-6F, 1, 0};
}

/// `flush_every` rows; 0: never.
Method appended_file(std::string name, std::uint64_t flush_every, RowTable::Mode mode) {
  return {std::move(name),
          [=](const fs::path& folder, std::atomic<std::uint64_t>& told) {
            RowTable table(folder / "results.h5", mode);
            for (std::uint64_t i = 0;; ++i) {
              table.append(row_of(i));
              if (flush_every == 0) {
                told = i + 1;
              } else if ((i + 1) % flush_every == 0) {
                table.flush();
                told = i + 1;
              }
            }
          },
          [=](const fs::path& folder) {
            Survey survey;
            if (!fs::exists(folder / "results.h5")) return survey;
            survey.files = 1;
            try {
              for (const auto& row : RowTable::read(folder / "results.h5", mode)) {
                const auto expected = row_of(survey.kept);
                // The last rows may be there and not yet written.
                if (row.i != expected.i || row.key_low != expected.key_low) break;
                ++survey.kept;
              }
            } catch (const std::runtime_error&) {
              survey.damaged = 1;
              survey.kept = 0;
            }
            return survey;
          }};
}

Method segments(std::uint64_t rows_a_segment) {
  return {fmt::format("segments of {} rows", grouped(rows_a_segment)),
          [=](const fs::path& folder, std::atomic<std::uint64_t>& told) {
            const EmptyRows empty("avx2");
            reprise::Store store(folder, reprise::local_file_system());
            reprise::local_file_system().create_folders(store.segments_folder());
            reprise::SegmentHeader header;
            header.epoch = 1;
            for (;; ++header.sequence) {
              reprise::SegmentWriter segment(empty.origin());
              empty.add_to(segment, told, rows_a_segment);
              store.publish(segment, header);
              told += rows_a_segment;
            }
          },
          [](const fs::path& folder) {
            Survey survey;
            for (const auto& name : reprise::list_segments(folder / "segments")) {
              ++survey.files;
              try {
                const auto segment = reprise::Segment::open_verified(folder / "segments" / name);
                reprise::for_each_row(segment, [&](auto&&...) { ++survey.kept; });
              } catch (const reprise::DamagedFile&) {
                ++survey.damaged;
              }
            }
            return survey;
          }};
}

struct Record {
  Survey sum;
  std::uint64_t told = 0;
  std::uint64_t lost = 0;
};

Record kill_again_and_again(const Method& method, std::size_t runs, double longest_ms) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> after(0.1 * longest_ms, longest_ms);
  Record record;
  for (std::size_t run = 0; run < runs; ++run) {
    const ScratchFolder folder;
    Told told;
    const pid_t child = ::fork();
    if (child < 0) throw std::runtime_error("cannot fork");
    if (child == 0) {
      method.write(folder.path(), told.rows());
      ::_exit(1);
    }
    std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(after(random)));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (!WIFSIGNALED(status)) throw std::runtime_error(method.name + ": the writer ended by itself");
    const auto survey = method.survey(folder.path());
    record.sum.files += survey.files;
    record.sum.damaged += survey.damaged;
    record.sum.kept += survey.kept;
    record.told += told.rows();
    record.lost += told.rows() > survey.kept ? told.rows() - survey.kept : 0;
  }
  return record;
}

}  // namespace

int main(int argc, char** argv) {
  const auto runs = take_option(argc, argv, "runs", 40);
  const auto longest_ms = static_cast<double>(take_option(argc, argv, "longest_ms", 500));
  if (argc > 1) {
    fmt::print(stderr, "kill_record: there is no option {}\n", argv[1]);
    return 2;
  }
  const std::vector<Method> methods{
      appended_file("one HDF5 file, appended to", 0, RowTable::Mode::plain),
      appended_file("the same, flushed every 100 rows", 100, RowTable::Mode::plain),
      appended_file("the same, flushed, in SWMR mode", 100, RowTable::Mode::swmr), segments(1000)};
  fmt::print("| {} kills each | files | damaged | rows reported as written | of these lost | rows kept |\n",
             runs);
  fmt::print("| --- | ---: | ---: | ---: | ---: | ---: |\n");
  bool kept_promise = true;
  for (const auto& method : methods) {
    const auto record = kill_again_and_again(method, runs, longest_ms);
    fmt::print("| {} | {} | {} | {} | {} | {} |\n", method.name, grouped(record.sum.files),
               grouped(record.sum.damaged), grouped(record.told), grouped(record.lost),
               grouped(record.sum.kept));
    std::fflush(stdout);
    if (&method == &methods.back()) kept_promise = record.sum.damaged == 0 && record.lost == 0;
  }
  return kept_promise ? 0 : 1;
}
