#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "pipeline/job/job.hpp"
#include "pipeline/job/read_struct.hpp"

namespace reprise::sample {

enum class Spectrum { isotropic, power_law };

constexpr auto enumerators(const Spectrum*) {
  return std::array{Enumerator{"isotropic", Spectrum::isotropic},
                    Enumerator{"power_law", Spectrum::power_law}};
}

struct Noise {
  double level = 0.25;
  std::int32_t draws = 8;
};

constexpr auto fields(const Noise*) {
  return std::tuple{field("level", &Noise::level, "standard deviation", "sigma"),
                    field("draws", &Noise::draws, "draws a point")};
}

inline void validate(const Noise& noise, const JobTable& table) {
  if (noise.level < 0) table.refuse("level", "must be at least 0");
}

/// An experiment with a field of every type that a job can hold.
struct Fluctuations {
  std::vector<std::int32_t> dims{20, 100};
  std::vector<double> alphas{0.5, 1.0};
  std::int64_t datasets = 3000;
  std::uint32_t shards = 4;
  std::uint64_t offset = 0;
  bool centred = true;
  float tolerance = 0.125F;
  double bandwidth = 1.0;
  std::string label = "all";
  std::vector<std::string> tags;
  Spectrum spectrum = Spectrum::isotropic;
  std::vector<Spectrum> spectra{Spectrum::isotropic};
  std::vector<bool> flags;
  std::array<double, 2> range{0.0, 1.0};
  Noise noise;
};

constexpr auto fields(const Fluctuations*) {
  using F = Fluctuations;
  return std::tuple{field("dims", &F::dims, "dimensions of the data"),
                    field("alphas", &F::alphas, "log n / d"),
                    field("datasets", &F::datasets, "independent datasets"),
                    field("shards", &F::shards, "logical shards"),
                    field("offset", &F::offset, "first replicate"),
                    field("centred", &F::centred, "whether the mean is taken off"),
                    field("tolerance", &F::tolerance, "relative tolerance"),
                    field("bandwidth", &F::bandwidth, "kernel bandwidth", "sigma"),
                    field("label", &F::label, "what the table is called"),
                    field("tags", &F::tags, "free words"),
                    field("spectrum", &F::spectrum, "spectrum of the covariance"),
                    field("spectra", &F::spectra, "spectra to compare"),
                    field("flags", &F::flags, "switches"),
                    field("range", &F::range, "plotted range"),
                    field("noise", &F::noise, "added noise")};
}

inline void validate(const Fluctuations& job, const JobTable& table) {
  for (const auto dim : job.dims) table.require(dim >= 1, "dims", "must be at least 1");
  table.require(job.bandwidth > 0, "bandwidth", "must be greater than 0");
}

/// The least that a job needs, on three lines: an experiment's keys begin on line 5.
inline const std::string kHeader = "paper = \"kde\"\nscale = \"smoke\"\n\n[experiments.fluctuations]\n";

inline const std::string kJob = R"(# A job that uses everything.
paper = "kde"
name = "kde-smoke"
seed = 18446744073709551615
scale = "smoke"

[run]
retries = 3
publish_seconds = 2.5
publish_megabytes = 16
checkpoint_seconds = 30.0
isa = "avx2"

[experiments.fluctuations]
dims = [1, 2, 0x10]      # a comment
alphas = [1, 0.1, 1e-3,
          2.5]
datasets = 1_000
shards = 7
offset = 9223372036854775808
centred = false
tolerance = 0.5
bandwidth = 2
label = "größer \"λ\""
tags = ["a", 'b\c', """multi
line"""]
spectrum = "power_law"
spectra = ["power_law", "isotropic"]
flags = [true, false]
range = [-1.5, 3]

[experiments.fluctuations.noise]
level = 0.75

[experiments.phase_diagram]
)";

inline Job parse(std::string text) {
  return parse_job("job.toml", std::move(text));
}

/// A whole job as its paper reads it. Throws UsageError with all mistakes.
inline Fluctuations read_all(std::string text) {
  Complaints complaints;
  const auto job = parse_job("job.toml", std::move(text), complaints);
  Fluctuations result;
  for (const auto& [name, table] : job.experiments) {
    if (name == "fluctuations") result = read_struct<Fluctuations>(table, complaints);
  }
  complaints.throw_if_any();
  return result;
}

/// What read_all() complains of; empty when it doesn't.
inline std::string complaint_of(std::string text) {
  try {
    read_all(std::move(text));
  } catch (const UsageError& error) {
    return error.what();
  }
  return {};
}

}  // namespace reprise::sample
