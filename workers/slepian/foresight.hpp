#pragma once

#include "pipeline/run/paper.hpp"

namespace reprise::slepian {

/// Stages of a driver, none of which waits for another's results. While `reprise check` plans, a stage ends
/// where it looks at results that aren't there; the others are planned all the same, so that the forecast has
/// the whole of the cost. In a run stages simply follow each other.
class Stages {
 public:
  template <class Stage>
  void run(const Stage& stage) {
    try {
      stage();
    } catch (const NeedsResults&) {
      planning_ = true;
    }
  }

  /// Throws NeedsResults when a stage lacked results: what follows needs all of them.
  void finish() const {
    if (planning_) throw NeedsResults();
  }

 private:
  bool planning_ = false;
};

}  // namespace reprise::slepian
