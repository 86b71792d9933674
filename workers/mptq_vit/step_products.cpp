#include "workers/mptq_vit/step_products.hpp"

#include <algorithm>

#include "kernels/expects.hpp"
#include "kernels/random/hash_rng.hpp"
#include "kernels/tensor/operations.hpp"
#include "kernels/vision/product_gradients.hpp"

namespace reprise::mptq_vit {
namespace {

constexpr std::uint64_t kClassStream = 0x7074713476697440;  // of uniforms, one for each image

/// Keeps operands and outputs of products, part by part.
class ProductRecorder : public nn::Arithmetic {
 public:
  nn::Tensor linear(std::size_t site, std::size_t unit, const nn::Tensor& x,
                    const nn::LinearWeights& weights) override {
    auto y = Arithmetic::linear(site, unit, x, weights);
    auto& at = product(nn::Product::Kind::layer, site);
    at.weight = unit;
    at.product.right = {weights.weight};
    at.product.bias = weights.bias;
    keep(at, x, y);
    return y;
  }

  nn::Tensor scores(std::size_t query, std::size_t key, const nn::Tensor& q, const nn::Tensor& k) override {
    auto y = Arithmetic::scores(query, key, q, k);
    auto& at = product(nn::Product::Kind::scores, query);
    at.right = key;
    at.product.right.push_back(k.to_contiguous());
    keep(at, q, y);
    return y;
  }

  nn::Tensor mixture(std::size_t probabilities, std::size_t value, const nn::Tensor& p,
                     const nn::Tensor& v) override {
    auto tokens = Arithmetic::mixture(probabilities, value, p, v);
    auto& at = product(nn::Product::Kind::mixture, probabilities);
    at.right = value;
    at.product.right.push_back(v.to_contiguous());
    const nn::Shape heads{v.size(0), v.size(2), v.size(1), v.size(3)};
    keep(at, p, tokens.reshape(heads).transpose(1, 2));
    return tokens;
  }

  std::vector<StepProduct> products;

 private:
  StepProduct& product(nn::Product::Kind kind, std::size_t site) {
    const auto found = std::ranges::find(products, site, &StepProduct::left);
    if (found != products.end()) return *found;
    products.push_back({{kind, {}, {}, {}, {}, {}}, site, {}, {}});
    return products.back();
  }
  static void keep(StepProduct& at, const nn::Tensor& left, const nn::Tensor& output) {
    at.product.left.push_back(left.to_contiguous());
    at.product.outputs.push_back(output.to_contiguous().clone());
  }
};

/// The first images of what a step reads, part by part.
std::vector<nn::Tensor> first_images(const std::vector<nn::Tensor>& chunks, std::int64_t images) {
  std::vector<nn::Tensor> parts;
  for (const auto& chunk : chunks) {
    if (images == 0) break;
    const auto taken = std::min(images, chunk.size(0));
    parts.push_back(chunk.slice(0, 0, taken).to_contiguous());
    images -= taken;
  }
  return parts;
}

/// The gradient with respect to what a step gives, back from the logits, part by part.
std::vector<nn::Tensor> output_gradients(const SetInputs& inputs, const CalibrationSet& set,
                                         std::int32_t step, std::uint32_t images) {
  const auto last = nn::step_count(inputs.model->shape) - 1;
  std::vector<nn::Tensor> gradients;
  std::uint64_t first = 0;
  nn::Arithmetic plain;
  for (const auto& x : first_images(inputs.steps.at(last), images)) {
    gradients.push_back(surprise_gradient(nn::run_step(*inputs.model, last, x, plain), set.seed, first));
    first += static_cast<std::uint64_t>(x.size(0));
  }
  for (auto above = last; above > step; --above) {
    const auto parts = first_images(inputs.steps.at(above), images);
    for (std::size_t part = 0; part < parts.size(); ++part)
      gradients[part] = nn::step_gradients(*inputs.model, above, parts[part], gradients[part]).input;
  }
  return gradients;
}

}  // namespace

std::vector<StepProduct> step_products(const SetInputs& inputs, const CalibrationSet& set, std::int32_t step,
                                       std::uint32_t images, bool gradients) {
  const auto parts = first_images(inputs.steps.at(step), images);
  ProductRecorder recorder;
  for (const auto& part : parts) (void)nn::run_step(*inputs.model, step, part, recorder);
  if (!gradients) return std::move(recorder.products);
  const auto of_outputs = output_gradients(inputs, set, step, images);
  for (std::size_t part = 0; part < parts.size(); ++part) {
    const auto found = nn::step_gradients(*inputs.model, step, parts[part], of_outputs[part]);
    for (auto& each : recorder.products) each.product.gradient.push_back(found.outputs.at(each.left));
  }
  return std::move(recorder.products);
}

nn::Tensor surprise_gradient(const nn::Tensor& logits, std::uint64_t seed, std::uint64_t first) {
  expects(logits.rank() == 2, "logits have a row for each image");
  auto gradient = nn::softmax(logits, false).to_contiguous();
  auto* row = gradient.mutable_data<float>();
  const auto classes = static_cast<std::size_t>(logits.size(1));
  const HashRng uniforms(seed, kClassStream);
  for (std::uint64_t image = 0; image < static_cast<std::uint64_t>(logits.size(0)); ++image, row += classes) {
    double left = uniforms.uniform(first + image);
    std::size_t drawn = 0;
    for (; drawn + 1 < classes; ++drawn) {
      left -= static_cast<double>(row[drawn]);
      if (left < 0) break;
    }
    row[drawn] -= 1;
  }
  return gradient;
}

}  // namespace reprise::mptq_vit
