#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "pipeline/base/errors.hpp"
#include "pipeline/job/source.hpp"

namespace reprise {

/// One mistake in a job file, thrown by itself where nothing is there to collect it.
class Refusal : public UsageError {
 public:
  Refusal(const Source& source, std::size_t offset, std::string_view what)
      : UsageError(source.complaint(offset, what)), offset_(offset) {}
  /// Of a file as a whole: without a line to show.
  Refusal(const std::string& file, std::string_view what)
      : UsageError(file + ": " + std::string(what)), offset_(0) {}
  std::size_t offset() const { return offset_; }

 private:
  std::size_t offset_;
};

/// The mistakes of one job file, collected so that all can be put right at once.
class Complaints {
 public:
  static constexpr std::size_t kMostShown = 20;

  void add(const Refusal& refusal);
  bool empty() const { return all_.empty(); }
  std::size_t size() const { return all_.size(); }

  /// All of them in the file's order, the first kMostShown in full.
  std::string text() const;
  /// Throws them as one UsageError, if there are any.
  void throw_if_any() const;

 private:
  struct Complaint {
    std::size_t offset;
    std::string text;
    bool operator==(const Complaint&) const = default;
  };
  std::vector<Complaint> all_;
};

}  // namespace reprise
