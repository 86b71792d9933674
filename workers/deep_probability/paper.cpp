// Registers the paper: its identity, tasks and experiments.
#include "pipeline/run/paper.hpp"

#include "workers/common/data_sets.hpp"
#include "workers/deep_probability/early_learning.hpp"
#include "workers/deep_probability/synthetic.hpp"

namespace reprise::deep_probability {
namespace {

const RegisterPaper registered(Paper{
    {"deep-probability", "Deep Probability Estimation",
     "Sheng Liu, Aakash Kaku, Weicheng Zhu, Matan Leibovich, Sreyas Mohan, Boyang Yu, Haoxiang Huang, Laure "
     "Zanna, "
     "Narges Razavian, Jonathan Niles-Weed, Carlos Fernandez-Granda",
     "ICML 2022, PMLR 162; arXiv 2111.10734", "https://arxiv.org/abs/2111.10734"},
    "Probabilities of events estimated from outcomes of high-dimensional data, and calibrated while "
    "training.",
    {erase_types(kBaseTraining), erase_types(kRefinedTraining), erase_types(kAssessment),
     erase_types(kDescent)},
    {synthetic_experiment(), early_learning_experiment()},
    {fashion_mnist()}});

}  // namespace
}  // namespace reprise::deep_probability
