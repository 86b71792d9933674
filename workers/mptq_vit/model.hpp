#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "kernels/vision/vision_model.hpp"
#include "workers/mptq_vit/vit_training.hpp"

namespace reprise::mptq_vit {

/// The paper's models, from checkpoints that users bring, and the small ones that stand in for them.
enum class ModelName {
  smoke_p7,  ///< patches of 7 pixels, 200 steps
  tiny_p7,
  tiny_p4,
  vit_small,
  vit_base,
  deit_tiny,
  deit_small,
  deit_base,
  swin_tiny,
  swin_small,
  swin_base,
};

constexpr auto enumerators(const ModelName*) {
  using M = ModelName;
  return std::array{Enumerator{"smoke_p7", M::smoke_p7},     Enumerator{"tiny_p7", M::tiny_p7},
                    Enumerator{"tiny_p4", M::tiny_p4},       Enumerator{"vit_small", M::vit_small},
                    Enumerator{"vit_base", M::vit_base},     Enumerator{"deit_tiny", M::deit_tiny},
                    Enumerator{"deit_small", M::deit_small}, Enumerator{"deit_base", M::deit_base},
                    Enumerator{"swin_tiny", M::swin_tiny},   Enumerator{"swin_small", M::swin_small},
                    Enumerator{"swin_base", M::swin_base}};
}

/// Whether it is trained here, on Fashion-MNIST.
[[nodiscard]] bool is_trained_here(ModelName name);
/// "ViT-S", "tiny ViT, patch 7 (Fashion-MNIST)"
[[nodiscard]] std::string title_of(ModelName name);
[[nodiscard]] nn::VisionShape shape_of(ModelName name);
/// How a model that is trained here is. Throws std::invalid_argument for others.
[[nodiscard]] VitTraining training_of(ModelName name);

/// A model as tasks name it.
struct ModelSource {
  ModelName name = ModelName::smoke_p7;
  std::vector<Ref<TrainedVit>> trained;  ///< one, where it is trained here
  std::uint64_t digest_high = 0;         ///< of the checkpoint, where it is not
  std::uint64_t digest_low = 0;
  bool outliers = false;  ///< whether channels are made to stick out (outliers.hpp)
};

constexpr auto fields(const ModelSource*) {
  using M = ModelSource;
  return std::tuple{field("name", &M::name, "model"),
                    field("trained", &M::trained, "its training, where it is trained here"),
                    field("digest_high", &M::digest_high, "of the checkpoint's contents, where it is one"),
                    field("digest_low", &M::digest_low, "of the checkpoint's contents, where it is one"),
                    field("outliers", &M::outliers, "whether channels are made to stick out")};
}

/// The model, loaded once a process. Throws Error where the checkpoint here is another than the run's.
[[nodiscard]] std::shared_ptr<const nn::VisionModel> load_model(const ModelSource& source,
                                                                TaskContext& context);

}  // namespace reprise::mptq_vit
