#include "workers/deep_probability/gated_attention.hpp"

namespace reprise::deep_probability {

GatedAttention::GatedAttention(std::int64_t inputs, std::int64_t hidden, Philox& random)
    : v_(part<nn::Linear>("attention_V.0", inputs, hidden, random)),
      u_(part<nn::Linear>("attention_U.0", inputs, hidden, random)),
      w_(part<nn::Linear>("attention_weights", hidden, 1, random)),
      classifier_(part<nn::Linear>("classifier.0", inputs, 2, random)) {}

nn::Variable GatedAttention::operator()(const nn::Variable& bag) {
  const auto scores = w_(nn::tanh(v_(bag)) * nn::sigmoid(u_(bag)));  // [n, 1]
  const auto attention = nn::softmax(nn::transpose(scores, 0, 1));   // [1, n]
  return classifier_(nn::matmul(attention, bag));
}

}  // namespace reprise::deep_probability
