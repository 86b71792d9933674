#pragma once

#include <vector>

#include "workers/slepian/persistency_study.hpp"

namespace reprise::slepian {

/// The tables and figures of the experiments on exponents.
void publish_study(Run& run, const std::vector<StudiedModel>& all, const PersistencyStudy& study);

}  // namespace reprise::slepian
