#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/job/read_struct.hpp"
#include "pipeline/reflect/fields.hpp"

namespace reprise::slurm {

/// What starts the ranks of a batch job.
enum class Launcher { mpirun, srun };

constexpr auto enumerators(const Launcher*) {
  return std::array{Enumerator{"mpirun", Launcher::mpirun}, Enumerator{"srun", Launcher::srun}};
}

/// What differs from one cluster to the next: slurm/profiles/template.toml has it all, commented.
struct Profile {
  std::string partition;
  std::string account;
  std::string qos;
  std::string mem;
  Launcher launcher = Launcher::mpirun;
  std::string mpi = "pmix";
  std::vector<std::string> modules;
  std::vector<std::string> setup;
  std::vector<std::string> sbatch;
  std::string scratch;
  std::int32_t warning_seconds = 120;
  bool requeue = true;
  std::int32_t most_requeues = 100;
};

constexpr auto fields(const Profile*) {
  using P = Profile;
  return std::tuple{
      field("partition", &P::partition, "partition, where `--partition` names none"),
      field("account", &P::account, "account, where `--account` names none"),
      field("qos", &P::qos, "quality of service, where `--qos` names none"),
      field("mem", &P::mem, "memory of a node, where `--mem` says nothing: \"64G\""),
      field("launcher", &P::launcher, "what starts the ranks: mpirun goes on when one dies"),
      field("mpi", &P::mpi, "plug-in of `srun --mpi=`"),
      field("modules", &P::modules, "environment modules to load"),
      field("setup", &P::setup, "shell lines before the run starts"),
      field("sbatch", &P::sbatch, "further options of sbatch: \"--constraint=avx512\""),
      field("scratch", &P::scratch, "folder for temporary files on each node's own disk; may name variables"),
      field("warning_seconds", &P::warning_seconds, "how long before the time limit Slurm warns the job",
            "s"),
      field("requeue", &P::requeue, "whether jobs of this site can requeue themselves with scontrol"),
      field("most_requeues", &P::most_requeues, "a job requeues itself at most so often")};
}

void validate(const Profile& profile, const JobTable& table);

/// Reads a profile. Throws UsageError with everything that is wrong, each with its line.
Profile read_profile(const std::filesystem::path& file);

/// The named profile, else the one that REPRISE_PROFILE names, else ~/.config/reprise/profile.toml where it
/// is there, else defaults.
Profile find_profile(const std::optional<std::filesystem::path>& named);

}  // namespace reprise::slurm
