// Registers the paper: its identity, tasks and experiments.
#include "pipeline/run/paper.hpp"

#include "workers/kde/condensation.hpp"
#include "workers/kde/divergence.hpp"
#include "workers/kde/fluctuations.hpp"
#include "workers/kde/kernel_shapes.hpp"
#include "workers/kde/memorisation.hpp"
#include "workers/kde/neighbours.hpp"
#include "workers/kde/optimum.hpp"
#include "workers/kde/phase_diagram.hpp"
#include "workers/kde/real_data.hpp"
#include "workers/kde/simulated_sums.hpp"
#include "workers/kde/spectra.hpp"
#include "workers/kde/typical_density.hpp"

namespace reprise::kde {
namespace {

const RegisterPaper registered(Paper{
    {"kde", "Kernel Density Estimators in Large Dimensions", "Giulio Biroli, Marc Mézard",
     "arXiv 2408.05807, 2024", "https://arxiv.org/abs/2408.05807"},
    "Phases of kernel density estimates when dimension and log of the number of points grow together.",
    {
        erase_types(kPartialSums),
        erase_types(kDensityEstimate),
        erase_types(kFiniteSizeCurve),
        erase_types(kOptimum),
        erase_types(kSimulatedSums),
        erase_types(kFluctuationStatistics),
        erase_types(kThresholds),
        erase_types(kSlopes),
        erase_types(kOwnWeights),
        erase_types(kPrincipalScores),
        erase_types(kTableNeighbours),
        erase_types(kLeaveOneOut),
        erase_types(kSelection),
    },
    {
        phase_diagram_experiment(),
        typical_density_experiment(),
        fluctuations_experiment(),
        condensation_experiment(),
        divergence_experiment(),
        optimum_experiment(),
        spectra_experiment(),
        neighbours_experiment(),
        real_data_experiment(),
        kernel_shapes_experiment(),
        memorisation_experiment(),
    },
    data_sets()});

}  // namespace
}  // namespace reprise::kde
