#pragma once

#include <string>

namespace reprise {

/// The Slurm job that this process belongs to: "123", or "123_4" for an element of an array; empty outside of
/// Slurm.
std::string batch_job_id();

}  // namespace reprise
