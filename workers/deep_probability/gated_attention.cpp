#include "workers/deep_probability/gated_attention.hpp"

#include <algorithm>

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

nn::Variable BaggedAttention::operator()(const nn::Variable& bags) {
  const auto inputs = bags.size(1) - 1;
  const auto numbers = bags.value().slice(1, inputs, 1).values<float>();
  std::vector<nn::Variable> logits;
  for (auto begin = numbers.begin(); begin != numbers.end();) {
    const auto end = std::find_if(begin, numbers.end(), [&](float number) { return number != *begin; });
    const auto rows = nn::slice(bags, 0, begin - numbers.begin(), end - begin);
    logits.push_back(GatedAttention::operator()(nn::slice(rows, 1, 0, inputs)));
    begin = end;
  }
  return nn::concatenate(logits, 0);
}

}  // namespace reprise::deep_probability
