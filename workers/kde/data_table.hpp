#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pipeline/data/data_set.hpp"
#include "pipeline/reflect/fields.hpp"
#include "workers/kde/leave_one_out.hpp"

namespace reprise::kde {

/// Where a table of data comes from; `mixture` is a made-up stand-in: three Gaussian clusters in 16
/// dimensions.
enum class TableSource { digits, fashion_mnist, mnist, cifar10, mixture };

constexpr auto enumerators(const TableSource*) {
  return std::array{Enumerator{"digits", TableSource::digits},
                    Enumerator{"fashion_mnist", TableSource::fashion_mnist},
                    Enumerator{"mnist", TableSource::mnist}, Enumerator{"cifar10", TableSource::cifar10},
                    Enumerator{"mixture", TableSource::mixture}};
}

/// The first points of a source, as tasks name them. The digest is that of the files, so that other data have
/// other keys wherever they lie.
struct DataTable {
  TableSource source = TableSource::digits;
  std::uint64_t digest_high = 0;
  std::uint64_t digest_low = 0;
  std::uint64_t points = 0;
};

constexpr auto fields(const DataTable*) {
  using D = DataTable;
  return std::tuple{field("source", &D::source, "where the data come from"),
                    field("digest_high", &D::digest_high, "of the files' contents"),
                    field("digest_low", &D::digest_low, "of the files' contents"),
                    field("points", &D::points, "the first so many; 0: all")};
}

/// What papers' data sets reprise looks for; empty files for the mixture.
[[nodiscard]] const DataSet& data_set_of(TableSource source);
[[nodiscard]] std::vector<DataSet> data_sets();

/// Finds the files. Throws UsageError that says where it was looked and how to get them.
[[nodiscard]] DataTable find_table(TableSource source, std::uint64_t points);

/// Reads the table; bytes are divided by 255 (digits by 16). Exact duplicates are removed, the first of each
/// kept.
struct LoadedTable {
  PointSet data;
  std::size_t duplicates = 0;
};
/// Throws Error when the files found here are not those of the digest.
[[nodiscard]] LoadedTable load(const DataTable& table, std::uint64_t seed);

/// How many points a source has, duplicates included.
[[nodiscard]] std::uint64_t known_points(TableSource source);
[[nodiscard]] std::uint64_t known_dimension(TableSource source);

/// "digits", "fashion-mnist (first 4000)"
[[nodiscard]] std::string title(const DataTable& table);

}  // namespace reprise::kde
