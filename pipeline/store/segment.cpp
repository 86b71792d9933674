#include "pipeline/store/segment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "pipeline/base/errors.hpp"
#include "pipeline/store/file_system.hpp"

namespace reprise {
namespace {

constexpr std::string_view magic = "reprise segment ";
constexpr int format_version = 1;

std::string schema_text(const StructSchema& schema) {
  std::string text;
  for (const auto& column : schema) {
    text += fmt::format("{}:{}:{}:{}", column.name, name_of(column.type), name_of(column.extent),
                        column.extent == Extent::fixed ? column.length : 0);
    for (const auto& [name, value] : column.enumerators) text += fmt::format(":{}={}", name, value);
    text += ';';
  }
  return text;
}

std::vector<Origin> read_origins(const h5::Group& root) {
  const auto group = root.open_group("origins");
  const auto rows = group.number<std::uint64_t>("rows");
  std::vector<Origin> origins;
  for (const auto& row : ColumnsReader(group, rows).read(0, rows)) origins.push_back(decode<Origin>(row));
  return origins;
}

std::vector<Key> read_keys(const h5::Group& table) {
  const auto rows = static_cast<std::size_t>(table.number<std::uint64_t>("rows"));
  const auto dataset = table.open_dataset("key");
  if (dataset.dims() != h5::Dims{rows, 2}) throw DamagedFile("a table has not as many keys as rows");
  std::vector<Key> keys(rows);
  if (rows > 0) dataset.read_into(H5T_NATIVE_UINT64, keys.data());
  return keys;
}

SegmentTable read_table(const h5::Group& group, std::size_t first_row) {
  auto keys = read_keys(group);
  const auto rows = keys.size();
  SegmentTable table{{group.attribute("task"), group.number<std::int32_t>("version"), {}, {}},
                     first_row,
                     rows,
                     std::move(keys),
                     ColumnsReader(group.open_group("input"), rows),
                     ColumnsReader(group.open_group("output"), rows),
                     ColumnsReader(group.open_group("provenance"), rows)};
  table.task.input = table.input.schema();
  table.task.output = table.output.schema();
  return table;
}

}  // namespace

std::string TaskIdentity::label() const {
  return fmt::format("{}@{}", name, version);
}

Key key_context(const TaskIdentity& task, std::uint64_t seed, std::string_view isa) {
  const std::string text = fmt::format("reprise key 1\n{}\n{}\n{}\n{}\n{}\n{}\n", task.name, task.version,
                                       seed, isa, schema_text(task.input), schema_text(task.output));
  return hash_bytes(bytes_of(text));
}

Key task_key(const Key& context, ByteView input) {
  thread_local Bytes buffer;
  buffer.clear();
  append_value(buffer, context);
  append(buffer, input);
  return hash_bytes(buffer);
}

std::string SegmentHeader::file_name() const {
  return fmt::format("e{}-r{:04}-{:05}.h5", epoch, rank, sequence);
}

std::uint64_t SegmentHeader::row_count() const {
  std::uint64_t count = 0;
  for (const auto& [table, in_table] : rows) count += in_table;
  return count;
}

Bytes segment_header_text(const SegmentHeader& header, std::size_t least) {
  nlohmann::ordered_json json;
  json["format"] = format_version;
  json["epoch"] = header.epoch;
  json["rank"] = header.rank;
  json["sequence"] = header.sequence;
  json["rows"] = nlohmann::ordered_json::object();
  for (const auto& [table, rows] : header.rows) json["rows"][table] = rows;
  json["bytes"] = header.bytes;
  json["xxh128"] = header.checksum.hex();
  const std::string body = json.dump();
  std::size_t size = least;
  while (size < body.size() + 128) size *= 2;
  if (size > largest_header) throw Error("a segment holds too many kinds of tasks for its header");
  std::string text = fmt::format("{}{}\n{}\n", magic, size, body);
  text += fmt::format("xxh128 {}\n", hash_bytes(bytes_of(text)).hex());
  text.resize(size, '\n');
  const auto bytes = bytes_of(text);
  return {bytes.begin(), bytes.end()};
}

SegmentHeader parse_segment_header(ByteView front) {
  const auto text = text_of(front);
  if (text.substr(0, magic.size()) != magic) throw DamagedFile("not a segment of reprise");
  const auto first = text.find('\n');
  const auto second = first == text.npos ? text.npos : text.find('\n', first + 1);
  const auto third = second == text.npos ? text.npos : text.find('\n', second + 1);
  if (third == text.npos) throw DamagedFile("cut short in its header");
  const auto hash = fmt::format("xxh128 {}", hash_bytes(front.first(second + 1)).hex());
  if (text.substr(second + 1, third - second - 1) != hash) throw DamagedFile("its header was changed");
  SegmentHeader header;
  try {
    header.header_bytes = std::stoul(std::string(text.substr(magic.size(), first - magic.size())));
    const auto json = nlohmann::json::parse(text.substr(first + 1, second - first - 1));
    if (json.at("format").get<int>() > format_version) {
      throw DamagedFile(
          fmt::format("written in format {} by a newer version of reprise; this one reads up to {}",
                      json.at("format").get<int>(), format_version));
    }
    header.epoch = json.at("epoch");
    header.rank = json.at("rank");
    header.sequence = json.at("sequence");
    if (!json.at("rows").is_object()) throw DamagedFile("its header can't be read: it names no tables");
    for (const auto& [table, rows] : json.at("rows").items()) header.rows.emplace_back(table, rows);
    header.bytes = json.at("bytes");
    header.checksum = Key::from_hex(json.at("xxh128").get<std::string>());
  } catch (const DamagedFile&) {
    throw;
  } catch (const std::exception& error) {
    throw DamagedFile(fmt::format("its header can't be read: {}", error.what()));
  }
  if (header.header_bytes < third + 1 || front.size() < header.header_bytes) {
    throw DamagedFile("cut short in its header");
  }
  if (text.substr(third, header.header_bytes - third).find_first_not_of('\n') != text.npos) {
    throw DamagedFile("its header was changed");
  }
  return header;
}

SegmentHeader read_segment_header(const std::filesystem::path& file) {
  auto front = read_front(file, 4096);
  const auto size = std::filesystem::file_size(file);
  const auto text = text_of(front);
  if (text.starts_with(magic) && front.size() == 4096 && size > front.size()) {
    const auto wanted = std::strtoul(std::string(text.substr(magic.size(), 20)).c_str(), nullptr, 10);
    if (wanted > 4096 && wanted <= largest_header) front = read_front(file, wanted);
  }
  const auto header = parse_segment_header(front);
  if (size != header.header_bytes + header.bytes) {
    throw DamagedFile(fmt::format("has {} bytes instead of {}", size, header.header_bytes + header.bytes));
  }
  return header;
}

VerifiedFile open_verified_file(const std::filesystem::path& file, std::size_t most_in_memory) {
  const auto check = [](bool holds) {
    if (!holds) throw DamagedFile("its checksum does not fit its content");
  };
  std::error_code missing;
  if (std::filesystem::file_size(file, missing) > most_in_memory && !missing) {
    auto header = read_segment_header(file);
    check(hash_file(file, header.header_bytes) == header.checksum);
    return {std::move(header), h5::File::open(file)};
  }
  const auto bytes = read_file(file);
  auto header = parse_segment_header(bytes);
  const auto body = ByteView(bytes).subspan(header.header_bytes);
  if (body.size() != header.bytes) {
    throw DamagedFile(
        fmt::format("has {} bytes instead of {}", bytes.size(), header.header_bytes + header.bytes));
  }
  check(hash_bytes(body) == header.checksum);
  return {std::move(header), h5::File::from_image(body, file.filename().string())};
}

void write_origins(const h5::Group& root, const std::vector<Origin>& origins) {
  root.set_attribute("format", "reprise segment 1");
  ColumnsWriter columns(schema_of<Origin>());
  for (const auto& origin : origins) columns.add(encode(origin));
  const auto group = root.create_group("origins");
  group.set_number<std::uint64_t>("rows", origins.size());
  columns.write(group);
}

h5::Appender begin_table(const h5::Group& group, const TaskIdentity& task, std::size_t rows) {
  group.set_attribute("task", task.name);
  group.set_number("version", task.version);
  group.set_number<std::uint64_t>("rows", rows);
  auto dataset = group.create_dataset("key", H5T_NATIVE_UINT64, {rows, 2}, {.deflate = 0});
  dataset.set_attribute("description", "128-bit key of the task: high and low word");
  return h5::Appender(std::move(dataset));
}

SegmentWriter::Table& SegmentWriter::table_of(const TaskIdentity& task) {
  for (auto& table : tables_) {
    if (table->task.version == task.version && table->task.name == task.name) return *table;
  }
  // HDF5 lists a group's members by name, and rows are numbered in that order.
  const auto label = task.label();
  const auto place = std::find_if(tables_.begin(), tables_.end(),
                                  [&](const auto& table) { return table->task.label() > label; });
  return **tables_.insert(place, std::make_unique<Table>(Table{task,
                                                               {},
                                                               ColumnsWriter(task.input),
                                                               ColumnsWriter(task.output),
                                                               ColumnsWriter(schema_of<RowProvenance>())}));
}

std::vector<Key> SegmentWriter::keys() const {
  std::vector<Key> keys;
  keys.reserve(rows_);
  for (const auto& table : tables_) keys.insert(keys.end(), table->keys.begin(), table->keys.end());
  return keys;
}

void SegmentWriter::add(const TaskIdentity& task, const Key& key, ByteView input, ByteView output,
                        RowProvenance provenance) {
  auto& table = table_of(task);
  table.input.add(input);
  table.output.add(output);
  table.provenance.add(encode(provenance));
  table.keys.push_back(key);
  ++rows_;
}

std::size_t SegmentWriter::bytes() const {
  std::size_t total = 0;
  for (const auto& table : tables_) {
    total += table->keys.size() * sizeof(Key) + table->input.bytes() + table->output.bytes() +
             table->provenance.bytes();
  }
  return total;
}

Bytes SegmentWriter::finish(SegmentHeader header,
                            const std::function<void(const h5::Group&)>& add_more) const {
  h5::Image image;
  write_origins(image.root(), origins_);
  for (const auto& table : tables_) {
    const auto label = table->task.label();
    header.rows.emplace_back(label, table->keys.size());
    const auto group = image.root().create_group("tasks/" + label);
    auto keys = begin_table(group, table->task, table->keys.size());
    keys.append(std::as_bytes(std::span(table->keys)));
    keys.finish();
    table->input.write(group.create_group("input"));
    table->output.write(group.create_group("output"));
    table->provenance.write(group.create_group("provenance"));
  }
  if (add_more) add_more(image.root());
  const Bytes body = image.finish();
  header.bytes = body.size();
  header.checksum = hash_bytes(body);
  Bytes file = segment_header_text(header);
  file.reserve(file.size() + body.size());
  append(file, body);
  return file;
}

Segment::Segment(h5::File file) : file_(std::move(file)), origins_(read_origins(file_.root())) {
  std::size_t first = 0;
  if (!file_.root().has("tasks")) return;
  const auto tasks = file_.root().open_group("tasks");
  for (const auto& label : tasks.members()) {
    tables_.push_back(read_table(tasks.open_group(label), first));
    first += tables_.back().rows;
  }
}

Segment Segment::open(const std::filesystem::path& file) {
  return Segment(h5::File::open(file));
}

Segment Segment::open_verified(const std::filesystem::path& file, std::size_t most_in_memory) {
  return Segment(open_verified_file(file, most_in_memory).file);
}

std::vector<Key> read_verified_keys(const std::filesystem::path& file, std::size_t most_in_memory) {
  const auto checked = open_verified_file(file, most_in_memory);
  std::vector<Key> keys;
  keys.reserve(checked.header.row_count());
  if (checked.file.root().has("tasks")) {
    const auto tasks = checked.file.root().open_group("tasks");
    for (const auto& label : tasks.members()) {
      const auto table = read_keys(tasks.open_group(label));
      keys.insert(keys.end(), table.begin(), table.end());
    }
  }
  if (keys.size() != checked.header.row_count()) throw DamagedFile("has not the rows that its header says");
  return keys;
}

const SegmentTable& Segment::table_of(std::size_t row) const {
  for (const auto& table : tables_) {
    if (row >= table.first_row && row < table.first_row + table.rows) return table;
  }
  throw DamagedFile(fmt::format("a segment has no row {}", row));
}

}  // namespace reprise
