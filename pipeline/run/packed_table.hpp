#pragma once

#include <deque>
#include <memory_resource>
#include <string>
#include <vector>

#include "pipeline/run/verify.hpp"
#include "pipeline/store/store.hpp"

namespace reprise {

/// One task's rows on their way to a packed file: all but their outputs is in memory, the outputs are fetched
/// from the segments when they are written.
class PackedTable {
 public:
  explicit PackedTable(const TaskIdentity& task);

  /// `segment`: the number of the row's segment among those that `write` is going to be told.
  void add(const StoredRow& row, std::uint32_t segment, std::uint32_t origin);
  const TaskIdentity& task() const { return task_; }
  std::size_t rows() const { return rows_.size(); }

  /// By the inputs' fields in order, as numbers (what is none comes last); by key where they are equal.
  void sort();
  /// Writes the table below `group`, about `block_bytes` of outputs at a time. The rows written are added to
  /// `written`. Throws DamagedFile where a segment can't be read.
  void write(const h5::Group& group, const std::vector<std::string>& segments, RowReader& outputs,
             std::size_t block_bytes, Digest& written) const;

 private:
  struct Row {
    Key key;
    ByteView input;
    Location place;
    RowProvenance provenance;
    std::size_t output_bytes = 0;
  };
  bool comes_first(const Row& a, const Row& b) const;
  std::size_t end_of_block(std::size_t first, std::size_t block_bytes) const;
  std::vector<Bytes> fetch(std::size_t first, std::size_t last, const std::vector<std::string>& segments,
                           RowReader& outputs) const;

  TaskIdentity task_;
  ColumnsLayout input_;
  ColumnsLayout output_;
  std::pmr::monotonic_buffer_resource inputs_;
  std::deque<Row> rows_;  // a vector would hold them twice when it grows
};

}  // namespace reprise
