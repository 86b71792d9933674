// Registers the paper: its identity, tasks and experiments.
#include "pipeline/run/paper.hpp"

#include "workers/slepian/clipped_sign.hpp"
#include "workers/slepian/divisor_task.hpp"
#include "workers/slepian/equivalence.hpp"
#include "workers/slepian/exponents.hpp"
#include "workers/slepian/failure.hpp"
#include "workers/slepian/grid_bias.hpp"
#include "workers/slepian/levels.hpp"
#include "workers/slepian/orthant_task.hpp"
#include "workers/slepian/own_covariance.hpp"
#include "workers/slepian/path_task.hpp"
#include "workers/slepian/reference.hpp"
#include "workers/slepian/sign_tasks.hpp"
#include "workers/slepian/theory.hpp"

namespace reprise::slepian {
namespace {

const RegisterPaper registered(Paper{
    {"slepian",
     "The Slepian model based independent interval approximation of persistency and zero-level excursion "
     "distributions",
     "Henrik Bengtsson, Krzysztof Podgórski", "arXiv 2401.01805, 2025", "https://arxiv.org/abs/2401.01805"},
    "How long smooth Gaussian processes keep their sign: persistency exponents and laws of excursions.",
    {erase_types(kTheory), erase_types(kReference), erase_types(kOrthant), erase_types(kPaths),
     erase_types(kLevelPaths), erase_types(kExcursions), erase_types(kDivisors), erase_types(kClipped),
     erase_types(kSwitches)},
    {diffusion_experiment(), acceleration_experiment(), shifted_matern_experiment(), matern_experiment(),
     failure_experiment(), equivalence_experiment(), clipped_experiment(), grid_bias_experiment(),
     levels_experiment(), own_experiment()}});

}  // namespace
}  // namespace reprise::slepian
