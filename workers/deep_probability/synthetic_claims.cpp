#include "workers/deep_probability/synthetic_results.hpp"

namespace reprise::deep_probability {
namespace {

constexpr const char* kScale =
    "at least 5 seeds in every scenario that the criterion names; stand-in data, not the paper's faces";

}  // namespace

std::vector<Claim> synthetic_claims() {
  return {
      {"P1", "Trained to the end, networks fit the observed outcomes and leave the true probabilities", "?",
       "figure of predictions [paper]; the criterion is ours",
       "MSE_p of the last epoch is above that of the best by more than 2 paired SE, and at least twice as "
       "large, in at least 3 scenarios",
       kScale},
      {"P2", "Labels drawn anew in every epoch bound what can be reached",
       "MSE_p 0.0122 (Linear), 0.0151 (Discrete)", "released predictions [paper data, our metrics]",
       "MSE_p and KL_p of every other method, the paper's all among them, are above by more than 2 paired "
       "SE, in every scenario",
       kScale},
      {"P3", "CaPE comes closer to the true probabilities than early stopping",
       "MSE_p 0.0368 to 0.0241 (Linear), 0.0261 to 0.0248 (Discrete)",
       "released predictions [paper data, our metrics]",
       "MSE_p and KL_p of CaPE-bin or CaPE-kde are below those of the early-stopped network by more than 2 "
       "paired SE, in both Linear and Discrete",
       kScale},
      {"P4",
       "CaPE resists memorisation: as long and at the same rate, training on labels alone ends farther off",
       "?", "learning curves [paper]; the criterion is ours",
       "MSE_p of CaPE-bin's last epoch is below that of cross-entropy continued at the same rate by more "
       "than 2 paired SE, in every scenario",
       kScale},
      {"P5", "The Brier score follows the distance to the true probabilities, ECE, MCE, KS and AUC do not",
       "?", "text [paper]; the criterion is ours",
       "Brier has the largest |Spearman| with MSE_p among Brier, AUC, ECE, MCE and KS, over methods and "
       "seeds without the last epochs, in at least 4 of the 5 scenarios",
       "all five scenarios, 30 models or more in each"},
      {"P6", "CaPE outperforms the other methods on most metrics", "?",
       "abstract [paper]; the criterion is ours",
       "CaPE-bin is better by more than 2 paired SE in more than half of the comparisons of MSE_p and KL_p "
       "with temperature, Platt, Dirichlet, mix-n-match, focal, entropy maximising, MMCE and the ensemble",
       kScale},
  };
}

}  // namespace reprise::deep_probability
