#pragma once

namespace reprise {

/// From now on SIGINT, SIGTERM and SIGUSR1 ask this process to stop at the next good moment; another SIGINT
/// or SIGTERM two seconds later or more ends it at once.
void catch_stop_signals();

/// The signal that asked to stop, 0 when none did.
int stop_requested() noexcept;

}  // namespace reprise
