#include "workers/mptq_vit/checkpoints.hpp"

#include <fmt/format.h>

#include <map>

#include "kernels/data/bytes.hpp"
#include "kernels/data/safetensors.hpp"
#include "kernels/expects.hpp"
#include "pipeline/base/errors.hpp"

namespace reprise::mptq_vit {
namespace {

constexpr const char* kFile = "model.safetensors";

/// timm's name of the checkpoint that the paper's kind of work starts from.
std::string timm_name(ModelName name) {
  switch (name) {
    case ModelName::vit_small:
      return "vit_small_patch16_224.augreg_in21k_ft_in1k";
    case ModelName::vit_base:
      return "vit_base_patch16_224.augreg_in21k_ft_in1k";
    case ModelName::deit_tiny:
      return "deit_tiny_patch16_224.fb_in1k";
    case ModelName::deit_small:
      return "deit_small_patch16_224.fb_in1k";
    case ModelName::deit_base:
      return "deit_base_patch16_224.fb_in1k";
    case ModelName::swin_tiny:
      return "swin_tiny_patch4_window7_224.ms_in1k";
    case ModelName::swin_small:
      return "swin_small_patch4_window7_224.ms_in1k";
    case ModelName::swin_base:
      return "swin_base_patch4_window7_224.ms_in22k_ft_in1k";
    default:
      break;
  }
  expects(false, "this model has a checkpoint");
  return {};
}

}  // namespace

const DataSet& checkpoint_of(ModelName name) {
  static const std::map<ModelName, DataSet> sets = [] {
    std::map<ModelName, DataSet> made;
    for (const auto& [id, model] : enumerators_of<ModelName>()) {
      if (is_trained_here(model)) continue;
      const auto timm = timm_name(model);
      made[model] = {std::string(id),
                     fmt::format("weights of {}: timm's {}", title_of(model), timm),
                     {{kFile, {}, {}}},
                     "",
                     fmt::format("timm publishes them on the Hugging Face hub: repository timm/{}, file {}",
                                 timm, kFile),
                     {},
                     [model](const std::filesystem::path& folder) -> std::string {
                       try {
                         (void)read_checkpoint(model, folder / kFile);
                       } catch (const UsageError& error) {
                         return error.what();
                       }
                       return {};
                     }};
    }
    return made;
  }();
  return sets.at(name);
}

nn::VisionModel read_checkpoint(ModelName name, const std::filesystem::path& file) {
  const auto advice = fmt::format(
      "{} wants timm's {} in safetensors format (not PyTorch's own): fetch repository timm/{}, file {}, "
      "again",
      title_of(name), timm_name(name), timm_name(name), kFile);
  try {
    return nn::vision_model(shape_of(name), nn::read_safetensors(file).tensors);
  } catch (const DataError& error) {  // begins with the file
    throw UsageError(fmt::format("{}; {}", error.what(), advice));
  } catch (const std::invalid_argument& error) {
    throw UsageError(fmt::format("{}: {}; {}", file.string(), error.what(), advice));
  }
}

Key checkpoint_digest(ModelName name) {
  const auto located = require(checkpoint_of(name));
  (void)read_checkpoint(name, located.files.at(0));
  return digest(checkpoint_of(name), located);
}

nn::VisionModel load_checkpoint(ModelName name, const Key& wanted) {
  const auto& set = checkpoint_of(name);
  const auto located = require(set);
  if (digest(set, located) != wanted)
    throw Error(fmt::format("the data set {} in {} differs from the one that the run began with", set.id,
                            located.folder.string()));
  return read_checkpoint(name, located.files.at(0));
}

}  // namespace reprise::mptq_vit
