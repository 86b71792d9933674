#pragma once

#include <filesystem>
#include <vector>

#include "pipeline/store/file_system.hpp"
#include "pipeline/store/segment.hpp"
#include "tests/unit/pipeline/reflect/sample_rows.hpp"

namespace reprise::samples {

struct Value {
  double value = 0;
  bool operator==(const Value&) const = default;
};
constexpr auto fields(const Value*) {
  return std::tuple{field("value", &Value::value, "what came of it", "m")};
}

inline const TaskIdentity& small_task() {
  static const TaskIdentity task{"sample.small", 1, schema_of<Small>(), schema_of<Value>()};
  return task;
}
inline const TaskIdentity& rich_task() {
  static const TaskIdentity task{"sample.rich", 3, schema_of<Small>(), schema_of<Everything>()};
  return task;
}

inline Origin sample_origin() {
  Origin origin;
  origin.seed = 7;
  origin.isa = "generic";
  origin.host = "somewhere";
  return origin;
}

inline Key small_key(std::uint64_t i) {
  return task_key(key_context(small_task(), 7, "generic"), encode(Small{i}));
}
inline Key rich_key(std::uint64_t i) {
  return task_key(key_context(rich_task(), 7, "generic"), encode(Small{i}));
}

/// Rows [first, first + count) of both tasks.
inline SegmentWriter sample_rows(std::uint64_t first, std::uint64_t count, bool rich = true) {
  SegmentWriter writer(sample_origin());
  for (std::uint64_t i = first; i < first + count; ++i) {
    writer.add(small_task(), small_key(i), encode(Small{i}), encode(Value{0.5 * static_cast<double>(i)}),
               {0.25F, 0.125F, 3, 0});
    if (rich)
      writer.add(rich_task(), rich_key(i), encode(Small{i}), encode(everything(i)), {1.0F, 0.5F, 2, 0});
  }
  return writer;
}

inline SegmentHeader sample_header(std::int64_t sequence = 0, std::int64_t epoch = 1) {
  SegmentHeader header;
  header.epoch = epoch;
  header.rank = 0;
  header.sequence = sequence;
  return header;
}

}  // namespace reprise::samples
