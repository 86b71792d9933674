#pragma once

namespace reprise {

/// From now on signals are requests to this process:
///   SIGINT, SIGTERM, SIGUSR2  stop at the next good moment; another SIGINT or SIGTERM two seconds later or
///   more
///                             ends it at once
///   SIGUSR1                   time is nearly up (Slurm's warning). Where REPRISE_WARNING_SECONDS says how
///   long
///                             there is, what can be finished in that time is, and then it stops; else it
///                             stops as at the others
void catch_stop_signals();

/// The signal that asked to stop now, or whose time is up; 0 when none did.
int stop_requested() noexcept;

/// Whether a warning came, or a request to stop.
bool stop_announced() noexcept;

/// Until a warned process stops; infinite without a warning.
double seconds_until_stop() noexcept;

/// Of the seconds between a warning and the end, how many are kept for stopping: saving, publishing.
double seconds_to_stop_in(double warning_seconds) noexcept;

}  // namespace reprise
