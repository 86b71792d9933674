#include "workers/deep_probability/method_list.hpp"

#include <algorithm>
#include <array>

#include "kernels/expects.hpp"

namespace reprise::deep_probability {
namespace {

constexpr std::array kMethods{
    MethodName{"ce", "cross-entropy, early stop", Standing::paper},
    MethodName{"temperature", "temperature", Standing::paper},
    MethodName{"platt", "Platt", Standing::paper},
    MethodName{"dirichlet", "Dirichlet", Standing::paper},
    MethodName{"mix_n_match", "mix-n-match", Standing::paper},
    MethodName{"focal", "focal loss", Standing::paper},
    MethodName{"confidence_penalty", "entropy maximising", Standing::paper},
    MethodName{"kernel_calibration", "MMCE", Standing::paper},
    MethodName{"ensemble", "deep ensemble", Standing::paper},
    MethodName{"cape_bin", "CaPE-bin", Standing::paper},
    MethodName{"cape_kernel", "CaPE-kde", Standing::paper},
    MethodName{"cape_isotonic", "CaPE-isotonic", Standing::ours},
    MethodName{"cape_cross_fitted", "CaPE-bin, cross-fitted", Standing::ours},
    MethodName{"control", "cross-entropy, continued", Standing::ours},
    MethodName{"control_matched", "cross-entropy, continued at CaPE-bin's rate", Standing::ours},
    MethodName{"label_smoothing", "label smoothing", Standing::ours},
    MethodName{"kernel_calibration_weighted", "MMCE, plain means", Standing::ours},
    MethodName{"histogram_binning", "histogram binning", Standing::ours},
    MethodName{"ce_last", "cross-entropy, last epoch", Standing::ours},
    MethodName{"cape_bin_last", "CaPE-bin, last epoch", Standing::ours},
    MethodName{"cape_kernel_last", "CaPE-kde, last epoch", Standing::ours},
    MethodName{"cape_isotonic_last", "CaPE-isotonic, last epoch", Standing::ours},
    MethodName{"cape_cross_fitted_last", "CaPE-bin, cross-fitted, last epoch", Standing::ours},
    MethodName{"control_last", "cross-entropy, continued, last epoch", Standing::ours},
    MethodName{"control_matched_last", "cross-entropy, continued at CaPE-bin's rate, last epoch",
               Standing::ours},
    MethodName{"infinite_data", "infinite data", Standing::reference},
    MethodName{"base_rate", "constant base rate", Standing::reference},
};

auto find(std::string_view id) {
  return std::ranges::find(kMethods, id,
                           [](const MethodName& method) { return std::string_view(method.id); });
}

}  // namespace

const MethodName& method_name(std::string_view id) {
  const auto found = find(id);
  expects(found != kMethods.end(), "every method has its name and place in the list of methods");
  return *found;
}

std::size_t method_place(std::string_view id) {
  return static_cast<std::size_t>(find(id) - kMethods.begin());
}

}  // namespace reprise::deep_probability
