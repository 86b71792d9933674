#include "pipeline/run/messages.hpp"

namespace reprise {
namespace {

void put(Bytes& out, ByteView bytes) {
  append_value(out, std::uint64_t{bytes.size()});
  append(out, bytes);
}
void put(Bytes& out, const std::string& text) {
  put(out, bytes_of(text));
}
template <class T>
requires std::is_trivially_copyable_v<T>
void put(Bytes& out, const std::vector<T>& values) {
  put(out, std::as_bytes(std::span(values)));
}

ByteView take_bytes(ByteReader& in) {
  const auto size = in.value<std::uint64_t>();
  return in.take(size);
}
Bytes take_copy(ByteReader& in) {
  const auto bytes = take_bytes(in);
  return {bytes.begin(), bytes.end()};
}
std::string take_text(ByteReader& in) {
  return std::string(text_of(take_bytes(in)));
}
template <class T>
std::vector<T> take_values(ByteReader& in) {
  const auto bytes = take_bytes(in);
  if (bytes.size() % sizeof(T) != 0) throw DamagedFile("a message's list is cut");
  std::vector<T> values(bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

/// Lists of structs: a count, then the elements; every element has at least a byte, which bounds a hostile
/// count.
template <class T, class Put>
void put_list(Bytes& out, const std::vector<T>& list, Put put_one) {
  append_value(out, std::uint64_t{list.size()});
  for (const auto& each : list) put_one(each);
}
template <class T, class Take>
std::vector<T> take_list(ByteReader& in, Take take_one) {
  const auto count = in.value<std::uint64_t>();
  if (count > in.rest().size()) throw DamagedFile("a message's list is longer than the message");
  std::vector<T> list;
  list.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) list.push_back(take_one());
  return list;
}

void write(Bytes& out, const Hello& hello) {
  const auto& seat = hello.seat;
  for (const auto* text :
       {&seat.machine, &seat.host, &seat.cpus, &seat.may_be_shared, &hello.cpu, &hello.isa})
    put(out, *text);
  append_value(out, seat.cores);
  append_value(out, seat.threads);
}
void read(ByteReader& in, Hello& hello) {
  auto& seat = hello.seat;
  for (auto* text : {&seat.machine, &seat.host, &seat.cpus, &seat.may_be_shared, &hello.cpu, &hello.isa})
    *text = take_text(in);
  seat.cores = in.value<std::int32_t>();
  seat.threads = in.value<std::int32_t>();
}

void write(Bytes& out, const Start& start) {
  put(out, start.run_folder);
  append_value(out, start.epoch);
  append_value(out, start.seed);
  put(out, start.isa);
  append_value(out, start.checkpoint_seconds);
  put_list(out, start.liveness.hosts, [&](const std::string& host) { put(out, host); });
  append_value(out, start.liveness.port);
  append_value(out, start.liveness.token);
  append_value(out, start.share.index);
  append_value(out, start.share.ranks);
  append_value(out, start.share.threads);
}
void read(ByteReader& in, Start& start) {
  start.run_folder = take_text(in);
  start.epoch = in.value<std::int64_t>();
  start.seed = in.value<std::uint64_t>();
  start.isa = take_text(in);
  start.checkpoint_seconds = in.value<double>();
  start.liveness.hosts = take_list<std::string>(in, [&] { return take_text(in); });
  start.liveness.port = in.value<std::uint16_t>();
  start.liveness.token = in.value<std::uint64_t>();
  start.share.index = in.value<std::int32_t>();
  start.share.ranks = in.value<std::int32_t>();
  start.share.threads = in.value<std::int32_t>();
}

void write(Bytes& out, const Grant& grant) {
  put_list(out, grant.items, [&](const Grant::Item& item) {
    append_value(out, item.kind);
    append_value(out, item.key);
    put(out, item.input);
    append_value(out, std::uint8_t{item.isolate});
  });
  put_list(out, grant.dependencies, [&](const Dependency& dependency) {
    append_value(out, dependency.key);
    append_value(out, std::uint8_t{dependency.stored});
    put(out, dependency.output);
    put(out, dependency.address.segment);
    append_value(out, dependency.address.row);
  });
  append_value(out, grant.group);
  put(out, grant.members);
}
void read(ByteReader& in, Grant& grant) {
  grant.items = take_list<Grant::Item>(in, [&] {
    Grant::Item item;
    item.kind = in.value<std::uint32_t>();
    item.key = in.value<Key>();
    item.input = take_copy(in);
    item.isolate = in.value<std::uint8_t>() != 0;
    return item;
  });
  grant.dependencies = take_list<Dependency>(in, [&] {
    Dependency dependency;
    dependency.key = in.value<Key>();
    dependency.stored = in.value<std::uint8_t>() != 0;
    dependency.output = take_copy(in);
    dependency.address.segment = take_text(in);
    dependency.address.row = in.value<std::uint32_t>();
    return dependency;
  });
  grant.group = in.value<std::uint32_t>();
  grant.members = take_values<std::int32_t>(in);
}

void write(Bytes& out, const WorkerReport& report) {
  put_list(out, report.outcomes, [&](const Outcome& outcome) {
    append_value(out, outcome.key);
    append_value(out, outcome.status);
    append_value(out, outcome.wall_seconds);
    append_value(out, outcome.cpu_seconds);
    put(out, outcome.output);
    put(out, outcome.message);
  });
  put_list(out, report.published, [&](const PublishedSegment& segment) {
    put(out, segment.name);
    put(out, segment.keys);
    put(out, segment.wall_seconds);
    put(out, segment.cpu_seconds);
  });
  put(out, report.returned);
  append_value(out, report.group_ended);
}
void read(ByteReader& in, WorkerReport& report) {
  report.outcomes = take_list<Outcome>(in, [&] {
    Outcome outcome;
    outcome.key = in.value<Key>();
    const auto status = in.value<std::uint8_t>();
    if (status > static_cast<std::uint8_t>(OutcomeStatus::crashed))
      throw DamagedFile("an outcome of unknown status");
    outcome.status = static_cast<OutcomeStatus>(status);
    outcome.wall_seconds = in.value<float>();
    outcome.cpu_seconds = in.value<float>();
    outcome.output = take_copy(in);
    outcome.message = take_text(in);
    return outcome;
  });
  report.published = take_list<PublishedSegment>(in, [&] {
    PublishedSegment segment;
    segment.name = take_text(in);
    segment.keys = take_values<Key>(in);
    segment.wall_seconds = take_values<float>(in);
    segment.cpu_seconds = take_values<float>(in);
    if (segment.wall_seconds.size() != segment.keys.size() ||
        segment.cpu_seconds.size() != segment.keys.size())
      throw DamagedFile("a published segment's lists differ");
    return segment;
  });
  report.returned = take_values<Key>(in);
  report.group_ended = in.value<std::uint32_t>();
}

void write(Bytes& out, const Word& word) {
  append_value(out, word.key);
  put(out, word.text);
}
void read(ByteReader& in, Word& word) {
  word.key = in.value<Key>();
  word.text = take_text(in);
}

void write(Bytes& /*out*/, const Stop& /*stop*/) {}
void read(ByteReader& /*in*/, Stop& /*stop*/) {}
void write(Bytes& out, const Quit& quit) {
  append_value(out, std::uint8_t{quit.finalize});
}
void read(ByteReader& in, Quit& quit) {
  quit.finalize = in.value<std::uint8_t>() != 0;
}
void write(Bytes& out, const AbortGroup& abort) {
  append_value(out, abort.group);
}
void read(ByteReader& in, AbortGroup& abort) {
  abort.group = in.value<std::uint32_t>();
}

template <std::size_t Index = 0>
Wire read_alternative(std::size_t index, ByteReader& in) {
  if constexpr (Index == std::variant_size_v<Wire>) {
    throw DamagedFile("a message of unknown kind");
  } else {
    if (index != Index) return read_alternative<Index + 1>(index, in);
    std::variant_alternative_t<Index, Wire> message;
    read(in, message);
    return message;
  }
}

}  // namespace

Bytes to_wire(const Wire& message) {
  Bytes out;
  append_value(out, static_cast<std::uint8_t>(message.index()));
  std::visit([&](const auto& each) { write(out, each); }, message);
  return out;
}

Wire from_wire(ByteView bytes) {
  ByteReader in(bytes);
  const auto index = in.value<std::uint8_t>();
  auto message = read_alternative(index, in);
  if (!in.empty()) throw DamagedFile("a message is longer than its content");
  return message;
}

}  // namespace reprise
