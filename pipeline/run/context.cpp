#include "pipeline/run/context.hpp"

namespace reprise {

/// The leader decides for its group, so that all members save, or stop, at the same place.
bool TaskContext::checkpoint_due() {
  Bytes decision{std::byte{0}};
  if (group_.rank() == 0) {
    if (services_.checkpoint_due()) decision[0] |= std::byte{1};
    if (services_.stopping()) decision[0] |= std::byte{2};
  }
  if (group_.size() > 1) decision = group_.broadcast(decision);
  agreed_stop_ = (decision.at(0) & std::byte{2}) != std::byte{0};
  return decision.at(0) != std::byte{0};
}

}  // namespace reprise
