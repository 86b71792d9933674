#include "pipeline/job/parse_toml.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <toml.hpp>

#include "pipeline/job/check_nesting.hpp"
#include "pipeline/job/syntax_message.hpp"

namespace reprise {

namespace {

class EmptyList : public std::exception {};

/// toml11 3.7 looks at the last element of lists that may be empty ("a = []" and then "[a.b]").
template <class... T>
class CheckedVector : public std::vector<T...> {
 public:
  using Base = std::vector<T...>;
  using Base::Base;
  typename Base::reference front() { return checked().Base::front(); }
  typename Base::const_reference front() const { return checked().Base::front(); }
  typename Base::reference back() { return checked().Base::back(); }
  typename Base::const_reference back() const { return checked().Base::back(); }

 private:
  CheckedVector& checked() {
    if (Base::empty()) throw EmptyList();
    return *this;
  }
  const CheckedVector& checked() const {
    if (Base::empty()) throw EmptyList();
    return *this;
  }
};

using Parsed = toml::basic_value<toml::discard_comments, std::unordered_map, CheckedVector>;

std::string without_underscores(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), '_'), text.end());
  return text;
}

/// Integers are read again from what is written, since toml11 saturates the ones that don't fit.
TomlInteger integer_of(std::string text) {
  text = without_underscores(std::move(text));
  std::string_view digits = text;
  TomlInteger result;
  result.negative = digits.starts_with('-');
  if (digits.starts_with('-') || digits.starts_with('+')) digits.remove_prefix(1);
  const int base = digits.starts_with("0x")   ? 16
                   : digits.starts_with("0o") ? 8
                   : digits.starts_with("0b") ? 2
                                              : 10;
  if (base != 10) digits.remove_prefix(2);
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), result.magnitude, base);
  result.too_large = error != std::errc{};
  return result;
}

/// Numbers too: toml11 makes the largest double of 1e999, and reads by the locale's rules.
TomlNumber number_of(std::string text, double parsed) {
  text = without_underscores(std::move(text));
  std::string_view digits = text;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  TomlNumber result;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), result.value);
  result.out_of_range = error == std::errc::result_out_of_range;
  if (error != std::errc{}) result.value = parsed;
  return result;
}

const toml::detail::region* region_of(const Parsed& value) {
  return dynamic_cast<const toml::detail::region*>(toml::detail::get_region(value));
}

std::size_t offset_of(const Parsed& value) {
  const auto* region = region_of(value);
  return region == nullptr ? 0 : static_cast<std::size_t>(std::distance(region->begin(), region->first()));
}

/// Where the key of a value stands. A value after '=' has its key before that; a table made by [a.key] or by
/// a.key = 1 has the whole of this name as its region.
std::size_t key_offset(const Source& source, std::size_t value_at, std::string_view key) {
  const std::string_view text = source.text();
  const auto skip_blanks_back = [&](std::size_t i) {
    while (i > 0 && (text[i - 1] == ' ' || text[i - 1] == '\t')) --i;
    return i;
  };
  auto i = skip_blanks_back(value_at);
  if (i == 0 || text[i - 1] != '=') {
    const auto line_end = std::min(text.find_first_of("]=\n", value_at), text.size());
    const auto found = text.substr(0, line_end).rfind(key);
    return found == std::string_view::npos || found < value_at ? value_at : found;
  }
  i = skip_blanks_back(i - 1);
  if (i == 0) return value_at;
  if (text[i - 1] == '"' || text[i - 1] == '\'') {
    const auto open = i >= 2 ? text.rfind(text[i - 1], i - 2) : std::string_view::npos;
    return open == std::string_view::npos ? value_at : open;
  }
  return i >= key.size() ? i - key.size() : value_at;
}

TomlTable convert_table(const Source& source, const Parsed::table_type& table);

TomlValue convert(const Source& source, const Parsed& value) {
  TomlValue result;
  result.at = offset_of(value);
  const auto* region = region_of(value);
  const auto written = [&] { return region == nullptr ? std::string() : region->str(); };
  switch (value.type()) {
    case toml::value_t::boolean:
      result.data = value.as_boolean();
      break;
    case toml::value_t::integer:
      result.text = written();
      result.data = integer_of(result.text);
      break;
    case toml::value_t::floating:
      result.text = written();
      result.data = number_of(result.text, value.as_floating());
      break;
    case toml::value_t::string:
      result.text = written();
      result.data = value.as_string().str;
      break;
    case toml::value_t::array: {
      TomlArray values;
      for (const auto& each : value.as_array()) values.push_back(convert(source, each));
      result.data = std::move(values);
      break;
    }
    case toml::value_t::table:
      result.data = convert_table(source, value.as_table());
      break;
    default:
      result.text = written();
      result.data = TomlDate{};
  }
  return result;
}

TomlTable convert_table(const Source& source, const Parsed::table_type& table) {
  TomlTable result;
  for (const auto& [key, value] : table) {
    auto converted = convert(source, value);
    const auto at = key_offset(source, converted.at, key);
    result.entries.push_back({key, at, std::move(converted)});
  }
  std::sort(result.entries.begin(), result.entries.end(), [](const TomlEntry& a, const TomlEntry& b) {
    return std::pair(a.at, std::string_view(a.key)) < std::pair(b.at, std::string_view(b.key));
  });
  return result;
}

Parsed parse(std::string_view text) {
  std::istringstream stream{std::string(text)};
  return toml::parse<toml::discard_comments, std::unordered_map, CheckedVector>(stream, "job");
}

/// The line on which toml11 throws an exception that doesn't say where. It reads from front to back, so any
/// shorter text throws none or another.
std::size_t line_that_throws(const Source& source) {
  const auto throws = [&](std::size_t lines) {
    try {
      parse(std::string_view(source.text()).substr(0, source.offset(lines + 1, 1)));
      return false;
    } catch (const toml::exception&) {
      return false;
    } catch (const std::exception&) {
      return true;
    }
  };
  std::size_t low = 1;
  std::size_t high = source.position(source.text().size()).line;
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    if (throws(middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

}  // namespace

TomlTable parse_toml(const Source& source) {
  check_nesting(source);
  try {
    return convert_table(source, parse(source.text()).as_table());
  } catch (const toml::exception& error) {
    throw translate_syntax_error(source, error.what());
  } catch (const EmptyList&) {
    throw Refusal(source, source.offset(line_that_throws(source), 1),
                  "not valid TOML: the name of this table leads through a list that is empty");
  } catch (const std::exception& error) {  // toml11 also lets std::out_of_range and others through
    throw Refusal(source, source.offset(line_that_throws(source), 1),
                  std::string("not valid TOML: ") + error.what());
  }
}

}  // namespace reprise
