#include "workers/mptq_vit/model.hpp"

#include "kernels/expects.hpp"
#include "workers/common/trainer.hpp"
#include "workers/mptq_vit/checkpoints.hpp"
#include "workers/mptq_vit/outliers.hpp"
#include "workers/mptq_vit/recent.hpp"

namespace reprise::mptq_vit {

bool is_trained_here(ModelName name) {
  return name == ModelName::smoke_p7 || name == ModelName::tiny_p7 || name == ModelName::tiny_p4;
}

std::string title_of(ModelName name) {
  switch (name) {
    case ModelName::smoke_p7:
      return "ViT, 7 px, 200 steps";
    case ModelName::tiny_p7:
      return "ViT, 7 px";
    case ModelName::tiny_p4:
      return "ViT, 4 px";
    case ModelName::vit_small:
      return "ViT-S";
    case ModelName::vit_base:
      return "ViT-B";
    case ModelName::deit_tiny:
      return "DeiT-T";
    case ModelName::deit_small:
      return "DeiT-S";
    case ModelName::deit_base:
      return "DeiT-B";
    case ModelName::swin_tiny:
      return "Swin-T";
    case ModelName::swin_small:
      return "Swin-S";
    case ModelName::swin_base:
      return "Swin-B";
  }
  return "?";
}

VitTraining training_of(ModelName name) {
  expects(is_trained_here(name), "this model is trained here");
  VitTraining training;
  if (name == ModelName::smoke_p7) return training;
  training.images = 60000;
  training.epochs = name == ModelName::tiny_p7 ? 5 : 4;
  training.patch = name == ModelName::tiny_p7 ? 7 : 4;
  return training;
}

nn::VisionShape shape_of(ModelName name) {
  if (!is_trained_here(name)) return nn::vision_shape(std::string(name_of(name)));
  const auto network = network_shape(training_of(name));
  nn::VisionShape shape;
  shape.image = network.image;
  shape.patch = network.patch;
  shape.channels = network.channels;
  shape.classes = network.classes;
  shape.width = network.width;
  shape.depths = {network.depth};
  shape.heads = {network.heads};
  return shape;
}

namespace {

nn::VisionModel load_plain(const ModelSource& source, TaskContext& context) {
  if (!is_trained_here(source.name))
    return load_checkpoint(source.name, {source.digest_high, source.digest_low});
  const auto network = initial_network(training_of(source.name));
  unflatten(context.result(source.trained.at(0)).parameters, *network);
  return nn::vision_model(shape_of(source.name), network->state());
}

}  // namespace

std::shared_ptr<const nn::VisionModel> load_model(const ModelSource& source, TaskContext& context) {
  static Recent<nn::VisionModel> recent(2);
  return recent.get(key_of_value(source), [&] {
    auto model = load_plain(source, context);
    return source.outliers ? with_outliers(model) : model;
  });
}

}  // namespace reprise::mptq_vit
