#pragma once

#include <vector>

#include "pipeline/run/mpi_world.hpp"
#include "pipeline/run/task.hpp"

namespace reprise {

/// A worker rank, from its first word to its last. `kinds` are all registered tasks in registration order.
/// Returns whether MPI may be finalized.
bool work(MpiWorld& world, const std::vector<const TaskKind*>& kinds);

}  // namespace reprise
