#include "pipeline/job/job.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "pipeline/job/read_struct.hpp"

namespace reprise {

namespace {

constexpr std::string_view kNameLetters = "abcdefghijklmnopqrstuvwxyz0123456789._-";
constexpr std::size_t kLongestName = 100;

/// The keys at the top of a job file that are plain values.
struct Header {
  std::string paper;
  std::string name;
  std::uint64_t seed = 1;
  Scale scale = Scale::custom;
};

constexpr auto fields(const Header*) {
  return std::tuple{field("paper", &Header::paper, "which paper"),
                    field("name", &Header::name, "name of the run folder"),
                    field("seed", &Header::seed, "seed of all random numbers"),
                    field("scale", &Header::scale, "smoke, paper or custom")};
}

/// Names a folder; none that is hidden, an option's, or reaches out of its parent.
bool is_job_name(std::string_view name) {
  return !name.empty() && name.size() <= kLongestName && name.front() != '.' && name.front() != '-' &&
         name.find_first_not_of(kNameLetters) == std::string_view::npos;
}

Header read_header(const JobTable& table) {
  Header header;
  for_each_field<Header>([&](const auto& each) {
    const auto* entry = table.find(each.name);
    if (entry == nullptr) return;
    try {
      detail::read_value(entry->value, header.*each.member);
    } catch (const detail::Mismatch& wrong) {
      table.complain(table.refusal(wrong.at, fmt::format("{} {}", each.name, wrong.what)));
    }
  });
  if (!table.contains("paper")) {
    table.require(false, "paper",
                  "is missing: say which paper, as in paper = \"kde\"; `reprise list` names them");
  } else if (std::holds_alternative<std::string>(table.find("paper")->value.data)) {
    table.require(!header.paper.empty(), "paper", "must not be empty; `reprise list` names the papers");
  }
  table.require(
      table.contains("scale"), "scale",
      "is missing: say \"smoke\" (quick, only to see it work), \"paper\" (the paper's own sizes) or "
      "\"custom\"");
  const auto* name = table.find("name");
  if (name != nullptr && std::holds_alternative<std::string>(name->value.data)) {
    table.require(
        is_job_name(header.name), "name",
        fmt::format("must be of a-z, 0-9, '.', '_' and '-', not begin with '.' or '-', and have at most {} "
                    "letters: it names the run folder",
                    kLongestName));
  }
  return header;
}

std::vector<std::pair<std::string, JobTable>> read_experiments(const JobTable& root) {
  std::vector<std::pair<std::string, JobTable>> result;
  const auto* entry = root.find("experiments");
  if (entry != nullptr && entry->value.table() == nullptr) {
    root.require(false, "experiments", "must be tables, one for each experiment, as in [experiments.NAME]");
    return result;
  }
  const auto tables = root.sub("experiments");
  if (!tables || tables->keys().empty()) {
    root.require(
        false, "experiments",
        "are missing: an experiment runs when its table is there, as in [experiments.NAME]; `reprise list` "
        "names them");
    return result;
  }
  for (const auto& name : tables->keys()) {
    try {
      result.emplace_back(name, *tables->sub(name));
    } catch (const Refusal& refused) {
      root.complain(refused);
    }
  }
  return result;
}

}  // namespace

std::string job_name_of(const std::filesystem::path& path) {
  std::string name;
  for (const char letter : path.stem().string()) {
    const bool upper = letter >= 'A' && letter <= 'Z';
    const char lower = upper ? static_cast<char>(letter - 'A' + 'a') : letter;
    const bool allowed = kNameLetters.find(lower) != std::string_view::npos;
    if (allowed || (!name.empty() && name.back() != '-')) name += allowed ? lower : '-';
  }
  name.erase(0, name.find_first_not_of(".-"));
  while (!name.empty() && name.back() == '-') name.pop_back();
  name.resize(std::min(name.size(), kLongestName));
  return name.empty() ? "job" : name;
}

Job parse_job(const std::filesystem::path& path, std::string text, Complaints& complaints) {
  auto source = check_text(path.string(), std::move(text));
  Job job;
  job.text = source.text();
  job.path = path;
  job.root = JobTable::parse(std::move(source));

  const auto root = job.root.collecting(complaints);
  static const std::vector<std::string> known{"paper", "name", "seed", "scale", "run", "experiments"};
  root.require_known(known);
  auto header = read_header(root);
  job.paper = std::move(header.paper);
  job.name = header.name.empty() ? job_name_of(path) : std::move(header.name);
  job.seed = header.seed;
  job.scale = header.scale;
  try {
    if (const auto run = job.root.sub("run")) job.run = read_struct<RunSettings>(*run, complaints);
  } catch (const Refusal& refused) {
    complaints.add(refused);
  }
  try {
    job.experiments = read_experiments(root);
  } catch (const Refusal& refused) {
    complaints.add(refused);
  }
  for (auto& [name, table] : job.experiments) table = *job.root.sub("experiments")->sub(name);
  return job;
}

Job parse_job(const std::filesystem::path& path, std::string text) {
  Complaints complaints;
  auto job = parse_job(path, std::move(text), complaints);
  complaints.throw_if_any();
  return job;
}

Job read_job(const std::filesystem::path& path, Complaints& complaints) {
  return parse_job(path, read_source(path).text(), complaints);
}

Job read_job(const std::filesystem::path& path) {
  Complaints complaints;
  auto job = read_job(path, complaints);
  complaints.throw_if_any();
  return job;
}

Flattened flatten(const Job& job) {
  Flattened result{{"paper", string_text(job.paper)},
                   {"seed", fmt::to_string(job.seed)},
                   {"scale", string_text(name_of(job.scale))}};
  flatten(job.run, "run", result);
  return result;
}

}  // namespace reprise
