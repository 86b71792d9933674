#pragma once

#include "pipeline/job/job_table.hpp"
#include "pipeline/job/read_value.hpp"
#include "pipeline/reflect/fields.hpp"

namespace reprise {

/// A struct may check what its types can't say, in a function found by argument-dependent lookup. It is
/// called once the fields have been read (those that can't be have their defaults), with their table:
///
///   inline void validate(const Fluctuations& job, const JobTable& table) {
///     table.require(!job.dims.empty(), "dims", "must name at least one dimension");
///     table.require(job.bandwidth > 0, "bandwidth", "must be greater than 0");
///   }
template <class T>
concept Validated = requires(const T& value, const JobTable& table) {
  validate(value, table);
};

namespace detail {

template <Reflected T>
std::vector<std::string> field_names() {
  std::vector<std::string> names;
  for_each_field<T>([&](const auto& each) { names.emplace_back(each.name); });
  return names;
}

/// `table` collects. Fields that can't be read keep their defaults, and the struct is validated with these,
/// so that what is wrong besides is told too.
template <Reflected T>
void read_fields(const JobTable& table, T& value) {
  table.require_known(field_names<T>());
  for_each_field<T>([&](const auto& each) {
    using Member = typename std::remove_cvref_t<decltype(each)>::value_type;
    try {
      if constexpr (Reflected<Member>) {
        if (const auto sub = table.sub(each.name)) read_fields(*sub, value.*each.member);
      } else if (const auto* entry = table.find(each.name)) {
        read_value(entry->value, value.*each.member);
      }
    } catch (const Mismatch& wrong) {
      const auto name = table.full_name(each.name) + wrong.element;
      table.complain(table.refusal(wrong.at, name + " " + wrong.what));
    } catch (const Refusal& refused) {
      table.complain(refused);
    }
  });
  if constexpr (Validated<T>) {
    try {
      validate(value, table);
    } catch (const Refusal& refused) {
      table.complain(refused);
    }
  }
}

}  // namespace detail

/// A struct from a job's table: a key a field, missing ones keep the struct's defaults, unknown ones are
/// refused. Integers must fit their type, numbers be finite, enumerations be one of their names; a nested
/// struct is a table within. Mistakes are added to `complaints`, and what is returned is then of no use.
template <Reflected T>
T read_struct(const JobTable& table, Complaints& complaints) {
  T value{};
  detail::read_fields(table.collecting(complaints), value);
  return value;
}

/// The same; throws UsageError with all the mistakes.
template <Reflected T>
T read_struct(const JobTable& table) {
  Complaints complaints;
  auto value = read_struct<T>(table, complaints);
  complaints.throw_if_any();
  return value;
}

}  // namespace reprise
