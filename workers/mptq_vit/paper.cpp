// Registers the paper: its identity, tasks and experiments.
#include "pipeline/run/paper.hpp"

#include "workers/common/data_sets.hpp"
#include "workers/mptq_vit/checkpoints.hpp"
#include "workers/mptq_vit/imagenet_folders.hpp"
#include "workers/mptq_vit/imagenet_pack.hpp"
#include "workers/mptq_vit/integers.hpp"
#include "workers/mptq_vit/mixed_bits.hpp"
#include "workers/mptq_vit/outlier_study.hpp"
#include "workers/mptq_vit/outliers.hpp"
#include "workers/mptq_vit/output_search.hpp"
#include "workers/mptq_vit/uniform_bits.hpp"

namespace reprise::mptq_vit {
namespace {

std::vector<DataSet> data_sets() {
  std::vector<DataSet> sets{fashion_mnist(), imagenet_folders(), imagenet_pack()};
  for (const auto& model : enumerators_of<ModelName>())
    if (!is_trained_here(model.value)) sets.push_back(checkpoint_of(model.value));
  return sets;
}

const RegisterPaper registered(Paper{
    {"mptq-vit", "MPTQ-ViT: Mixed-Precision Post-Training Quantization for Vision Transformer",
     "Yu-Shan Tai, An-Yeu (Andy) Wu", "arXiv 2401.14895, 2024", "https://arxiv.org/abs/2401.14895"},
    "Vision transformers in 4 to 6 bits without training them again: ranges, region-wise scales, mixed bits.",
    {erase_types(kVitTraining), erase_types(kRanges), erase_types(kFold), erase_types(kStepSearch),
     erase_types(kWeightSearch), erase_types(kOutputSearch), erase_types(kCalibration),
     erase_types(kEvaluation), erase_types(kLossProbe), erase_types(kPackedWeights), erase_types(kHistogram)},
    {uniform_bits_experiment(), full_bits_experiment(), mixed_bits_experiment(), integers_experiment(),
     outliers_experiment()},
    data_sets()});

}  // namespace
}  // namespace reprise::mptq_vit
