#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace reprise {

/// The zero crossings of paths on a regular grid that come in rows, one value a path: paths side by side, or
/// one alone. A value is positive or it is not (zeros of either
/// sign are not), and a crossing lies where the straight line between neighbours of which one is positive
/// meets zero; two between neighbours of one sign are missed unless derivatives are given.
class CrossingScan {
 public:
  /// `paths` > 0; `step` > 0 between rows.
  CrossingScan(std::size_t paths, double step);

  /// Goes on with `rows` [rows, paths], the first of which is the last of the call before, if there was one.
  void scan(std::span<const double> rows);

  /// The same with the paths' derivatives [rows, paths], by Hermite's cubic between neighbours: crossings lie
  /// at its roots, and where it leaves and comes back to a sign between two rows there are two more.
  void scan(std::span<const double> rows, std::span<const double> derivatives);

  /// Starts with new paths at time 0; memory stays.
  void clear();

  /// Since the start, ascending.
  [[nodiscard]] std::span<const double> crossings(std::size_t path) const { return times_.at(path); }
  [[nodiscard]] std::size_t paths() const { return times_.size(); }
  [[nodiscard]] double step() const { return step_; }
  /// Steps that each path has made.
  [[nodiscard]] std::uint64_t steps() const { return steps_; }
  /// Of neighbours, over all paths; derivatives change nothing here.
  [[nodiscard]] std::uint64_t sign_changes() const { return sign_changes_; }

 private:
  [[nodiscard]] std::size_t check(std::span<const double> rows) const;

  double step_;
  std::uint64_t steps_ = 0;
  std::uint64_t sign_changes_ = 0;
  std::vector<std::vector<double>> times_;
  std::vector<std::uint64_t> found_;  // places in rows
};

}  // namespace reprise
