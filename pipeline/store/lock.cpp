#include "pipeline/store/lock.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "pipeline/base/batch_job.hpp"
#include "pipeline/base/errors.hpp"

namespace reprise {
namespace {

namespace fs = std::filesystem;

std::string first_line(const char* file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

/// Field 22 of /proc/<pid>/stat; -1 when there is no such process, or only its zombie. Fields are counted
/// after the command's closing parenthesis, because the command may hold spaces.
std::int64_t start_of(std::int64_t pid) {
  const auto line = first_line(fmt::format("/proc/{}/stat", pid).c_str());
  const auto end = line.rfind(')');
  if (end == line.npos) return -1;
  std::istringstream rest(line.substr(end + 1));
  std::string word;
  for (int field = 3; field <= 22; ++field) {
    rest >> word;
    if (field == 3 && (word == "Z" || word == "X")) return -1;
  }
  return rest ? std::strtoll(word.c_str(), nullptr, 10) : -1;
}

std::string host_name() {
  char name[256] = {};
  ::gethostname(name, sizeof(name) - 1);
  return name;
}

std::string holder_text(const Holder& holder) {
  nlohmann::ordered_json json;
  json["epoch"] = holder.epoch;
  json["host"] = holder.host;
  json["boot_id"] = holder.boot_id;
  json["pid"] = holder.pid;
  json["pid_started"] = holder.pid_started;
  json["job_id"] = holder.job_id;
  json["job_restarts"] = holder.job_restarts;
  json["ranks"] = holder.ranks;
  json["command"] = holder.command;
  json["started"] = holder.started;
  json["launch"] = holder.launch;
  json["released"] = holder.released;
  json["exit_code"] = holder.exit_code;
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

double seconds(const timespec& time) {
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// The age of a file by the file system's own clock: hosts' clocks may differ by more than a heartbeat. Falls
/// back to this host's clock where no file can be made (a reader without write permission).
double age_of(const fs::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return 0;
  double now = static_cast<double>(::time(nullptr));
  const auto probe = file.parent_path() / fmt::format(".clock-{}-{}", host_name(), ::getpid());
  if (std::ofstream(probe).put('.').flush()) {
    struct stat fresh {};
    if (::stat(probe.c_str(), &fresh) == 0) now = seconds(fresh.st_mtim);
  }
  std::error_code ignored;
  fs::remove(probe, ignored);
  return std::max(0.0, now - seconds(status.st_mtim));
}

std::int64_t epoch_of(const fs::path& file) {
  const auto stem = file.stem().string();
  if (file.extension() != ".json" || stem.size() < 2 || stem[0] != 'e') return 0;
  return std::strtoll(stem.c_str() + 1, nullptr, 10);
}

fs::path holder_file(const fs::path& run_folder, std::int64_t epoch) {
  return run_folder / "holders" / fmt::format("e{}.json", epoch);
}

}  // namespace

Holder this_process() {
  Holder self;
  self.host = host_name();
  self.boot_id = first_line("/proc/sys/kernel/random/boot_id");
  self.pid = ::getpid();
  self.pid_started = start_of(self.pid);
  self.job_id = batch_job_id();
  if (const char* restarts = std::getenv("SLURM_RESTART_COUNT")) self.job_restarts = std::atoi(restarts);
  self.started = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
  return self;
}

void wait_out_silent_holder(const fs::path& run_folder, double stale_seconds) {
  double age = -1;
  for (;;) {
    const auto holder = latest_holder(run_folder);
    if (!holder || !holder->alive(stale_seconds) || holder->host == host_name()) return;
    if (holder->heartbeat_age < age) return;  // heard again
    if (age < 0) {
      fmt::print(stderr,
                 "reprise: waiting for the run's last holder, pid {} on {}, to be silent for {:g} s\n",
                 holder->pid, holder->host, stale_seconds);
    }
    age = holder->heartbeat_age;
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  }
}

bool Holder::alive(double stale_seconds) const {
  if (released) return false;
  const auto here = this_process();
  if (host == here.host && boot_id == here.boot_id) return start_of(pid) == pid_started;
  if (host == here.host && !boot_id.empty() && !here.boot_id.empty()) return false;  // rebooted since
  return heartbeat_age < stale_seconds;
}

std::optional<Holder> latest_holder(const fs::path& run_folder) {
  const auto folder = run_folder / "holders";
  std::error_code error;
  std::int64_t epoch = 0;
  for (const auto& entry : fs::directory_iterator(folder, error))
    epoch = std::max(epoch, epoch_of(entry.path()));
  if (epoch == 0) return std::nullopt;
  Holder holder;
  holder.epoch = epoch;
  const auto file = holder_file(run_folder, epoch);
  holder.heartbeat_age = age_of(file);
  try {
    const auto bytes = read_file(file);
    const auto json = nlohmann::json::parse(text_of(bytes));
    holder.host = json.at("host");
    holder.boot_id = json.at("boot_id");
    holder.pid = json.at("pid");
    holder.pid_started = json.at("pid_started");
    holder.job_id = json.at("job_id");
    holder.job_restarts = json.at("job_restarts");
    holder.ranks = json.at("ranks");
    holder.command = json.at("command");
    holder.started = json.at("started");
    holder.launch = json.at("launch");
    holder.released = json.at("released");
    holder.exit_code = json.at("exit_code");
  } catch (const std::exception&) {
    // Created a moment ago and not yet filled, or torn by a crash of the host: only its age is known.
    holder.host = "?";
  }
  return holder;
}

RunLock RunLock::acquire(const fs::path& run_folder, FileSystem& files, Holder self, double stale_seconds) {
  files.create_folders(run_folder / "holders");
  for (int attempt = 0; attempt < 100; ++attempt) {
    const auto latest = latest_holder(run_folder);
    const bool started_again = latest && !self.job_id.empty() && latest->job_id == self.job_id &&
                               latest->job_restarts < self.job_restarts;
    if (latest && !started_again && latest->alive(stale_seconds)) {
      throw UsageError(
          fmt::format("{} is in use: pid {} on {}{} has held it since {} (last heartbeat {:.0f} s ago); wait "
                      "for it, stop it, or choose another folder with --runs",
                      run_folder.string(), latest->pid, latest->host,
                      latest->job_id.empty() ? "" : fmt::format(" (Slurm job {})", latest->job_id),
                      latest->started, latest->heartbeat_age));
    }
    self.epoch = latest ? latest->epoch + 1 : 1;
    const auto file = holder_file(run_folder, self.epoch);
    if (!files.create_exclusively(file, bytes_of(holder_text(self)))) continue;
    // Segments carry the epoch in their names: one that a crash of the host made forgotten would be given out
    // again, and its segments be written over.
    files.sync(file);
    files.sync_folder(file.parent_path());
    return {file, files, self};
  }
  throw Error(fmt::format("cannot get hold of {}: others keep taking it", run_folder.string()));
}

void RunLock::heartbeat() {
  if (fs::exists(file_.parent_path() / fmt::format("e{}.json", self_.epoch + 1))) {
    throw Error(fmt::format("another run has taken over {}: this one stops",
                            file_.parent_path().parent_path().string()));
  }
  replace_file(*files_, file_, bytes_of(holder_text(self_)));
}

void RunLock::release(int exit_code) {
  self_.released = true;
  self_.exit_code = exit_code;
  replace_file(*files_, file_, bytes_of(holder_text(self_)));
}

}  // namespace reprise
