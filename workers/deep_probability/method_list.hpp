#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace reprise::deep_probability {

/// Where a method comes from, and whether it competes.
enum class Standing {
  paper,     ///< of the paper's table
  ours,      ///< beyond the paper, or at the last epoch
  reference  ///< knows more than a method can, or nothing: never the best of a table
};

/// A row of the tables of methods.
struct MethodName {
  const char* id;  ///< of the objective, adjustment or refinement; "_last": at the last epoch
  const char* label;
  Standing standing;
};

/// By id. Throws std::invalid_argument for one that is not in the list.
[[nodiscard]] const MethodName& method_name(std::string_view id);

/// Place in the tables: the paper's methods in its order, then ours, then references.
[[nodiscard]] std::size_t method_place(std::string_view id);

/// At the last epoch, not at the one of the least validation loss.
[[nodiscard]] inline bool is_last_epoch(std::string_view id) {
  return id.ends_with("_last");
}

}  // namespace reprise::deep_probability
