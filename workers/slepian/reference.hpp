#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "pipeline/run/task.hpp"
#include "workers/slepian/model.hpp"

namespace reprise::slepian {

/// The exact law of an excursion, for the two processes of which it is known: diffusion in two dimensions and
/// random acceleration.
struct ReferenceInput {
  Model model;
  double step = 0.0;  ///< of the grid 0, step, 2 step, ...
  std::int32_t points = 0;
};

constexpr auto fields(const ReferenceInput*) {
  using R = ReferenceInput;
  return std::tuple{field("model", &R::model, "diffusion with d = 2, or random acceleration"),
                    field("step", &R::step, "of the times", "time"),
                    field("points", &R::points, "number of times, from 0 on")};
}

struct Reference {
  std::vector<double> survival;
  std::vector<double> density;  ///< of T, in 1/time
};

constexpr auto fields(const Reference*) {
  return std::tuple{field("survival", &Reference::survival, "P(T > t), exact"),
                    field("density", &Reference::density, "f_T(t), exact", "1/time")};
}

Reference compute_reference(const ReferenceInput& input, TaskContext& context);
double seconds(const ReferenceInput& input);

inline const Task<ReferenceInput, Reference> kReference{
    "slepian.reference", 1, compute_reference,
    "exact law of an excursion by a Fredholm determinant or McKean's law of returns", seconds};

/// The exact exponent; none where it is not known.
[[nodiscard]] std::optional<double> exact_exponent(const Model& model);

}  // namespace reprise::slepian
