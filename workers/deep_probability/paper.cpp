// Registers the paper: its identity, tasks and experiments.
#include "pipeline/run/paper.hpp"

#include "workers/common/data_sets.hpp"
#include "workers/deep_probability/early_learning.hpp"
#include "workers/deep_probability/prediction_spread.hpp"
#include "workers/deep_probability/real_data.hpp"
#include "workers/deep_probability/synthetic.hpp"

namespace reprise::deep_probability {
namespace {

const RegisterPaper registered(Paper{
    {"deep-probability", "Deep Probability Estimation",
     "Sheng Liu, Aakash Kaku, Weicheng Zhu, Matan Leibovich, Sreyas Mohan, Boyang Yu, Haoxiang Huang, Laure "
     "Zanna, Narges Razavian, Jonathan Niles-Weed, Carlos Fernandez-Granda",
     "ICML 2022, PMLR 162; arXiv 2111.10734", "https://arxiv.org/abs/2111.10734"},
    "Probabilities of events estimated from outcomes of high-dimensional data, and calibrated while "
    "training.",
    {erase_types(kBaseTraining), erase_types(kFoldTraining), erase_types(kRefinedTraining),
     erase_types(kAssessment), erase_types(kSpread), erase_types(kDescent), erase_types(kCropMeans),
     erase_types(kRealTraining), erase_types(kRealRefinement), erase_types(kRealAssessment),
     erase_types(kIntervals)},
    {synthetic_experiment(), early_learning_experiment(), real_data_experiment()},
    {fashion_mnist(), data_set_of(RealSource::utkface), data_set_of(RealSource::faces),
     data_set_of(RealSource::radar), data_set_of(RealSource::slides), data_set_of(RealSource::dashcam_frames),
     data_set_of(RealSource::dashcam)}});

}  // namespace
}  // namespace reprise::deep_probability
